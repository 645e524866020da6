"""Reference data: what the codes in deals and questions mean, and what others published."""

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpResponse
from rest_framework.decorators import api_view
from rest_framework.request import Request

from deals.api.conditional import answer
from deals.flows.query import BadParameters, Problem
from deals.models import PolicyEvent, PublishedFigure, Release
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


def _releases() -> Rows:
    return [
        {
            "name": release.name,
            "change_seq": release.seq,
            "notes": release.notes or None,
            "at": release.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
        for release in Release.objects.all()
    ]


TABLES: dict[str, Callable[[], Rows]] = {
    "regions": _regions,
    "countries": _countries,
    "sectors": _sectors,
    "round-types": _round_types,
    "published-figures": _published_figures,
    "policy-events": _policy_events,
    "releases": _releases,
}


@api_view(["GET"])
def table(request: Request, name: str) -> HttpResponse:
    """One whole table; they are small, so there are no pages and no parameters."""
    if request.query_params:
        raise BadParameters(
            [Problem(given, "This address takes no parameters.") for given in request.query_params]
        )
    text = dumps({"results": TABLES[name]()})
    return answer(request, hashlib.sha256(text.encode()).hexdigest()[:32], lambda: text)
