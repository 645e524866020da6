"""Who works on an import. One at a time, and whoever was taken for dead changes nothing any more.

A worker holds a lock of its database session, which goes when the worker goes, and a lease, for a
session that hangs. Each claim gets a higher `fence`; a chunk commits only under the latest one.
"""

from datetime import timedelta

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from deals.models import ImportRun
from deals.models.session import notice_a_dead_client, own_session

State = ImportRun.State
# Longer than CELERY_TASK_TIME_LIMIT, after which a worker has been stopped for certain.
LEASE = timedelta(minutes=6)
# The first of the two keys of a session's lock; the second is the import's id.
LOCK_CLASS = 428_150
OPEN = (State.QUEUED, State.RUNNING)


class LostError(Exception):
    """The run is no longer this worker's: it was cancelled, or somebody else has it."""


def claim(run_id: int) -> ImportRun | None:
    """Take a run that nobody works on; None when somebody does, or it needs no work.

    Raises `PooledError` where no lock of a session can be held.
    """
    now = timezone.now()
    alone = _lock(run_id)
    waiting = ImportRun.objects.filter(pk=run_id, state__in=OPEN)
    if not alone:
        # Its worker's session is still there. If it hangs, the lease runs out.
        waiting = waiting.filter(Q(leased_until__lt=now))
    try:
        with transaction.atomic():
            taken = waiting.update(
                state=State.RUNNING,
                fence=F("fence") + 1,
                claims=F("claims") + 1,
                leased_until=now + LEASE,
                started_at=Coalesce("started_at", now),
            )
    except IntegrityError:
        # Another import of its feed is being published; this one's turn comes after it.
        taken = 0
    if taken:
        return ImportRun.objects.get(pk=run_id)
    if alone:
        unlock(run_id)
    return None


def begin(run: ImportRun) -> None:
    """Count a try of the work after the checkpoint, before it is begun."""
    run.tries += 1
    mine = ImportRun.objects.filter(pk=run.pk, fence=run.fence, state=State.RUNNING)
    if not mine.update(tries=run.tries):
        raise LostError(f"Import {run.pk} is no longer this worker's.")


def keep_others_out(run: ImportRun) -> None:
    """Lock the run to the end of the transaction. Raises LostError when it is somebody else's.

    To be called before staged deals are changed: whoever cancels locks the run and deletes them.
    """
    mine = ImportRun.objects.filter(pk=run.pk, fence=run.fence, state=State.RUNNING)
    if mine.select_for_update(of=("self",), no_key=True).values_list("pk").first() is None:
        raise LostError(f"Import {run.pk} is no longer this worker's.")


def release(run: ImportRun, **changes: object) -> None:
    """Give a run back, if it is still this worker's."""
    mine = ImportRun.objects.filter(pk=run.pk, fence=run.fence, state=State.RUNNING)
    mine.update(leased_until=None, **changes)
    unlock(run.pk)


def advance(run: ImportRun, *fields: str) -> None:
    """Write these fields of the run, in the transaction of the work that they tell of.

    Raises LostError, so that the transaction is rolled back, when the run is somebody else's.
    """
    values = {name: getattr(run, name) for name in fields}
    mine = ImportRun.objects.filter(pk=run.pk, fence=run.fence, state=State.RUNNING)
    run.leased_until, run.claims, run.tries = timezone.now() + LEASE, 0, 1
    # The work after this checkpoint begins at once: a first try.
    if not mine.update(leased_until=run.leased_until, claims=0, tries=1, **values):
        raise LostError(f"Import {run.pk} is no longer this worker's.")


def worked_on() -> set[int]:
    """Ids of the imports that a living session works on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND classid = %s AND objsubid = 2 AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCK_CLASS],
        )
        return {row[0] for row in cursor}


def unlock(run_id: int) -> None:
    """Let go of the session's lock; with the session it goes anyway."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_CLASS, run_id])
    except DatabaseError:
        connection.close()


def _lock(run_id: int) -> bool:
    own_session()
    notice_a_dead_client()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_CLASS, run_id])
        return bool(cursor.fetchone()[0])
