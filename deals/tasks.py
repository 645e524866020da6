"""Doors for the worker: an id in, one call. A missing row is a return, an unknown error raises."""

import logging

from celery import shared_task
from kombu.exceptions import KombuError

from deals.feeds import queue
from deals.flows.whatif import impact
from deals.models.derived import rebuild

log = logging.getLogger(__name__)


def ring(import_id: int) -> None:
    """Ring for a worker. A broker that is away is no error: the sweeper rings again."""
    try:
        run_import.delay(import_id)
    except (KombuError, OSError) as error:
        log.warning("Nobody was rung for import %s: %s", import_id, error)


@shared_task
def run_import(import_id: int) -> None:
    """Do one queued import, unless somebody else does."""
    queue.work(
        import_id, ring=ring, weigh=lambda run, population: impact(run, population=population)
    )


@shared_task
def sweep_imports() -> int:
    """Ring again for imports whose message or worker was lost."""
    return queue.sweep(ring)


@shared_task
def close_periods() -> int:
    """Fix the mean rates of months, quarters and years that have ended since they were computed."""
    return rebuild(only_provisional=True)
