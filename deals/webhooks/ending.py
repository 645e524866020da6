"""Switching a webhook off, and telling its owner why."""

from deals import journal
from deals.models import Webhook

# The page of deals.accounts about a webhook; a test follows it.
PAGE = "/account/webhooks/{}/"


def switch_off(webhook: Webhook, problem: str) -> None:
    """Inside a transaction that holds the row. The owner finds it at the desk and by mail."""
    webhook.active = False
    webhook.problem = problem
    webhook.save(update_fields=["active", "problem"])
    journal.notify(
        [webhook.user_id],
        "webhook_off",
        by=None,
        subject=webhook.name,
        link=PAGE.format(webhook.public_id),
        text=problem,
    )
