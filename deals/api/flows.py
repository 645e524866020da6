"""Shares, and the rows of every chart, over HTTP."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from rest_framework.decorators import api_view
from rest_framework.request import Request

from deals.api.conditional import answer, asks_if_changed, unchanged
from deals.flows.answer import identity, snapshot
from deals.flows.asked import answered, title_of
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.flows.scope import resolve
from deals.flows.series import BY
from deals.flows.share import REQUIRED
from deals.flows.top import MOST, OF, SIDES, USUAL


@api_view(["GET"])
def share(request: Request) -> HttpResponse:
    """The share of deals into `target` that had an investor from `investor`; see docs/api.md."""
    return _answer(request, "share")


@api_view(["GET"])
def series(request: Request) -> HttpResponse:
    """The same over time, `by` year, quarter or month."""
    by = _word(request.query_params, "by", BY)
    return _answer(request, f"series-{by}" if by not in (None, "year") else "series", extra=("by",))


@api_view(["GET"])
def matrix(request: Request) -> HttpResponse:
    """Investor countries by target countries."""
    return _answer(request, "matrix")


@api_view(["GET"])
def top(request: Request) -> HttpResponse:
    """The investors, targets, sectors, countries or types of rounds with most deals."""
    params = request.query_params
    of, side = _word(params, "of", OF), _word(params, "side", SIDES)
    if of is None:
        raise BadParameters([Problem("of", f"This is needed. Allowed are: {', '.join(OF)}.")])
    if side and of != "countries":
        raise BadParameters([Problem("side", "Only countries are on either side; leave it out.")])
    name = "top-target-countries" if side == "target" else f"top-{of}"
    return _answer(request, name, extra=("of", "side", "limit"), limit=_limit(params))


def _answer(
    request: Request, name: str, *, extra: tuple[str, ...] = (), **arguments: Any
) -> HttpResponse:
    query = FlowQuery.from_params(request.query_params, extra=extra, required=REQUIRED)
    title = title_of(name, arguments)
    # An unchanged question is answered without opening a transaction.
    if asks_if_changed(request) and (
        same := unchanged(request, identity(title, query, resolve(query)))
    ):
        return same
    with snapshot():
        scope = resolve(query)
        return answer(
            request,
            identity(title, query, scope),
            lambda: json.dumps(answered(name, query, scope, **arguments), ensure_ascii=False),
        )


def _word(params: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str | None:
    """One of a few words; None when it is not given."""
    text = str(params.get(name, "")).strip().lower()
    if text and text not in allowed:
        message = f"“{text[:40]}” is not known. Allowed are: {', '.join(allowed)}."
        raise BadParameters([Problem(name, message)])
    return text or None


def _limit(params: Mapping[str, Any]) -> int:
    text = str(params.get("limit", "")).strip()
    # int() would also take 1_0 and digits of other scripts.
    limit = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    if text and not 1 <= limit <= MOST:
        raise BadParameters([Problem("limit", f"This must be a number from 1 to {MOST}.")])
    return limit or USUAL
