"""Imports that a worker does: the row in the database is the queue, the message only a doorbell.

A message may be lost, doubled or late. Whoever hears it claims the run; a sweeper rings again for
every run that waits while nobody works on it.
"""

import logging
from collections.abc import Callable
from contextlib import suppress

from django.contrib.auth.models import AbstractBaseUser
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from deals.feeds.cleanup import AT_THE_BEGINNING, remove_everything
from deals.feeds.lease import LostError, claim, keep_others_out, release, unlock, worked_on
from deals.feeds.profile import Profile
from deals.feeds.receive import Received, stored
from deals.feeds.refusals import Refused
from deals.feeds.review import NotDecidableError
from deals.feeds.stage import new_run
from deals.feeds.steps import BusyError, GivenUpError, PhaseDone, Weigh, drive
from deals.models import ImportRun

State, Phase = ImportRun.State, ImportRun.Phase
Ring = Callable[[int], object]
log = logging.getLogger(__name__)
# After so long a worker lets other imports have a turn, well before its own time limit.
TURN_SECONDS = 60.0


def enqueue(
    file: Received,
    profile: Profile,
    *,
    publish: bool,
    by: int | None,
    ring: Ring,
    channel: str = ImportRun.Channel.DESK,
    api_key: int | None = None,
    idempotency_key: str = "",
) -> ImportRun:
    """Note the import of a kept file, and ring for a worker once that is safe.

    Raises IntegrityError when the API key has used the idempotency key before.
    """
    with transaction.atomic():
        run = new_run(
            file,
            profile,
            by=by,
            publish=publish,
            channel=channel,
            api_key=api_key,
            idempotency_key=idempotency_key,
        )
        transaction.on_commit(lambda: ring(run.pk))
    return run


def work(run_id: int, *, ring: Ring, weigh: Weigh | None = None) -> bool:
    """Do a run, or as much of it as fits into a turn, unless somebody else does.

    True when it has now come to its end or to a decision: once, however often it was rung for. A
    database that is away raises; the sweeper rings again.
    """
    # Every line that is logged meanwhile says which import it is about.
    with bound_contextvars(import_id=run_id):
        return _work(run_id, ring=ring, weigh=weigh)


def _work(run_id: int, *, ring: Ring, weigh: Weigh | None) -> bool:
    run = claim(run_id)
    if run is None:
        return False
    try:
        if drive(run, weigh=weigh, seconds=TURN_SECONDS, tell=_tell):
            return True
        release(run, tries=0)
        ring(run.pk)
    except LostError:
        log.info("Import %s was taken over or cancelled.", run.pk)
    except BusyError:
        release(run, state=State.QUEUED, tries=0, claims=0)
    except Refused as refusal:
        with suppress(LostError):
            refuse(run, str(refusal))
    except GivenUpError as reason:
        release(run, state=State.FAILED, problem=str(reason), finished_at=timezone.now())
    except DatabaseError as error:
        _note(run, error, ring)
        raise
    except Exception as error:
        log.exception("Import %s stopped.", run.pk)
        _note(run, error, ring)
    finally:
        unlock(run.pk)
    return False


def _tell(done: PhaseDone) -> None:
    """What is known of an import only while it is worked on; its balances are in its row."""
    run = done.run
    log.info(
        "import phase",
        extra={
            "phase": done.phase,
            "steps": done.steps,
            "ms": round(done.seconds * 1000),
            "slowest_ms": round(done.slowest * 1000),
            "rows_read": run.rows_read,
            "deals_in_file": run.deals_in_file,
            "tries": run.tries,
            "import_state": run.state,
        },
    )


def _note(run: ImportRun, error: Exception, ring: Ring) -> None:
    """Keep the cause, and let the run be tried again."""
    if isinstance(error, MemoryError):
        cause = "There was not enough memory."
    else:
        cause = f"It met an error ({type(error).__name__}); the worker's log says more."
    try:
        release(run, problem=cause)
    except DatabaseError:
        # The database is away; the lock of the session is gone with it.
        return
    if not isinstance(error, DatabaseError) or isinstance(error, IntegrityError):
        ring(run.pk)


def refuse(run: ImportRun, problem: str) -> None:
    """End a run whose file cannot be used; nothing of it stays but the sentence that says why."""
    ended = {"state": State.FAILED, "problem": problem, "finished_at": timezone.now(), "tries": 0}
    with transaction.atomic():
        # Whoever has the run by now, or published it, keeps what is there.
        keep_others_out(run)
        if run.phase != Phase.UNDOING:
            remove_everything(run.pk)
            run.row_errors.all().delete()
            ended |= AT_THE_BEGINNING
        release(run, **ended)


def sweep(ring: Ring) -> int:
    """Ring for every run that waits or whose worker is gone; returns how many."""
    waiting = ImportRun.objects.filter(state__in=[State.QUEUED, State.RUNNING])
    # A session that hangs keeps its lock; what it had is free when the lease has run out.
    late = waiting.filter(leased_until__lt=timezone.now())
    ids = set(waiting.values_list("pk", flat=True)) - worked_on()
    ids |= set(late.values_list("pk", flat=True))
    for run_id in sorted(ids):
        ring(run_id)
    return len(ids)


def cancel(run_id: int, *, by: AbstractBaseUser | None = None) -> ImportRun:
    """End an import that has not been published; what it staged and prepared is deleted.

    Raises NotDecidableError when it is too late for that.
    """
    with transaction.atomic():
        open_runs = (
            ImportRun.objects.filter(
                pk=run_id, state__in=[State.QUEUED, State.RUNNING, State.REVIEW, State.FAILED]
            )
            # What is being undone is published.
            .exclude(phase=Phase.UNDOING)
            .exclude(phase=Phase.PUBLISHING, state=State.RUNNING)
        )
        # A worker that is at it finds the fence closed when it wants to commit its step.
        cancelled = open_runs.update(
            state=State.CANCELLED,
            fence=F("fence") + 1,
            leased_until=None,
            finished_at=timezone.now(),
            decided_by=by.pk if by else None,
            decided_at=timezone.now(),
        )
        run = ImportRun.objects.get(pk=run_id)
        if not cancelled:
            raise NotDecidableError(
                f"Import {run.pk} is {run.state}, so it can no longer be cancelled."
            )
        remove_everything(run.pk)
    return run


def retry(run_id: int, *, by: AbstractBaseUser | None = None, ring: Ring) -> ImportRun:
    """Let a failed import go on at its checkpoint.

    Raises NotDecidableError, or `Refused` when its file has been tidied away.
    """
    with transaction.atomic():
        # Once it has been read, nothing more is wanted of the file.
        unread = ImportRun.objects.filter(pk=run_id, phase=Phase.READING)
        for name, sha256 in unread.values_list("file_name", "file_sha256"):
            stored(name, sha256)
        failed = ImportRun.objects.filter(pk=run_id, state=State.FAILED)
        # Meanwhile a later file may have been published: what was prepared is judged once more.
        prepared = failed.filter(phase__in=[Phase.PREPARING, Phase.PUBLISHING])
        prepared.update(phase=Phase.PREPARING, checkpoint={})
        again = failed.update(
            state=State.QUEUED, tries=0, claims=0, problem="", started_at=None, finished_at=None
        )
        run = ImportRun.objects.get(pk=run_id)
        if not again:
            raise NotDecidableError(
                f"Import {run.pk} is {run.state}; only a failed one is retried."
            )
        transaction.on_commit(lambda: ring(run.pk))
    return run
