"""Signatures as the Standard Webhooks specification has them (version 1, symmetric).

What is signed is "<id>.<timestamp>.<body>" by HMAC-SHA256 under the bytes of the secret.
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from datetime import datetime, timedelta

from django.conf import settings

from deals.models import Activity, Webhook

PREFIX = "whsec_"
ROTATED = "webhook_rotated"
# For so long after a new secret was made, messages are signed by the one before, too.
BOTH = timedelta(hours=24)


def secret_of(webhook: Webhook, turn: int | None = None, of: str = "") -> str:
    """The secret as a receiver keeps it: "whsec_" and 32 bytes in base 64.

    It follows from SECRET_KEY and so is nowhere kept; another SECRET_KEY makes others of all. `of`
    is another key than that one.
    """
    label = f"webhook:{webhook.public_id}:{webhook.turn if turn is None else turn}"
    key = hmac.new((of or settings.SECRET_KEY).encode(), label.encode(), hashlib.sha256).digest()
    return PREFIX + b64encode(key).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature: "v1," and the HMAC in base 64. `timestamp` is in seconds since 1970."""
    key = b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(webhook: Webhook, message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The three headers of a message that is sent now."""
    timestamp = int(now.timestamp())
    turns = [webhook.turn]
    if webhook.turn > 1 and _rotated_lately(webhook, now):
        turns.append(webhook.turn - 1)
    # While earlier keys are good, receivers that still have their secrets understand us.
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    signatures = [
        signature(secret_of(webhook, turn, key), message_id, timestamp, body)
        for key in keys
        for turn in turns
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def mark(webhook: Webhook) -> str:
    """How entries of the log name a webhook: names may be the same, this is not."""
    return f"{webhook.name} ({webhook.public_id})"


def _rotated_lately(webhook: Webhook, now: datetime) -> bool:
    """The log knows when; a name may have changed since, the identifier has not."""
    acts = Activity.objects.filter(by=webhook.user_id, verb=ROTATED, at__gt=now - BOTH)
    return acts.filter(text__endswith=f"({webhook.public_id})").exists()
