"""Imports that a worker does: the row in the database is the queue, the message only a doorbell.

A worker claims a run by updating it and counting the rows. Its lease outlasts the worker's own time
limit, so nobody takes a run that is still being worked on; when it is out, another may try.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from deals.feeds.profile import Profile
from deals.feeds.receive import Received
from deals.feeds.refusals import Refused
from deals.feeds.run import process, stored_file
from deals.feeds.stage import new_run
from deals.models import ImportRun

# Longer than CELERY_TASK_TIME_LIMIT, after which a worker has been stopped for certain.
LEASE = timedelta(minutes=6)
MOST_ATTEMPTS = 3
State = ImportRun.State


def queue(
    file: Received,
    profile: Profile,
    *,
    publish: bool,
    by: int | None,
    ring: Callable[[int], object],
) -> ImportRun:
    """Keep the file, note the run, and ring for a worker once both are safe."""
    stored = stored_file(file.sha256)
    if not stored.exists():
        partial = stored.with_suffix(".part")
        partial.write_bytes(file.data)
        partial.replace(stored)
    with transaction.atomic():
        run = new_run(file, profile, by=by, publish=publish, state=State.QUEUED)
        transaction.on_commit(lambda: ring(run.pk))
    return run


def claim(run_id: int) -> ImportRun | None:
    """Take a run whose lease is free; None when somebody else has it, or it needs no work."""
    now = timezone.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    waiting = ImportRun.objects.filter(
        free, pk=run_id, state__in=[State.QUEUED, State.RUNNING], claims__lt=MOST_ATTEMPTS
    )
    taken = waiting.update(state=State.RUNNING, claims=F("claims") + 1, leased_until=now + LEASE)
    return ImportRun.objects.get(pk=run_id) if taken == 1 else None


def work(run: ImportRun) -> None:
    """Do a claimed run. A refused file ends it with its sentence; any other error raises."""
    try:
        process(run)
    except FileNotFoundError:
        _fail(run, "The file is no longer there: import it again.")
    except Refused as refusal:
        _fail(run, str(refusal))


def sweep(ring: Callable[[int], object]) -> int:
    """Ring again for runs that nobody works on, and give up on those tried often enough."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=timezone.now())
    open_runs = ImportRun.objects.filter(free, state__in=[State.QUEUED, State.RUNNING])
    open_runs.filter(claims__gte=MOST_ATTEMPTS).update(
        state=State.FAILED,
        leased_until=None,
        problem=f"The import was tried {MOST_ATTEMPTS} times and never came to an end; the "
        "worker's log says why. Nothing was published.",
    )
    waiting = list(open_runs.filter(claims__lt=MOST_ATTEMPTS).values_list("pk", flat=True))
    for run_id in waiting:
        ring(run_id)
    return len(waiting)


def _fail(run: ImportRun, problem: str) -> None:
    run.state, run.problem, run.leased_until = State.FAILED, problem, None
    run.save(update_fields=["state", "problem", "leased_until"])
