"""Doors for the worker: an id in, one call. A missing row is a return, an unknown error raises."""

from celery import shared_task

from deals.feeds import queue
from deals.models.derived import rebuild


@shared_task
def run_import(import_id: int) -> None:
    """Do one queued import, unless somebody else does."""
    run = queue.claim(import_id)
    if run is not None:
        queue.work(run)


@shared_task
def sweep_imports() -> int:
    """Ring again for imports whose message or worker was lost."""
    return queue.sweep(run_import.delay)


@shared_task
def close_periods() -> int:
    """Fix the mean rates of months, quarters and years that have ended since they were computed."""
    return rebuild(only_provisional=True)
