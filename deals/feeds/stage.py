"""Fifth stage: a file's deals wait in the database for a decision, with the balance of its rows."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from deals.feeds.compare import Comparison
from deals.feeds.facts import Facts
from deals.feeds.group import Grouped
from deals.feeds.profile import Profile
from deals.feeds.receive import Received
from deals.models import Feed, ImportRun, RowError, StagedDeal
from deals.models.derived import copy_rows
from deals.models.documents import dumps

STAGED = ("import_run_id", "key", "facts", "rows", "outcome", "fields", "deal_id")
ERRORS = ("import_run_id", "row", "column", "value", "code", "message")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file read to the end, nothing written yet. `facts` and `rows` are by the deals' keys."""

    file: Received
    profile: Profile
    text: str
    delimiter: str
    grouped: Grouped
    facts: dict[str, Facts]
    rows: dict[str, list[int]]

    @property
    def rejected_rows(self) -> dict[int, list[str]]:
        """Why each rejected row was not used, by row number."""
        reasons: dict[int, list[str]] = {}
        for problem in self.grouped.problems:
            if problem.fatal:
                where = f"{problem.column}: " if problem.column else ""
                reasons.setdefault(problem.row, []).append(where + problem.message)
        return reasons


def feed_of(profile: Profile) -> Feed | None:
    """The feed that this profile describes, if it has delivered before."""
    return Feed.objects.filter(code=profile.code).first()


class Staged(NamedTuple):
    """One deal that waits for a decision, without the weight of a model instance."""

    key: str
    facts: Facts
    rows: list[int]
    outcome: str
    fields: list[str]


def stage(prepared: Prepared, run: ImportRun, comparison: Comparison) -> dict[str, Staged]:
    """Write everything that waits for a decision, in one transaction, over what `run` had before.

    Returns what it wrote, so that publishing at once need not read it back. Deals that came as
    they came before have nothing to decide and are only counted. What was delivered anew and is
    live already, because a person was first, is staged to be remembered.
    """
    grouped, verdicts = prepared.grouped, comparison.verdicts
    staged = {
        key: Staged(
            key,
            prepared.facts[key],
            prepared.rows[key],
            str(verdict.outcome),
            list(verdict.fields),
        )
        for key, verdict in verdicts.items()
        if verdict.outcome != StagedDeal.Outcome.UNCHANGED or verdict.live is not None
    }
    waiting = [
        (
            run.pk,
            key,
            dumps(deal.facts),
            deal.rows,
            deal.outcome,
            dumps(deal.fields),
            verdicts[key].deal,
        )
        for key, deal in staged.items()
    ]
    problems = [
        (run.pk, p.row, p.column[:200], p.value[:300], p.code, p.message) for p in grouped.problems
    ]
    with transaction.atomic():
        StagedDeal.objects.filter(import_run=run).delete()
        RowError.objects.filter(import_run=run).delete()
        copy_rows("deals_stageddeal", STAGED, waiting)
        copy_rows("deals_rowerror", ERRORS, problems)
        for name, value in balance(grouped, comparison).items():
            setattr(run, name, value)
        run.save(update_fields=[*balance(grouped, comparison)])
    return staged


def staged_deals(run: ImportRun) -> dict[str, Staged]:
    """What an import staged some time ago, by key."""
    rows = StagedDeal.objects.filter(import_run=run).values_list(
        "key", "facts", "rows", "outcome", "fields"
    )
    return {row[0]: Staged(*row) for row in rows}


def balance(grouped: Grouped, comparison: Comparison) -> dict[str, int]:
    """All counts of an ImportRun, under its own names."""
    outcomes = StagedDeal.Outcome
    return {
        "rows_read": grouped.rows_read,
        "rows_used": grouped.rows_used,
        "rows_skipped": grouped.rows_skipped,
        "rows_duplicate": grouped.rows_duplicate,
        "rows_rejected": grouped.rows_rejected,
        "deals_in_file": len(grouped.deals),
        "deals_created": comparison.count(outcomes.CREATED),
        "deals_updated": comparison.count(outcomes.UPDATED),
        "deals_unchanged": comparison.count(outcomes.UNCHANGED),
        "deals_conflict": comparison.count(outcomes.CONFLICT),
        "deals_held": comparison.count(outcomes.HELD),
        "participations": grouped.participations,
    }


def new_run(
    file: Received, profile: Profile, *, by: int | None, publish: bool, state: ImportRun.State
) -> ImportRun:
    """An ImportRun that has counted nothing yet; makes the feed on its first file."""
    feed, _ = Feed.objects.get_or_create(
        code=profile.code, defaults={"name": profile.name, "profile": profile.text}
    )
    return ImportRun.objects.create(
        feed=feed,
        state=state,
        file_name=file.name[-255:],
        file_sha256=file.sha256,
        profile=profile.text,
        publish=publish,
        created_by_id=by,
        created_at=timezone.now(),
    )
