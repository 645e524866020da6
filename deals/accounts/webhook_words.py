"""Webhooks and their messages in the words of the pages about them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deals import wording
from deals.flows import links
from deals.flows.query import BadParameters, FlowQuery
from deals.models import Delivery
from deals.webhooks.making import is_test

STATES = {
    Delivery.State.WAITING: gettext_noop("waits"),
    Delivery.State.DELIVERED: gettext_noop("delivered"),
    Delivery.State.FAILED: gettext_noop("given up"),
}
# Beyond so many characters a body is cut on the page.
LONGEST_BODY = 20_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt; `status` is None where no answer came."""

    at: datetime
    status: int | None
    seconds: float
    problem: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a row and as a page."""

    delivery: Delivery
    about: str
    state: str
    attempts: list[Attempt]

    @property
    def last(self) -> Attempt | None:
        return self.attempts[-1] if self.attempts else None

    @property
    def body(self) -> str:
        """Laid out for people; the bytes that were signed have no spaces."""
        text = json.dumps(json.loads(self.delivery.body), indent=2, ensure_ascii=False)
        return text if len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY]}\n…"


def shown(delivery: Delivery) -> Shown:
    """A message; its body is read only when a page prints it."""
    attempts = [
        Attempt(
            datetime.fromisoformat(one["at"]),
            one["status"],
            one["seconds"],
            _problem(one["problem"]),
        )
        for one in delivery.attempts
    ]
    return Shown(delivery, _about(delivery), _(STATES[Delivery.State(delivery.state)]), attempts)


def deals_meant(query: Mapping[str, str]) -> str:
    """Which deals a webhook is told about, as one line."""
    if not query:
        return _("everything that is published")
    try:
        asked = FlowQuery.from_params(query)
    except BadParameters:
        return _("a filter that cannot be asked any more")
    return wording.question(asked)


def list_address(query: Mapping[str, str]) -> str:
    """The page of these deals; "" where all are meant or none can be asked for."""
    try:
        return links.address("/deals/", FlowQuery.from_params(query)) if query else ""
    except BadParameters:
        return ""


def _about(delivery: Delivery) -> str:
    if is_test(delivery):
        return _("Test")
    return _("Again") if delivery.replay_of_id else _("Changes")


def _problem(text: str) -> str:
    return _(text) if text else ""
