"""What a person does with webhooks of their own. Each is one transaction and one entry of the log.

Functions raise `Refused` with a sentence when something may not be done.
"""

import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deals import journal
from deals.models import Activity, Delivery, Webhook, ledger
from deals.webhooks import signing
from deals.webhooks.address import Refused, check_address
from deals.webhooks.filters import read_filter
from deals.webhooks.making import make_again, make_test

MOST = 10
LONGEST_NAME = 100
# Messages that a person may ask for in an hour, over and above what is published.
ASKED_PER_HOUR = 30
TESTED, REPLAYED = "webhook_tested", "webhook_replayed"


@transaction.atomic
def add(*, name: str, url: str, wanted: str, by: User) -> Webhook:
    """A webhook that is told of what is published from now on. `wanted` is what was typed."""
    # Two forms at the same moment must not make an eleventh.
    User.objects.select_for_update().get(pk=by.pk)
    own = Webhook.objects.filter(user=by)
    if own.count() >= MOST:
        said = _("You have %(most)s webhooks, and more are not given. Delete one first.")
        raise Refused(said % {"most": MOST})
    name, url, query = check_name(name), check_address(url.strip()), read_filter(wanted)
    if own.filter(url=url, query=query).exists():
        raise Refused(_("You have a webhook to this address with this filter already."), "url")
    hook = Webhook.objects.create(
        public_id=secrets.token_hex(8),
        user=by,
        name=name,
        url=url,
        query=query,
        told_seq=ledger.head(),
        created_at=timezone.now(),
    )
    journal.record("webhook_made", by=by, text=signing.mark(hook))
    return hook


def check_name(name: str) -> str:
    """The name as it is kept; raises `Refused`."""
    name = " ".join(name.split())
    if not name or "\x00" in name:
        raise Refused(_("Give it a name, so that you know it in the list."), "name")
    if len(name) > LONGEST_NAME:
        raise Refused(_("A name has at most %(most)s characters.") % {"most": LONGEST_NAME}, "name")
    return name


@transaction.atomic
def pause(*, webhook: Webhook, by: User) -> None:
    """Send nothing until it is switched on again; what is published meanwhile is told then."""
    hook = _held(webhook)
    if not hook.active:
        raise Refused(_("This webhook is off already."))
    hook.active = False
    hook.save(update_fields=["active"])
    journal.record("webhook_off", by=by, text=signing.mark(hook))


@transaction.atomic
def resume(*, webhook: Webhook, by: User) -> None:
    """Begin again, with all that was published in between."""
    hook = _held(webhook)
    if hook.active:
        raise Refused(_("This webhook is on already."))
    hook.active, hook.failing_since, hook.problem = True, None, ""
    hook.save(update_fields=["active", "failing_since", "problem"])
    waiting = hook.deliveries.filter(state=Delivery.State.WAITING, claimed_until=None)
    waiting.update(next_at=timezone.now())
    journal.record("webhook_on", by=by, text=signing.mark(hook))
    ledger.announce_at_commit()


@transaction.atomic
def rotate(*, webhook: Webhook, turn: int, by: User) -> None:
    """Make a new secret; the old one signs along for a day. `turn` is the one the page showed."""
    hook = _held(webhook)
    if hook.turn != turn:
        raise Refused(_("A new secret was made already; this page was older."))
    hook.turn += 1
    hook.save(update_fields=["turn"])
    journal.record(signing.ROTATED, by=by, text=signing.mark(hook))


@transaction.atomic
def test(*, webhook: Webhook, by: User) -> Delivery:
    """Send a message that tells of nothing, to see whether it arrives."""
    hook = _held(webhook)
    _refuse_too_many(by)
    journal.record(TESTED, by=by, text=signing.mark(hook))
    ledger.announce_at_commit()
    return make_test(hook, timezone.now())


@transaction.atomic
def replay(*, delivery: Delivery, by: User) -> Delivery:
    """Send a message again under its own number; one that still waits, at once."""
    hook = _held(delivery.webhook)
    found = Delivery.objects.select_for_update().get(pk=delivery.pk)
    _refuse_too_many(by)
    journal.record(REPLAYED, by=by, text=signing.mark(hook))
    ledger.announce_at_commit()
    if found.state == Delivery.State.WAITING:
        Delivery.objects.filter(pk=found.pk).update(next_at=timezone.now())
        return found
    return make_again(found, timezone.now())


@transaction.atomic
def delete(*, webhook: Webhook, by: User) -> None:
    """Forget the webhook and all that was sent to it."""
    hook = _held(webhook)
    journal.record("webhook_deleted", by=by, text=signing.mark(hook))
    hook.delete()


def _held(webhook: Webhook) -> Webhook:
    """The row as it is now, locked."""
    found = Webhook.objects.select_for_update().filter(pk=webhook.pk).first()
    if found is None:
        raise Refused(_("This webhook has been deleted already."))
    return found


def _refuse_too_many(by: User) -> None:
    """What a person asks for is sent to somebody else's server, so it has an end.

    The log counts, not the messages: these go with a webhook that is deleted and made again.
    """
    since = timezone.now() - timedelta(hours=1)
    asked = Activity.objects.filter(by=by, at__gt=since, verb__in=(TESTED, REPLAYED))
    if asked.count() >= ASKED_PER_HOUR:
        said = _("That was asked for %(most)s times within an hour; try again later.")
        raise Refused(said % {"most": ASKED_PER_HOUR})
