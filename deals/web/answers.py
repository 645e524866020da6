"""What the template of an answer needs beside the answer itself."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals import wording
from deals.api.schema.spelling import ROOT
from deals.flows import links
from deals.flows.answer import kept
from deals.flows.before import before
from deals.flows.conditions import BESIDE
from deals.flows.definition import PLURALS
from deals.flows.listing import Wanted, listing
from deals.flows.query import FlowQuery
from deals.flows.removed import removed
from deals.flows.scope import Scope
from deals.svg.bars import Part, band, composition_bar
from deals.templatetags.formats import number
from deals.web.caveats import caveats
from deals.web.cite import citation
from deals.web.compared import Comparison, before_window
from deals.web.developers_examples import view
from deals.web.downloads import downloads
from deals.web.narrowed import narrowings, widest
from deals.web.question import bridge_link, china_ways, presets, swapped
from deals.web.tabs import EVENTS_TAB, page

FIRST_DEALS = 10
API = "/api/v1/flows/share/"


def answer_context(
    request: HttpRequest, query: FlowQuery, answer: dict[str, Any], scope: Scope
) -> dict[str, Any]:
    """Everything below the form but the chart; asked inside the caller's snapshot."""
    hue = wording.hue(query)
    population = answer["population"]
    title = population["title"] if population["code"] else ""
    left_out = kept("removed", query, scope, lambda: removed(query, scope))
    filters = narrowings(query, left_out)
    return {
        "query": query,
        "answer": answer,
        "hue": hue,
        "finding": wording.finding(query, answer),
        "definition": wording.definition_phrases(query, title),
        "provisional": provisional(answer),
        "parts": composition(query, answer),
        "beside": beside(query, answer),
        "comparators": comparators(answer),
        "china": china(answer, query),
        "ways": china_ways(query),
        "presets": presets(query),
        "bridge_url": bridge_link(query),
        "bands": bands(query, answer, hue),
        "before": time_before(query, scope),
        "events_url": page(query, EVENTS_TAB),
        "caveats": caveats(query, answer),
        "narrowings": filters,
        # Fewest first would hide the filter that matters.
        "emptied": sorted((one for one in filters if one.n), key=lambda one: -one.n),
        "widest_url": widest(query),
        "deals": first_deals(query, scope),
        "cite": citation(request, query, answer, scope),
        "api_url": links.address(API, query),
        "api_code": view(request.build_absolute_uri(ROOT), links.address(API, query)),
        "download": downloads(query.to_params(), answer["deals"]["n"]),
        "live_url": links.page(query.but(as_of=None, release="")),
        "frozen": scope.seq is not None,
        # Spares the strip at the top of the page the same look-up; a release it looks up itself.
        **({} if scope.release else {"as_of": {"seq": scope.head, "at": scope.head_at}}),
    }


def time_before(query: FlowQuery, scope: Scope) -> Comparison | None:
    """The window beside the same length of time before it; None for a window without both ends."""
    if not all(query.window):
        return None
    found = kept("before", query, scope, lambda: before(query, scope))
    return before_window(found)


def provisional(answer: Mapping[str, Any]) -> str:
    """Which years of the answer are still incomplete: "2022", "2021–2022"; "" for none."""
    years = [str(row["year"]) for row in answer["by_year"] if row["provisional"] and row["N"]]
    return years[0] if len(years) == 1 else f"{years[0]}–{years[-1]}" if years else ""


def composition(query: FlowQuery, answer: dict[str, Any]) -> dict[str, Any]:
    """Who the N deals are, as a drawing and as rows that add up to N."""
    counts = answer["deals"]["composition"]
    place = wording.place_in_sentence(query.target, _("the target’s side"))
    named = [
        (_("With an investor from %(place)s") % {"place": wording.origin(query)},
         wording.hue(query), "with_investor", "flow"),
        (_("Only investors from %(place)s") % {"place": place},
         "hue-domestic", "target_side_only", "target_side_only"),
        (_("Only other foreign investors"), "hue-foreign", "other_foreign_only",
         "other_foreign_only"),
        (_("Not known"), "hue-unknown", "unknown", "unknown"),
    ]  # fmt: skip
    whole = answer["deals"]["N"]
    parts = [Part(label, hue, counts[name]) for label, hue, name, _place in named]
    rows = [
        {
            "part": part,
            "share": Decimal(part.n) / whole if whole else None,
            "deals": links.deals(query, place=place),
        }
        for part, (*_rest, place) in zip(parts, named, strict=True)
    ]
    return {
        "rows": rows,
        "bar": composition_bar(parts, "composition"),
        "deals": links.deals(query, place="counted"),
        "unknown": links.deals(query, place="unknown"),
        "partial": links.deals(query, place="partial"),
    }


def beside(query: FlowQuery, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Deals that are in neither n nor N, each with the way to them."""
    words = {
        "too_coarse": _("date too coarse for the window or the region"),
        "undated": _("no date"),
        "unknown_target": _("target’s country not known"),
    }
    return [
        {"label": words[place], "n": n, "deals": links.deals(query, place=place)}
        for place in BESIDE
        if (n := answer["deals"][place])
    ]


def comparators(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Other investor sides on the same N."""
    return [
        row | {"place": wording.place_in_sentence((row["investor"],), _("anywhere"))}
        for row in answer["compare"]
    ]


def china(answer: dict[str, Any], query: FlowQuery | None = None) -> list[dict[str, Any]]:
    """The number with and without Hong Kong and Macao; the asked-for one is marked (rule 11)."""
    asked = {name: answer["deals"][name] for name in ("n", "N", "share")}
    asked |= {"deals": answer["links"]["deals"], "asked": True}
    rows = []
    for label, found, both in (
        (_("without Hong Kong and Macao"), answer["without_hk_mo"], False),
        (_("with Hong Kong and Macao"), answer["with_hk_mo"], True),
    ):
        other = swapped(query, both) if query else None
        page = {"page": links.page(other)} if other else {}
        rows.append({"label": label, **(found or asked), **page})
    return rows if any(not row.get("asked") for row in rows) else []


def bands(query: FlowQuery, answer: dict[str, Any], hue: str) -> list[dict[str, Any]]:
    """Value bands to print: one, or one for each kind where kinds are never added."""
    amount = answer["amount"]
    several = "why_no_value" in amount
    found = []
    for block in amount["by_kind"] if several else [amount]:
        if not (block["disclosed_n"] or block["at_least_n"] or block["ranges"]["n"]):
            continue
        asked = query.but(kind=(block["kind"],)) if several else query
        ends = [Decimal(block[end]) for end in ("low", "split", "high") if block[end] is not None]
        found.append(
            block
            | {
                "title": _(PLURALS[block["kind"]]).capitalize() if several else "",
                "drawing": band(ends[0], ends[1], ends[2], hue) if len(ends) == 3 else "",
                "disclosed": disclosed(block["disclosed_n"], None if several else answer),
                "undisclosed": links.deals(asked, place="undisclosed"),
                "range": links.deals(asked, place="range"),
                "not_convertible_deals": links.deals(asked, place="not_convertible"),
            }
        )
    return found


def disclosed(count: int, answer: Mapping[str, Any] | None) -> str:
    """ "Disclosed for 12 of 81 deals", or for a single kind "Disclosed for 12 deals"."""
    if answer is None:
        said = ngettext("Disclosed for %(n)s deal", "Disclosed for %(n)s deals", count)
        return said % {"n": number(count)}
    n = answer["deals"]["n"]
    said = ngettext("Disclosed for %(n)s of %(of)s deal", "Disclosed for %(n)s of %(of)s deals", n)
    return said % {"n": number(count), "of": number(n)}


def first_deals(query: FlowQuery, scope: Scope) -> list[dict[str, Any]]:
    """The newest deals of the flow, as the API gives them."""
    page = listing(query, scope, Wanted(size=FIRST_DEALS), count=False)
    return [json.loads(document) for document in page.documents]
