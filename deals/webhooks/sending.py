"""Sending what waits: at least once, by nobody at the same time as another, later and later.

A worker claims rows, sends without holding a transaction, and then says what came of it. When it
dies between the two, the claim runs out and the message is sent again under the same number.
"""

import random
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from deals.models import Delivery, Webhook
from deals.webhooks import signing
from deals.webhooks.ending import switch_off
from deals.webhooks.making import is_test
from deals.webhooks.post import Answer, post

State = Delivery.State
# Sent at the same time; slow receivers keep only each other waiting.
AT_ONCE = 10
# Longer than an attempt may last.
CLAIM = timedelta(seconds=60)
# Seconds until the next attempt, the last of them for all later ones.
STEPS = (5, 30, 120, 600, 1800, 3600, 7200, 14400)
# Around these, so that what failed together does not come back together.
JITTER = 0.2
PATIENCE = timedelta(hours=24)
SILENCE = timedelta(days=3)
KEPT = timedelta(days=30)
GONE = 410
SILENT_FOR_DAYS = gettext_noop(
    "Nothing was taken for three days. Put the receiver right and switch the webhook on again."
)
IS_GONE = gettext_noop("The receiver says that it is gone for good (status 410).")


def send_some(now: datetime | None = None) -> int:
    """Send up to ten of those that are due; how many were tried."""
    claimed = _claim(now or timezone.now())
    if not claimed:
        return 0
    with ThreadPoolExecutor(len(claimed)) as pool:
        waiting: dict[Future[Answer], Delivery] = {
            pool.submit(post, *_request(delivery)): delivery for delivery in claimed
        }
        for future in as_completed(waiting):
            record(waiting[future], future.result(), now)
    return len(claimed)


def record(delivery: Delivery, answer: Answer, now: datetime | None = None) -> bool:
    """Say what came of an attempt; False when the claim is no longer ours."""
    now = now or timezone.now()
    with transaction.atomic():
        hook = Webhook.objects.select_for_update().filter(pk=delivery.webhook_id).first()
        held = Delivery.objects.select_for_update().filter(
            pk=delivery.pk, state=State.WAITING, claimed_until=delivery.claimed_until
        )
        row = held.first()
        if hook is None or row is None:
            return False
        row.attempts = [*row.attempts, _attempt(answer, now)]
        row.claimed_until = None
        if answer.delivered:
            _end(row, State.DELIVERED, now)
            hook.failing_since = None
            hook.save(update_fields=["failing_since"])
        else:
            _failed(hook, row, answer, now)
        row.save()
    return True


def forget_old(now: datetime | None = None) -> int:
    """Delete messages that ended more than 30 days ago."""
    old = (now or timezone.now()) - KEPT
    gone, _by_model = Delivery.objects.filter(ended_at__lt=old).delete()
    return gone


def due(now: datetime) -> Q:
    """What may be sent: of webhooks that are on, and what a person has asked for besides."""
    asked = Q(replay_of__isnull=False) | Q(after_seq=F("head_seq"))
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    on = Q(webhook__active=True) | asked
    return Q(state=State.WAITING, next_at__lte=now, webhook__user__is_active=True) & free & on


@transaction.atomic
def _claim(now: datetime) -> list[Delivery]:
    waiting = Delivery.objects.filter(due(now)).select_related("webhook").order_by("next_at", "pk")
    rows = list(waiting.select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
    until = now + CLAIM
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(claimed_until=until)
    for row in rows:
        row.claimed_until = until
    return rows


def _request(delivery: Delivery) -> tuple[str, bytes, dict[str, str]]:
    """Address, body and headers; signed anew at each attempt, since receivers look at the time."""
    body = delivery.body.encode()
    headers = signing.headers(delivery.webhook, delivery.message_id, body, timezone.now())
    return delivery.webhook.url, body, headers


def _attempt(answer: Answer, now: datetime) -> dict[str, Any]:
    return {
        "at": now.isoformat(),
        "status": answer.status,
        "seconds": answer.seconds,
        "problem": answer.problem,
    }


def _failed(hook: Webhook, row: Delivery, answer: Answer, now: datetime) -> None:
    if is_test(row) or row.replay_of_id:
        # A person looks at it and can ask again.
        _end(row, State.FAILED, now)
        return
    hook.failing_since = hook.failing_since or now
    hook.save(update_fields=["failing_since"])
    if answer.status == GONE:
        _end(row, State.FAILED, now)
        switch_off(hook, IS_GONE)
    elif now - hook.failing_since >= SILENCE:
        _end(row, State.FAILED, now)
        switch_off(hook, SILENT_FOR_DAYS)
    elif now - row.created_at >= PATIENCE:
        _end(row, State.FAILED, now)
    else:
        row.next_at = now + _pause(len(row.attempts), answer.retry_after)


def _pause(attempts: int, wanted: int | None) -> timedelta:
    """Until the next attempt, longer where the receiver asks for it."""
    step = STEPS[min(attempts, len(STEPS)) - 1]
    # Chance spreads load here; nothing is secret about it.
    around = step * random.uniform(1 - JITTER, 1 + JITTER)
    return timedelta(seconds=max(around, wanted or 0))


def _end(row: Delivery, state: str, now: datetime) -> None:
    row.state, row.ended_at, row.next_at = state, now, None
