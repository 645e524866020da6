"""Doors for the worker: an id in, one call. A missing row is a return, an unknown error raises."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone
from kombu.exceptions import KombuError

from deals import mail
from deals.accounts.keys_counted import forget_counts
from deals.accounts.seen import forget_ended
from deals.actions.imports import tell_of_end
from deals.actions.proposals import forget_answers
from deals.entry import likely_pairs
from deals.exports import release
from deals.exports.beside import NoRoom
from deals.feeds import queue, schedules, turns
from deals.feeds import tidy as tidying
from deals.feeds.newcomers import LATELY, look_for_likeness, look_further, published_lately
from deals.feeds.spellings import spell_missing
from deals.flows.whatif import impact
from deals.flows.whatif_reviews import weigh_waiting
from deals.models import ImportRun, Release
from deals.models.derived import rebuild
from deals.webhooks import making, sending

log = logging.getLogger(__name__)
# How far back the look for deals that may be one goes, several of its turns.
JUST_NOW = timedelta(minutes=20)
# Messages are sent for so long, in seconds; what is left then waits for the next turn.
SENDING = 200


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
def suggest_organizations(import_id: int, after: int = 0) -> int:
    """Which organizations that an import brought may be known ones, a slice at a time, and then
    which deals."""
    found, last = look_further(import_id, after)
    if last:
        _send(partial(suggest_organizations.delay, import_id), last)
    else:
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
    return tidying.tidy() | {
        "notifications": mail.forget_read(),
        "spelled": spelled,
        "counts": forget_counts(),
        "answers": forget_answers(),
        "deliveries": sending.forget_old(),
        "sessions": forget_ended(),
    }


@shared_task
def close_periods() -> int:
    """Fix the mean rates of months, quarters and years that have ended since they were computed."""
    return rebuild(only_provisional=True)


def ring_release(release_id: int) -> None:
    """Have the files of a release made, or described anew."""
    _send(make_release.delay, release_id)


@shared_task
def make_release(release_id: int) -> None:
    """Make the files of a release. Stopped at its time limit, it goes on with the next file."""
    found = Release.objects.filter(pk=release_id).first()
    if found is None:
        return
    before = release.finished(found)
    try:
        release.make(found)
    except release.Busy:
        return
    except NoRoom as error:
        log.warning("The files of release %s are made later: %s", found.name, error)
    except SoftTimeLimitExceeded:
        if release.finished(found) > before:
            ring_release(release_id)
            return
        why = "This takes longer than a worker may; run manage.py release with --rebuild instead."
        release.give_up(found, why)


@shared_task
def make_releases() -> int:
    """Ring again for releases whose files nobody makes."""
    waiting = [one.pk for one in release.pending()]
    for pk in waiting:
        ring_release(pk)
    return len(waiting)


def ring_webhooks() -> None:
    """Ring for a worker, where anybody wants to be told that something was published."""
    if making.anyone_waits():
        _send(tell_webhooks.delay, 0)


@shared_task
def tell_webhooks(sent: int = 0) -> int:
    """Write down what webhooks are to be told, and send what is due; how many were sent."""
    ends = time.monotonic() + SENDING
    while time.monotonic() < ends:
        making.make_out()
        tried = sending.send_some()
        sent += tried
        if not tried:
            break
    return sent


def _send(delay: Callable[[int], object], number: int) -> None:
    try:
        delay(number)
    except (KombuError, OSError) as error:
        log.warning("Nobody was rung for %s: %s", number, error)
