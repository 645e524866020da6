"""What is done with an import, phase by phase, each step committed with its checkpoint.

A step that dies is done again from the checkpoint before it, by whoever claims the run next. After
a first death the steps are smaller, so that work goes on between two deaths, and a row that kills
its worker is cornered.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from time import monotonic

from django.conf import settings
from django.db import IntegrityError, transaction

from deals.feeds.abreast import Step, in_turn
from deals.feeds.again import wait_for_undoing
from deals.feeds.deliver import open_publication, prepare_again, publish_prepared
from deals.feeds.grouping import group_chunk
from deals.feeds.holding import hold_parts, list_absent, recount, refuse_circles
from deals.feeds.lease import advance, begin, keep_others_out
from deals.feeds.populations import check_population, population_of
from deals.feeds.preparing import Known, count_newcomers, name_organizations, prepare_chunk
from deals.feeds.profile import Profile
from deals.feeds.profile_toml import load_profile
from deals.feeds.publish import StaleVersionError
from deals.feeds.reading import next_chunk, no_rows, opened
from deals.feeds.receive import Received, stored
from deals.feeds.refusals import Refused
from deals.feeds.stage import delete_staged, stage_rows
from deals.feeds.undo import take_back
from deals.models import ImportRun
from deals.models.statistics import tell_planner

State, Phase = ImportRun.State, ImportRun.Phase
CHUNK = 2_000
MOST_TRIES = 3
MOST_CLAIMS = 25

Weigh = Callable[[int, str | None], object]
# Hears of each phase that a worker has ended, or left for later, and how it went.
Tell = Callable[["PhaseDone"], None]


class BusyError(Exception):
    """Another import of the feed is being published; this one goes on when that has ended."""


class GivenUpError(Exception):
    """The run was tried often enough; the message is the sentence for a person."""


@dataclass(frozen=True, slots=True)
class PhaseDone:
    """A stretch of work on one phase: steps committed, seconds, and the slowest of the steps."""

    run: ImportRun
    phase: str
    steps: int
    seconds: float
    slowest: float


@dataclass(slots=True)
class Job:
    """A run in work. `weigh` computes its impact; `until` is when to make room for others."""

    run: ImportRun
    profile: Profile
    weigh: Weigh | None = None
    until: float | None = None
    most: int | None = None

    @property
    def size(self) -> int:
        """Rows or deals of the next step: fewer after each try that did not come to its end."""
        size = CHUNK // 10 ** max(self.run.tries - 1, 0)
        return max(min(size, self.most or size), 1)

    def grow(self) -> None:
        """Steps that began small become large again by and by, since death may be near still."""
        self.most = min((self.most or CHUNK) * 2, CHUNK)

    def in_turn(self, step: Step) -> Iterator[None]:
        """Steps from the checkpoint on; two at once, unless one of them may be deadly."""
        begin = self.run.checkpoint.get("key", "")
        return in_turn(step, begin, abreast=lambda: self.size == CHUNK)

    @property
    def time_is_up(self) -> bool:
        return self.until is not None and monotonic() > self.until


def drive(
    run: ImportRun,
    *,
    weigh: Weigh | None = None,
    seconds: float | None = None,
    tell: Tell | None = None,
) -> bool:
    """Work on a claimed run until it waits for somebody or has ended; False when time is up.

    Raises `Refused` for a file that cannot be used, GivenUpError, BusyError, LostError.
    """
    job = Job(run, load_profile(run.profile), weigh, seconds and monotonic() + seconds)
    _give_up_in_time(run)
    begin(run)
    job.most = job.size
    while run.state == State.RUNNING:
        if not _do_phase(job, tell):
            return False
    return True


def _do_phase(job: Job, tell: Tell | None) -> bool:
    """Step by step; False when time is up."""
    phase, began = job.run.phase, monotonic()
    steps, slowest, before = 0, 0.0, began
    try:
        with closing(PHASES[Phase(phase)](job)) as doing:
            for _ in doing:
                now = monotonic()
                steps, slowest, before = steps + 1, max(slowest, now - before), now
                job.grow()
                if job.time_is_up:
                    return False
        return True
    finally:
        if tell is not None:
            tell(PhaseDone(job.run, phase, steps, monotonic() - began, slowest))


def _give_up_in_time(run: ImportRun) -> None:
    """Three tries of one step, or many claims that did not even come to a step."""
    if run.tries < MOST_TRIES and run.claims <= MOST_CLAIMS:
        return
    tries = MOST_TRIES if run.tries >= MOST_TRIES else run.claims - 1
    cause = run.problem or (
        "The process that worked on it was ended from outside each time, as happens when a row "
        "needs more memory than there is."
    )
    raise GivenUpError(f"Stopped {where(run)} after {tries} attempts. {cause}")


def where(run: ImportRun) -> str:
    """The place of a run in its file, in words."""
    if run.phase == Phase.READING:
        return f"after row {run.checkpoint.get('row', 0):,}"
    key = run.checkpoint.get("key", "")
    return f"while {run.phase}" + (f", after the deal “{key[:80]}”" if key else "")


def _read(job: Job) -> Generator[None]:
    run, profile = job.run, job.profile
    check_population(profile)
    file = stored(run.file_name, run.file_sha256)
    begun = run.checkpoint.get("row")
    above = dict(run.checkpoint.get("above", {}))
    # Only time in which somebody worked on it counts, however long all workers were away.
    began = monotonic() - run.checkpoint.get("seconds", 0)
    with opened(file, profile, encoding=run.encoding, delimiter=run.delimiter) as source:
        reader = source.reader
        if begun is not None:
            reader.skip_to(begun)
        run.encoding, run.delimiter = source.encoding, reader.delimiter
        run.bytes_total = source.size
        while (chunk := next_chunk(reader, profile, job.size, above)) is not None:
            seconds = round(monotonic() - began, 1)
            _refuse_too_much(file, run.rows_read + chunk.read, seconds)
            run.bytes_read = source.bytes_read
            run.checkpoint = {"row": reader.row, "above": above, "seconds": seconds}
            stage_rows(run, chunk)
            yield
    if not run.rows_read:
        raise no_rows(file)
    with transaction.atomic():
        wait_for_undoing(run)
        _next_phase(run, Phase.GROUPING)
    yield


def _refuse_too_much(file: Received, rows: int, seconds: float) -> None:
    if rows > settings.IMPORT_MAX_ROWS:
        raise Refused(
            f"{file.name} has more than the {settings.IMPORT_MAX_ROWS:,} rows that are taken at "
            "once: split it into several files of the same profile."
        )
    if seconds > settings.IMPORT_MAX_SECONDS:
        raise Refused(
            f"{file.name} was not read to its end within {settings.IMPORT_MAX_SECONDS:,} seconds: "
            "split it into several files of the same profile."
        )


def _next_phase(run: ImportRun, phase: ImportRun.Phase) -> None:
    run.phase, run.checkpoint = phase, {}
    advance(run, "phase", "checkpoint")


def _group(job: Job) -> Generator[None]:
    run = job.run
    # To the planner the table may still be empty; it would then sort what is left for each step.
    tell_planner(run.rows_read, {"deals_stagedrow": "run, key, number"})
    yield from job.in_turn(lambda turn: group_chunk(run, job.profile, job.size, turn))
    with transaction.atomic():
        keep_others_out(run)
        refuse_circles(run, job.profile)
        if job.profile.delivery == "full":
            list_absent(run)
        hold_parts(run)
        recount(run)
        delete_staged([run.pk], deals=False)
        run.phase, run.checkpoint = Phase.WEIGHING, {}
        advance(
            run, "phase", "checkpoint", "rows_used", "rows_rejected", "participations",
            "deals_in_file", "deals_created", "deals_updated", "deals_unchanged", "deals_conflict",
            "deals_held", "deals_absent",
        )  # fmt: skip
    yield


def _weigh(job: Job) -> Generator[None]:
    run = job.run
    if run.publish:
        _open(job)
        yield
        return
    if job.weigh is not None:
        population = job.profile.population
        run.impact = job.weigh(run.pk, population.code if population else None)
    run.organizations_new = count_newcomers(run, job.profile)
    with transaction.atomic():
        advance(run, "impact", "organizations_new")
        ImportRun.objects.filter(pk=run.pk).update(
            state=State.REVIEW, leased_until=None, tries=0, problem=""
        )
    run.state, run.leased_until, run.problem = State.REVIEW, None, ""


def _open(job: Job) -> None:
    try:
        with transaction.atomic():
            open_publication(job.run, job.profile)
    except IntegrityError:
        raise BusyError from None


def _prepare(job: Job) -> Generator[None]:
    run = job.run
    if "opened" not in run.checkpoint:
        _open(job)
        yield
    known: Known = {}
    if "named" not in run.checkpoint:
        with transaction.atomic():
            known = name_organizations(run, job.profile)
            run.checkpoint = {**run.checkpoint, "named": True}
            advance(run, "checkpoint")
        yield
    tell_planner(run.deals_in_file, {"deals_stageddeal": "id, import_run_id, key, outcome"})
    # Whoever goes on here looks organizations up chunk by chunk: by now all of them exist.
    population = population_of(job.profile)
    yield from job.in_turn(
        lambda turn: prepare_chunk(run, job.profile, population, known, job.size, turn)
    )
    run.phase = Phase.PUBLISHING
    advance(run, "phase")
    yield


def _publish(job: Job) -> Generator[None]:
    try:
        publish_prepared(job.run, job.profile)
    except StaleVersionError as stale:
        prepare_again(job.run, stale)
    yield


def _undo(job: Job) -> Generator[None]:
    take_back(job.run)
    yield


PHASES: dict[ImportRun.Phase, Callable[[Job], Generator[None]]] = {
    Phase.READING: _read,
    Phase.GROUPING: _group,
    Phase.WEIGHING: _weigh,
    Phase.PREPARING: _prepare,
    Phase.PUBLISHING: _publish,
    Phase.UNDOING: _undo,
}
