"""Imports that are done at once, in this process: of the command line and of the starter data.

They go the way of every import, so one that is killed here is ended by a worker. `prepare` reads a
small file in memory and touches nothing.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic, sleep

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from deals.feeds import report
from deals.feeds.cleanup import remove_prepared
from deals.feeds.facts import Facts
from deals.feeds.group import CIRCLE, DealInFile, RowOfDeal, put_together, refused
from deals.feeds.lease import OPEN, LostError, claim, release, unlock, worked_on
from deals.feeds.populations import check_population
from deals.feeds.profile import Profile
from deals.feeds.reading import next_chunk, no_rows, opened
from deals.feeds.receive import Received, forget
from deals.feeds.refusals import Refused, RowProblem
from deals.feeds.review import decide
from deals.feeds.stage import feed_of, new_run
from deals.feeds.steps import CHUNK, BusyError, drive
from deals.feeds.tranches import in_circles
from deals.feeds.undo import ask_undo
from deals.models import ImportRun
from deals.models.session import own_session

State = ImportRun.State
# How long to wait for another import of the same feed.
PATIENCE = 120.0


def import_file(
    file: Received, profile: Profile, *, publish: bool = False, by: int | None = None
) -> ImportRun:
    """Stage a file and, with `publish`, publish what neither conflicts nor is held.

    Raises `Refused`, and then nothing of the import is left.
    """
    check_population(profile)
    known = feed_of(profile)
    run = new_run(file, profile, by=by, publish=publish)
    try:
        return _drive(run.pk)
    except BaseException as error:
        # Also when somebody stops the command: an import that was not wanted to the end.
        _remove(run.pk, keep_feed=known is not None)
        if isinstance(error, Refused):
            forget(file.sha256)
        raise


def approve(run_id: int, *, by: AbstractBaseUser | None = None, reason: str = "") -> ImportRun:
    """Publish an import in review at once; when that fails it is in review as before.

    Raises NotDecidableError or OwnImportError.
    """
    before = ImportRun.objects.get(pk=run_id)
    decide(run_id, by=by, reason=reason)
    try:
        return _drive(run_id)
    except BaseException:
        _back_to_review(before)
        raise


@transaction.atomic
def _back_to_review(before: ImportRun) -> None:
    """As if it had not been approved, unless somebody else has ended it meanwhile."""
    going_on = ImportRun.objects.select_for_update(of=("self",)).filter(state__in=OPEN)
    now = going_on.filter(pk=before.pk).first()
    if now is not None:
        before.fence = now.fence + 1
        before.save()
        remove_prepared(before.pk)


def undo(run_id: int, *, by: AbstractBaseUser | None = None, reason: str) -> ImportRun:
    """Undo a published import at once. Raises NotDecidableError."""
    own_session()
    ask_undo(run_id, by=by, reason=reason, ring=lambda _: None)
    return _drive(run_id)


def dry_run(file: Received, profile: Profile) -> dict[str, object]:
    """The report of an import that does all but publish, and leaves nothing."""
    check_population(profile)
    try:
        with transaction.atomic():
            run = new_run(file, profile, by=None, publish=False)
            said = report.of_run(_drive(run.pk))
            transaction.set_rollback(True)
    finally:
        forget(file.sha256)
    return {**said, "import_id": None, "errors_file": None}


def _drive(run_id: int) -> ImportRun:
    """Work on a run until it is done, in this process."""
    patience = monotonic() + PATIENCE
    while (run := claim(run_id)) is None or not _finish(run):
        now = ImportRun.objects.get(pk=run_id)
        if now.state not in OPEN:
            return _ended(now)
        if run_id in worked_on():
            # A worker heard of it first, and ends it.
            patience = monotonic() + PATIENCE
        if monotonic() > patience:
            raise Refused(
                "Another import of this feed is being published: try again when it has ended."
            )
        sleep(0.2)
    return ImportRun.objects.get(pk=run_id)


def _finish(run: ImportRun) -> bool:
    """Work on a claimed run; False when it has to wait, or is somebody else's by now."""
    try:
        with unswept():
            drive(run)
    except BusyError:
        release(run, state=State.QUEUED, tries=0, claims=0)
        return False
    except LostError:
        # Cancelled, taken over, or sent back to its beginning: what it is now says what to do.
        return False
    finally:
        unlock(run.pk)
    return True


def _ended(run: ImportRun) -> ImportRun:
    """What somebody else made of the run. Raises `Refused` when that is nothing."""
    if run.state in (State.FAILED, State.CANCELLED):
        raise Refused(run.problem or f"Import {run.pk} was {run.state} by somebody else.")
    return run


def _remove(run_id: int, *, keep_feed: bool) -> None:
    """As if the import had never been begun."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
        if run is None or run.state == State.PUBLISHED:
            return
        remove_prepared(run_id)
        feed = run.feed
        run.row_errors.all().delete()
        run.staged.all().delete()
        run.delete()
        if not keep_feed and not feed.imports.exists():
            feed.delete()


@dataclass(slots=True)
class Prepared:
    """A file read to the end: its deals in the file's order, and the balance of its rows."""

    deals: list[DealInFile] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    rows_read: int = 0
    rows_used: int = 0
    rows_skipped: int = 0
    rows_duplicate: int = 0
    rows_rejected: int = 0

    @property
    def participations(self) -> int:
        return sum(len(deal.facts["investors"]) for deal in self.deals)

    @property
    def facts(self) -> dict[str, Facts]:
        return {deal.key: deal.facts for deal in self.deals}


def prepare(file: Received, profile: Profile) -> Prepared:
    """Read, check and group a small file in memory. Raises `Refused`; writes nothing."""
    done = Prepared()
    rows: dict[str, list[RowOfDeal]] = {}
    above: dict[str, str] = {}
    with opened(file, profile) as source, unswept():
        while (chunk := next_chunk(source.reader, profile, CHUNK, above)) is not None:
            done.rows_read += chunk.read
            done.rows_skipped += chunk.skipped
            done.rows_rejected += chunk.rejected
            done.problems += chunk.problems
            for key, row in chunk.staged:
                rows.setdefault(key, []).append(row)
    if not done.rows_read:
        raise no_rows(file)
    _group(done, rows, profile)
    done.problems.sort(key=lambda problem: problem.row)
    return done


def _group(done: Prepared, rows: dict[str, list[RowOfDeal]], profile: Profile) -> None:
    for key, of_key in rows.items():
        together = put_together(key, sorted(of_key, key=lambda row: row.number), profile)
        done.rows_duplicate += together.duplicate
        done.rows_rejected += together.rejected
        done.rows_used += together.used
        done.problems += together.problems
        if together.deal is not None:
            done.deals.append(together.deal)
    parts = {deal.key: deal.facts["part_of"] for deal in done.deals if deal.facts["part_of"]}
    circles = in_circles(parts)
    for deal in [deal for deal in done.deals if deal.key in circles]:
        done.problems += refused(deal.rows, "part_of", CIRCLE, profile)
        done.rows_used -= len(deal.rows)
        done.rows_rejected += len(deal.rows)
        done.deals.remove(deal)


@contextmanager
def unswept() -> Iterator[None]:
    """Without Python's search for cycles: rows have none, and looking through millions is slow."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
