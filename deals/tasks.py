"""Doors for the worker: an id in, one call. A missing row is a return, an unknown error raises."""

import logging
from collections.abc import Callable
from datetime import timedelta

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import KombuError

from deals import mail
from deals.actions.imports import tell_of_end
from deals.entry import likely_pairs
from deals.feeds import queue, schedules, turns
from deals.feeds import tidy as tidying
from deals.feeds.newcomers import LATELY, look_for_likeness, published_lately
from deals.feeds.spellings import spell_missing
from deals.flows.whatif import impact
from deals.flows.whatif_reviews import weigh_waiting
from deals.models import ImportRun
from deals.models.derived import rebuild

log = logging.getLogger(__name__)
# How far back the look for deals that may be one goes, several of its turns.
JUST_NOW = timedelta(minutes=20)


def ring(import_id: int) -> None:
    """Ring for a worker. A broker that is away is no error: the sweeper rings again."""
    _send(run_import.delay, import_id)


@shared_task
def run_import(import_id: int) -> None:
    """Do one queued import, unless somebody else does."""
    ended = queue.work(
        import_id, ring=ring, weigh=lambda run, population: impact(run, population=population)
    )
    tell_of_end(import_id)
    # Not for every message that came twice: looking takes long.
    if not ended:
        return
    published = ImportRun.objects.filter(pk=import_id, state=ImportRun.State.PUBLISHED)
    if published.filter(organizations_new__gt=0).exists():
        _send(suggest_organizations.delay, import_id)
    elif published.exists():
        _send(suggest_deals.delay, import_id)


@shared_task
def sweep_imports() -> int:
    """Ring again for imports whose message or worker was lost."""
    return queue.sweep(ring)


@shared_task
def suggest_organizations(import_id: int) -> int:
    """Which organizations that an import brought may be known ones, and then which deals."""
    found = look_for_likeness(import_id)
    likely_pairs.suggest_for_import(import_id)
    return found


@shared_task
def suggest_deals(import_id: int) -> int:
    """Which deals that an import brought or changed may be known ones."""
    return likely_pairs.suggest_for_import(import_id)


@shared_task
def suggest_lately() -> int:
    """Which deals that people have just published may be known ones. Looked at more than once,
    since a turn may be missed; again changes nothing."""
    return likely_pairs.suggest_since(timezone.now() - JUST_NOW)


@shared_task
def check_feeds() -> int:
    """Begin the turns of scheduled feeds that are due."""
    due = schedules.due_slots()
    for slot_id in due:
        _send(run_feed_slot.delay, slot_id)
    return len(due)


@shared_task
def run_feed_slot(slot_id: int) -> None:
    """One turn of a scheduled feed, unless somebody else does it."""
    turns.work_slot(slot_id, ring)


@shared_task
def send_mail() -> int:
    """Write to people about what is new for them, and to readers about what came of reports."""
    return mail.send_due()


@shared_task
def weigh_reviews() -> int:
    """What each thing that waits for a decision would do to the headline shares."""
    return weigh_waiting()


@shared_task
def tidy() -> dict[str, int]:
    """Delete what need not be kept, and make up for what a lost message left undone."""
    for import_id in published_lately():
        look_for_likeness(import_id)
        likely_pairs.suggest_for_import(import_id)
    likely_pairs.suggest_since(timezone.now() - LATELY)
    spelled = spell_missing()
    return tidying.tidy() | {"notifications": mail.forget_read(), "spelled": spelled}


@shared_task
def close_periods() -> int:
    """Fix the mean rates of months, quarters and years that have ended since they were computed."""
    return rebuild(only_provisional=True)


def _send(delay: Callable[[int], object], number: int) -> None:
    try:
        delay(number)
    except (KombuError, OSError) as error:
        log.warning("Nobody was rung for %s: %s", number, error)
