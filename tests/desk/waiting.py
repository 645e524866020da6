"""Versions that wait for a decision, as a person hands them in."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from deals import actions
from deals.entry.facts import Facts
from deals.models import DealVersion, Review
from tests.factories import make_deal


def hand_in(
    by: Any,
    *,
    deal: DealVersion | None = None,
    reason: str = "The article says so.",
    change: Callable[[Facts], object] | None = None,
    **facts: Any,
) -> Review:
    """The review of an edit of a live deal (a new one of European investors in China by default).

    `facts` replace facts of the deal, `change` changes them in place.
    """
    live = deal or make_deal(target="Horizon", investors=[("Fund", "DE")])
    said = deepcopy(actions.facts_of(live)) | facts
    if change is not None:
        change(said)
    draft = actions.begin_draft(by=by, typed={}, deal=live.deal)
    version = actions.submit_draft(draft=draft, facts=said, reason=reason, by=by)
    return Review.objects.get(version=version)


def hand_in_new(by: Any, *, like: DealVersion | None = None, **facts: Any) -> Review:
    """The review of a deal that is not in the register yet, much like another one."""
    said = deepcopy(actions.facts_of(like or make_deal(target="Horizon"))) | facts
    said["target"] = {"id": "", "name": "Black Sesame", "country": "CN", "basis": "stated"}
    draft = actions.begin_draft(by=by, typed={})
    version = actions.submit_draft(draft=draft, facts=said, reason="New.", by=by)
    return Review.objects.get(version=version)


def amount(low: str, currency: str = "CNY", text: str = "") -> Facts:
    """A stated amount."""
    return {"state": "exact", "low": low, "high": low, "currency": currency, "text": text}
