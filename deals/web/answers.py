"""What the template of an answer needs beside the answer itself."""

import json
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from deals import wording
from deals.charts import Marker, YearChart, figure, flow_chart
from deals.flows import links
from deals.flows.conditions import BESIDE
from deals.flows.definition import PLURALS
from deals.flows.listing import Wanted, listing
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope
from deals.models import PolicyEvent
from deals.svg.bars import Part, band, composition_bar
from deals.svg.years import NARROW, WIDE, year_chart
from deals.templatetags.formats import day
from deals.web.caveats import caveats
from deals.web.cite import citation
from deals.web.question import narrowings

FIRST_DEALS = 10
API = "/api/v1/flows/share/"


def answer_context(
    request: HttpRequest, query: FlowQuery, answer: dict[str, Any], scope: Scope
) -> dict[str, Any]:
    """Everything below the form: number, composition, chart, table, caveats, deals, citation."""
    hue = wording.hue(query)
    events = markers(query, answer)
    chart = flow_chart(answer, name=wording.question(query), hue=hue, events=events)
    return {
        "query": query,
        "answer": answer,
        "hue": hue,
        "finding": wording.finding(query, answer),
        "parts": composition(query, answer),
        "beside": beside(query, answer),
        "comparators": comparators(answer),
        "china": china(answer),
        "bands": bands(answer, hue),
        "caveats": caveats(query, answer),
        "narrowings": narrowings(query),
        **drawings(chart, "series"),
        "events": events,
        "deals": first_deals(query, scope),
        "cite": citation(request, query, answer, scope),
        "api_url": links.address(API, query),
        "range_url": links.deals(query, place="range"),
        "csv_url": links.address("/flows/table.csv", query),
        "live_url": links.page(query.but(as_of=None, release="")),
        "frozen": scope.seq is not None,
    }


def drawings(chart: YearChart, name: str) -> dict[str, Any]:
    """The chart in both sizes, and as a figure for the interactive one."""
    return {
        "chart": chart,
        "chart_wide": year_chart(chart, name, WIDE),
        "chart_narrow": year_chart(chart, name, NARROW),
        "figure": figure(chart) if chart.years else None,
    }


def composition(query: FlowQuery, answer: dict[str, Any]) -> dict[str, Any]:
    """Who the N deals are, as a drawing and as rows that add up to N."""
    counts = answer["deals"]["composition"]
    named = [
        ("With an investor from " + wording.place_in_sentence(query.investor, "anywhere"),
         wording.hue(query), "with_investor", "flow"),
        ("Only investors from " + wording.place_in_sentence(query.target, "the target’s side"),
         "hue-domestic", "target_side_only", "target_side_only"),
        ("Only other foreign investors", "hue-foreign", "other_foreign_only", "other_foreign_only"),
        ("Not known", "hue-unknown", "unknown", "unknown"),
    ]  # fmt: skip
    whole = answer["deals"]["N"]
    parts = [Part(label, hue, counts[name]) for label, hue, name, _ in named]
    rows = [
        {
            "part": part,
            "share": Decimal(part.n) / whole if whole else None,
            "deals": links.deals(query, place=place),
        }
        for part, (*_, place) in zip(parts, named, strict=True)
    ]
    return {
        "rows": rows,
        "bar": composition_bar(parts, "composition"),
        "deals": links.deals(query, place="counted"),
    }


BESIDE_WORDS = {
    "too_coarse": "date too coarse for the window or the region",
    "undated": "no date",
    "unknown_target": "target’s country not known",
}


def beside(query: FlowQuery, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Deals that are in neither n nor N, each with the way to them."""
    return [
        {"label": BESIDE_WORDS[place], "n": n, "deals": links.deals(query, place=place)}
        for place in BESIDE
        if (n := answer["deals"][place])
    ]


def comparators(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Other investor sides on the same N."""
    return [
        row | {"place": wording.place_in_sentence((row["investor"],), "anywhere")}
        for row in answer["compare"]
    ]


def china(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The number with and without Hong Kong and Macao; the asked-for one is marked (rule 11)."""
    asked = {name: answer["deals"][name] for name in ("n", "N", "share")}
    asked |= {"deals": answer["links"]["deals"], "asked": True}
    with_both, without = answer["with_hk_mo"], answer["without_hk_mo"]
    if with_both is None and without is None:
        return []
    return [
        {"label": "without Hong Kong and Macao", **(without or asked)},
        {"label": "with Hong Kong and Macao", **(with_both or asked)},
    ]


def bands(answer: dict[str, Any], hue: str) -> list[dict[str, Any]]:
    """Value bands to print: one, or one for each kind where kinds are never added."""
    amount = answer["amount"]
    blocks = amount["by_kind"] if "why_no_value" in amount else [amount]
    return [
        block
        | {
            "title": PLURALS[block["kind"]].capitalize() if "kind" in block else "",
            "drawing": ""
            if block["low"] is None
            else band(Decimal(block["low"]), Decimal(block["split"]), Decimal(block["high"]), hue),
        }
        for block in blocks
        if block["disclosed_n"] or block["at_least_n"] or block["ranges"]["n"]
    ]


def markers(query: FlowQuery, answer: dict[str, Any]) -> tuple[Marker, ...]:
    """Policy events of the chart's years, from places that the question is about."""
    years = [row["year"] for row in answer["by_year"]]
    if not years:
        return ()
    codes = wording.countries_of(query.investor_side) | wording.countries_of(query.target_side)
    codes |= set(query.compare)
    if codes & wording.EU_MEMBERS:
        codes |= {"EU"}
    events = PolicyEvent.objects.filter(
        date__year__gte=years[0], date__year__lte=years[-1], jurisdiction__in=codes
    )
    return tuple(
        Marker(number, event.date, f"{day(event.date)}, {event.jurisdiction}: {event.title}")
        for number, event in enumerate(events, start=1)
    )


def first_deals(query: FlowQuery, scope: Scope) -> list[dict[str, Any]]:
    """The newest deals of the flow, as the API gives them."""
    page = listing(query, scope, Wanted(size=FIRST_DEALS), count=False)
    return [json.loads(document) for document in page.documents]
