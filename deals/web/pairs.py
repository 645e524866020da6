"""`/flows/europe-to-china/` and back: what there is to know about one direction, on one page.

Every number is a question of the explorer and leads there. The first real population that holds
such deals is asked, otherwise the case list; invented data are only pointed to.
"""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from deals import wording
from deals.flows import links
from deals.flows.answer import identity, kept, snapshot
from deals.flows.asked import answered
from deals.flows.cube import cube
from deals.flows.definition import PLURALS
from deals.flows.listing import Wanted, total
from deals.flows.query import ALL, FlowQuery
from deals.flows.scope import Scope, resolve
from deals.models import Population
from deals.rules.counting import DEFAULT_KIND, VALUE_KINDS
from deals.templatetags.formats import country
from deals.web.answers import china, composition, first_deals, provisional
from deals.web.caveats import caveats
from deals.web.cite import citation
from deals.web.parameters import without_parameters
from deals.web.revision import revision
from deals.web.tabs import EVENTS_TAB, events_context, page, picture_context

PAIRS = {
    "europe-to-china": (
        FlowQuery(investor=("europe",), target=("CN",)),
        gettext_lazy("Europe → China"),
        "china-to-europe",
    ),
    "china-to-europe": (
        FlowQuery(investor=("CN",), target=("europe",)),
        gettext_lazy("China → Europe"),
        "europe-to-china",
    ),
}
# The events that were meant to change this flow; the explorer has all of them.
MAIN_KINDS = ("outbound", "export control", "screening")
STOPPED = ("blocked", "divestment_ordered", "unwound")
TOP = 5
LISTS = {
    "top-sectors": ("sectors", gettext_lazy("Sectors"), gettext_lazy("All sectors")),
    "top-investors": ("organizations", gettext_lazy("Investors"), gettext_lazy("All investors")),
    "top-targets": ("organizations", gettext_lazy("Targets"), gettext_lazy("All targets")),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A number beside the headline: its words, its deals, and its question."""

    label: str
    n: int
    deals: str
    page: str


@dataclass(frozen=True, slots=True)
class Leader:
    """One line of a short list; `place` is an organization's country."""

    name: str
    place: str
    n: int
    deals: str


@dataclass(frozen=True, slots=True)
class Leaders:
    """The first lines of a list, with the tab that has all of it."""

    title: str
    rows: tuple[Leader, ...]
    more: str
    page: str


@require_safe
@without_parameters
def pair(request: HttpRequest, code: str) -> HttpResponse:
    """One direction; the two pages have the same shape."""
    if code not in PAIRS:
        raise Http404
    with snapshot():
        query, scope = _asked(PAIRS[code][0])
        etag = f'W/"{identity(f"pair {code} {revision()}", query, scope)}"'
        response = get_conditional_response(request, etag=etag)
        if response is None:
            response = render(request, "pages/pair.html", _context(request, code, query, scope))
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache"
    return response


def _asked(query: FlowQuery) -> tuple[FlowQuery, Scope]:
    """The question inside the first real population that has counted deals, or the case list."""
    for code in Population.objects.filter(generated=False).order_by("code").values_list("code"):
        inside = query.but(population=code[0])
        scope = resolve(inside)
        if answered("share", inside, scope)["deals"]["N"]:
            return inside, scope
    return query, resolve(query)


def _context(request: HttpRequest, code: str, query: FlowQuery, scope: Scope) -> dict[str, Any]:
    answer = answered("share", query, scope)
    population = answer["population"]
    _query, title, back = PAIRS[code]
    invented = Population.objects.filter(generated=True).order_by("code").first()
    return {
        "section": "flows",
        "title": title,
        "query": query,
        "answer": answer,
        "hue": wording.hue(query),
        "finding": wording.finding(query, answer),
        "definition": wording.definition_phrases(
            query, population["title"] if population["code"] else ""
        ),
        "provisional": provisional(answer),
        "parts": composition(query, answer),
        "caveats": caveats(query, answer),
        "china": china(answer, query),
        "facts": facts(query, scope),
        "leaders": leaders(query, scope),
        "events_url": page(query, EVENTS_TAB),
        "deals": first_deals(query, scope),
        "cite": citation(request, query, answer, scope),
        "api_url": links.address("/api/v1/flows/share/", query),
        "back": {"title": PAIRS[back][1], "url": f"/flows/{back}/"},
        "demonstration": links.page(query.but(population=invented.code)) if invented else "",
        "as_of": {"seq": scope.head, "at": scope.head_at},
        **events_context(query, scope, MAIN_KINDS),
        **picture_context(query, "time", scope),
    }


def facts(query: FlowQuery, scope: Scope) -> list[Fact]:
    """Deals that the headline does not count, or of which it is worth to know how many it has."""
    every = query.but(kind=(ALL,), compare=())
    counts: dict[str, int] = kept("kinds", every, scope, lambda: _by_kind(every, scope))
    stopped = every.but(status=STOPPED, ai=(ALL,))
    linked = query.but(state_linked="yes")
    found = [
        _fact(query.but(kind=(kind,)), _(PLURALS[kind]), counts.get(kind, 0))
        for kind in PLURALS
        if kind in VALUE_KINDS and kind != DEFAULT_KIND
    ]
    return [
        _fact(linked, _("of these rounds with a state-linked investor"), _total(linked, scope)),
        *found,
        _fact(
            stopped,
            _("deals of any kind, AI or not, that an authority stopped or undid"),
            _total(stopped, scope),
        ),
    ]


def _by_kind(query: FlowQuery, scope: Scope) -> dict[str, int]:
    cells = cube(query, scope).at("flow")
    return {kind: cells.of_kind(kind).count() for kind in {cell.kind for cell in cells.cells}}


def _total(query: FlowQuery, scope: Scope) -> int:
    found: int = kept("total", query, scope, lambda: total(query, scope, Wanted(place="flow")))
    return found


def _fact(query: FlowQuery, label: str, n: int) -> Fact:
    return Fact(label, n, links.deals(query), links.page(query))


def leaders(query: FlowQuery, scope: Scope) -> list[Leaders]:
    """The longest lines of sectors, investors and targets."""
    found = []
    for name, (tab, title, more) in LISTS.items():
        rows = [row for row in answered(name, query, scope)["rows"] if row["n"]][:TOP]
        lines = tuple(
            Leader(
                _(row["name"]) if tab == "sectors" else row["name"],
                country(row["country"]) if row["country"] else "",
                row["n"],
                row["deals"],
            )
            for row in rows
        )
        found.append(Leaders(str(title), lines, str(more), page(query, tab)))
    return found
