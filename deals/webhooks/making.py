"""The outbox: what each webhook is to be told is written down in order, and then sent by others.

A webhook has at most one message that waits. What is published meanwhile goes into the next one, so
a receiver that was away is told of everything at once and in order.
"""

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from deals.flows.query import BadParameters
from deals.models import Delivery, Webhook, ledger
from deals.models.documents import dumps
from deals.webhooks import messages
from deals.webhooks.ending import switch_off

log = logging.getLogger(__name__)
BATCH = 200
# The end of the last message. What came since and did not concern the webhook lies between that and
# `told_seq`, and the next message covers it: a receiver finds no gap but that of a lost message.
LAST_HEAD = Subquery(
    Delivery.objects.filter(webhook=OuterRef("pk"), replay_of=None, after_seq__lt=F("head_seq"))
    .values("head_seq")
    .order_by("-pk")[:1]
)


def make_out(now: datetime | None = None) -> int:
    """Write down what is to be told; how many messages. Whoever else does so is not waited for."""
    head = ledger.head()
    behind = Webhook.objects.filter(active=True, user__is_active=True, told_seq__lt=head)
    ids = list(behind.order_by("pk").values_list("pk", flat=True))
    made = 0
    for begin in range(0, len(ids), BATCH):
        made += _make_some(ids[begin : begin + BATCH], head, now or timezone.now())
    return made


def anyone_waits() -> bool:
    """Whether anybody may be told of anything: a look at a small table."""
    return Webhook.objects.filter(user__is_active=True).exists()


@transaction.atomic
def _make_some(ids: list[int], head: int, now: datetime) -> int:
    hooks = Webhook.objects.filter(pk__in=ids, active=True, told_seq__lt=head)
    ordered = hooks.annotate(last_head=LAST_HEAD).order_by("pk")
    locked = list(ordered.select_for_update(skip_locked=True))
    busy = set(
        Delivery.objects.filter(
            webhook__in=locked, state=Delivery.State.WAITING, replay_of=None
        ).values_list("webhook_id", flat=True)
    )
    deliveries: list[Delivery] = []
    told: list[int] = []
    bodies: dict[tuple[str, int, int], str] = {}
    for hook in locked:
        if hook.pk in busy:
            continue
        after = hook.told_seq if hook.last_head is None else hook.last_head
        try:
            body = _body(hook, after, head, now, bodies)
        except BadParameters as error:
            log.warning("The filter of webhook %s cannot be asked: %s", hook.public_id, error)
            switch_off(hook, "What it is told about cannot be asked any more. Make another one.")
            continue
        told.append(hook.pk)
        if body:
            deliveries.append(_delivery(hook, after, head, body, now))
    Delivery.objects.bulk_create(deliveries)
    Webhook.objects.filter(pk__in=told).update(told_seq=head)
    return len(deliveries)


def _body(
    hook: Webhook, after: int, head: int, now: datetime, kept: dict[tuple[str, int, int], str]
) -> str:
    """The message, "" when nothing concerns the webhook; the same for all that ask the same."""
    key = (dumps(hook.query), hook.told_seq, after)
    if key not in kept:
        found = replace(messages.told(hook.query, hook.told_seq, head), after=after)
        kept[key] = messages.message(found, now) if found.texts or found.more else ""
    return kept[key]


def _delivery(
    hook: Webhook, after: int, head: int, body: str, now: datetime, **more: Any
) -> Delivery:
    return Delivery(
        webhook=hook,
        message_id=messages.new_id(),
        after_seq=after,
        head_seq=head,
        body=body,
        next_at=now,
        created_at=now,
        **more,
    )


def make_test(hook: Webhook, now: datetime) -> Delivery:
    """A message that tells of nothing, to be sent once and at once."""
    head = ledger.head()
    delivery = _delivery(hook, head, head, messages.test_message(head, now), now)
    delivery.save()
    return delivery


def make_again(delivery: Delivery, now: datetime) -> Delivery:
    """The same message once more, under the same number, so that a receiver knows it."""
    again = _delivery(
        delivery.webhook, delivery.after_seq, delivery.head_seq, delivery.body, now,
        replay_of=delivery,
    )  # fmt: skip
    again.message_id = delivery.message_id
    again.save()
    return again


def is_test(delivery: Delivery) -> bool:
    return delivery.after_seq == delivery.head_seq
