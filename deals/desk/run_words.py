"""An import's state, channel and balance in the words of the desk."""

from collections.abc import Iterable
from dataclasses import dataclass

from deals.models import ImportRun, StagedDeal

State, Phase, Outcome = ImportRun.State, ImportRun.Phase, StagedDeal.Outcome

# A queued import has something left to do; a published one has been decided on.
OPEN = (State.QUEUED, State.RUNNING)
BEFORE_REVIEW = (Phase.READING, Phase.GROUPING, Phase.WEIGHING)
STATES = {
    State.QUEUED: "Waiting to start",
    State.RUNNING: "Running",
    State.REVIEW: "Waiting for a decision",
    State.PUBLISHED: "Published",
    State.REJECTED: "Rejected",
    State.FAILED: "Failed",
    State.CANCELLED: "Cancelled",
    State.UNDONE: "Undone",
}
TONES = {State.REVIEW: "warn", State.FAILED: "bad"}
CHANNELS = {
    ImportRun.Channel.COMMAND: "from the command line",
    ImportRun.Channel.DESK: "at the desk",
    ImportRun.Channel.API: "through the API",
    ImportRun.Channel.SCHEDULE: "by the feed’s schedule",
}
OUTCOMES = {
    Outcome.CREATED: "new",
    Outcome.UPDATED: "updated",
    Outcome.UNCHANGED: "unchanged",
    Outcome.CONFLICT: "in conflict",
    Outcome.HELD: "held",
    Outcome.ABSENT: "absent",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A state as a small label; `tone` is "", "warn" or "bad"."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One number of a balance. `what` says what it counts, `tab` leads to it where it can be
    seen."""

    count: int
    what: str
    tab: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """A whole and its parts, which add up to it; the database holds that."""

    whole: Term
    parts: tuple[Term, ...]


def state(run: ImportRun) -> Mark:
    """What is happening to an import, or what became of it."""
    words = STATES[State(run.state)]
    if run.state in OPEN and run.phase not in BEFORE_REVIEW:
        words = "Being undone" if run.phase == Phase.UNDOING else "Being published"
    return Mark(words, TONES.get(State(run.state), ""))


def brought_by(run: ImportRun) -> str:
    """ "anna at the desk"; the command line and the schedule have no person."""
    channel = CHANNELS[ImportRun.Channel(run.channel)]
    return f"{run.created_by.get_username()} {channel}" if run.created_by else channel


def rows(run: ImportRun) -> Sum:
    """Every row of the file, and what was made of it."""
    return Sum(
        Term(run.rows_read, "rows read"),
        (
            Term(run.rows_used, "used"),
            Term(run.rows_skipped, "skipped"),
            Term(run.rows_duplicate, "duplicate"),
            Term(run.rows_rejected, "rejected"),
        ),
    )


def deals(run: ImportRun) -> Sum:
    """Every deal of the file, and what it means for the register."""
    parts = (
        Term(run.deals_created, OUTCOMES[Outcome.CREATED], Outcome.CREATED),
        Term(run.deals_updated, OUTCOMES[Outcome.UPDATED], Outcome.UPDATED),
        Term(run.deals_unchanged, OUTCOMES[Outcome.UNCHANGED]),
        Term(run.deals_conflict, OUTCOMES[Outcome.CONFLICT], Outcome.CONFLICT),
        Term(run.deals_held, OUTCOMES[Outcome.HELD], Outcome.HELD),
    )
    return Sum(Term(run.deals_in_file, "deals in the file"), parts)


def brief(run: ImportRun) -> str:
    """The deals of an import in a line: "1,200 new, 3 updated, 2 in conflict"."""
    said = [f"{term.count:,} {term.what}" for term in deals(run).parts if term.count]
    return ", ".join(said) or "no deals"


def counted(count: int, one: str, many: str = "") -> str:
    """ "1 deal", "2 deals", "1,200 deals"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(items: Iterable[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    *most, last = list(items) or [""]
    return f"{', '.join(most)} and {last}" if most else last
