"""Reference data: what the codes in deals and questions mean, and what others published."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from django.http import HttpResponse
from rest_framework.decorators import api_view
from rest_framework.request import Request

from deals.api.conditional import answer, digest_of
from deals.flows.query import BadParameters, Problem
from deals.models import PolicyEvent, PublishedFigure
from deals.models.documents import dumps
from deals.rules.countries import COUNTRIES
from deals.rules.regions import REGIONS
from deals.rules.vocab import ROUND_STAGES, ROUND_TYPES, SECTORS

Rows = list[dict[str, Any]]


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _regions() -> Rows:
    return [
        {
            "code": region.code,
            "title": region.title,
            "definition": region.definition,
            "source": region.source,
            "members": [
                {"country": m.country, "from": _day(m.first), "to": _day(m.last)}
                for m in region.members
            ],
        }
        for region in REGIONS.values()
    ]


def _countries() -> Rows:
    return [{"code": c.alpha2, "alpha3": c.alpha3, "name": c.name} for c in COUNTRIES.values()]


def _sectors() -> Rows:
    return [{"code": code, "title": title} for code, title in SECTORS.items()]


def _round_types() -> Rows:
    return [
        {"code": code, "title": title, "stage": ROUND_STAGES[code] or None}
        for code, title in ROUND_TYPES.items()
    ]


def _published_figures() -> Rows:
    names = (
        "code", "title", "value", "unit", "measure", "numerator", "denominator", "period_from",
        "period_to", "definition", "source_title", "source_date", "source_url", "evidence",
        "query", "why_no_query", "shelf",
    )  # fmt: skip
    return [
        {name: value or None for name, value in row.items()}
        for row in PublishedFigure.objects.values(*names)
    ]


def _policy_events() -> Rows:
    return [
        {
            "date": _day(event.date),
            "applies_to_deals_from": _day(event.applies_from),
            "jurisdiction": event.jurisdiction,
            "title": event.title,
            "kind": event.kind,
            "note": event.note or None,
            "evidence": event.evidence or None,
        }
        for event in PolicyEvent.objects.all()
    ]


# Those of this version of the program, and those that administrators keep in the database.
FIXED: dict[str, Callable[[], Rows]] = {
    "regions": _regions,
    "countries": _countries,
    "sectors": _sectors,
    "round-types": _round_types,
}
KEPT: dict[str, Callable[[], Rows]] = {
    "published-figures": _published_figures,
    "policy-events": _policy_events,
}
TABLES = FIXED | KEPT


def _written(rows: Rows) -> tuple[bytes, str]:
    """The answer's text and its mark."""
    text = dumps({"results": rows}).encode()
    return text, digest_of(text)


@cache
def _fixed(name: str) -> tuple[bytes, str]:
    return _written(FIXED[name]())


@api_view(["GET"])
def table(request: Request, name: str) -> HttpResponse:
    """One whole table; they are small, so there are no pages and no parameters."""
    if request.query_params:
        raise BadParameters(
            [Problem(given, "This address takes no parameters.") for given in request.query_params]
        )
    text, mark = _fixed(name) if name in FIXED else _written(KEPT[name]())
    return answer(request, mark, lambda: text)
