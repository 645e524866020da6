"""`/deals/`: the register, searched and filtered, and the deals behind any number."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from deals import wording
from deals.api.schema.spelling import ROOT
from deals.flows import links
from deals.flows.answer import snapshot
from deals.flows.definition import sentence
from deals.flows.facets import Facets, facets
from deals.flows.listing import LARGEST_PAGE, LONGEST_SEARCH, Page, Wanted, listing
from deals.flows.query import ALL, BadParameters, FlowQuery, Problem
from deals.flows.scope import Scope, resolve
from deals.web import chips, choices, shown
from deals.web.atom import feed_address
from deals.web.behind import behind
from deals.web.developers_examples import view
from deals.web.downloads import downloads
from deals.web.errors import bad_request

OWN = ("place", "q", "ordering", "cursor", "page_size")
PAGE_SIZE = 25
# What the page says about a filter that hides deals only because it is the default.
DEFAULTS = {
    "kind": gettext_noop("only funding rounds are shown"),
    "status": gettext_noop("only deals that have been completed"),
    "ai": gettext_noop("only AI companies"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """What one request asks for, and how it is written in an address."""

    query: FlowQuery
    wanted: Wanted

    def params(self, **changes: str) -> dict[str, str]:
        """Only what differs from the defaults; a change to "" drops a parameter."""
        wanted = self.wanted
        own = {
            "place": wanted.place,
            "q": wanted.q,
            "ordering": "" if wanted.order == Wanted().order else wanted.order,
            "page_size": "" if wanted.size == PAGE_SIZE else str(wanted.size),
            "cursor": wanted.cursor,
        }
        return {k: v for k, v in (self.query.to_params() | own | changes).items() if v}

    def address(self, **changes: str) -> str:
        """A link to the list with something changed; it begins on the first page again."""
        params = self.params(**{"cursor": "", **changes})
        return f"/deals/?{urlencode(params, safe=',:')}" if params else "/deals/"


@require_safe
def deals(request: HttpRequest) -> HttpResponse:
    """A page of deals. Blank and default parameters lead to the one address of the question."""
    try:
        listed = read(request)
        if listed.params() != request.GET.dict():
            return redirect(listed.address(cursor=listed.wanted.cursor))
        with snapshot():
            scope = resolve(listed.query)
            found = facets(listed.query, scope, listed.wanted)
            page = listing(listed.query, scope, listed.wanted, count=False)
            context = _context(listed, scope, found, page)
    except BadParameters as error:
        return bad_request(request, error)
    context["api_code"] = view(request.build_absolute_uri(ROOT), context["json"])
    return render(request, "pages/deals.html", context)


def read(request: HttpRequest) -> Listed:
    """The question and the list's own parameters; raises `BadParameters` with all problems."""
    problems: list[Problem] = []
    query, size = FlowQuery(), PAGE_SIZE
    try:
        query = FlowQuery.from_params(request.GET, extra=OWN)
    except BadParameters as error:
        problems.extend(error.problems)
    own = {name: request.GET.get(name, "").strip() for name in OWN}
    if own["page_size"]:
        size = _size(own["page_size"])
    if not own["q"].isprintable():
        if "q" not in {problem.parameter for problem in problems}:
            problems.append(Problem("q", _("A search is plain text, without control characters.")))
        own["q"] = ""
    wanted = Wanted(own["place"], own["q"], own["ordering"] or Wanted().order, own["cursor"], size)
    problems.extend(wanted.problems())
    if problems:
        raise BadParameters(problems)
    return Listed(query, wanted)


def _size(text: str) -> int:
    """A bad size becomes 0, which the list refuses with its own sentence."""
    readable = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_PAGE))
    return int(text) if readable else 0


def _context(listed: Listed, scope: Scope, found: Facets, page: Page) -> dict[str, Any]:
    query, wanted = listed.query, listed.wanted
    return {
        "section": "deals",
        "title": behind(query, wanted, scope).title,
        "behind": behind(query, wanted, scope),
        "sentence": sentence(query, scope, wording.LOCAL) if _is_flow(query, wanted) else "",
        "back": links.page(query) if query.investor and query.target else "",
        "rows": [shown.row(json.loads(text)) for text in page.documents],
        "total": found.total,
        "population": scope.population,
        "q": wanted.q,
        "longest_search": LONGEST_SEARCH,
        "selects": choices.selects(query, wanted, found),
        "texts": _texts(query),
        "kept": _kept(listed),
        "active": _active(listed),
        "hidden": _hidden(listed, found),
        "next": page.next and listed.address(cursor=page.next),
        "previous": page.previous and listed.address(cursor=page.previous),
        "first": listed.address() if page.previous else "",
        "json": _api(listed),
        "download": downloads(listed.params(), found.total),
        "follow": feed_address(query, place=wanted.place, q=wanted.q),
    } | ({"as_of": {"seq": scope.seq}} if scope.seq is not None and not scope.release else {})


def _is_flow(query: FlowQuery, wanted: Wanted) -> bool:
    return bool(query.investor or query.target or wanted.place)


def _texts(query: FlowQuery) -> list[dict[str, str]]:
    values = query.to_params()
    fields = (
        ("from", _("From"), _("2017 or 2017-06")),
        ("to", _("To"), _("2022 or 2022-12-31")),
        ("min_amount", _("Amount at least"), "5000000"),
        ("max_amount", _("Amount at most"), "100000000"),
    )
    return [
        {"name": name, "label": label, "hint": hint, "value": values.get(name, "")}
        for name, label, hint in fields
    ]


def _kept(listed: Listed) -> dict[str, str]:
    """Parameters without a field of their own, carried through the form."""
    hidden = ("place", "page_size", "organization", "attribution", "known_by", "release", "as_of")
    return {name: value for name, value in listed.params().items() if name in hidden}


def _active(listed: Listed) -> list[dict[str, str]]:
    """Everything that narrows the list, each with the address of the list without it."""
    silent = ("cursor", "page_size", "ordering", "currency", "compare")
    found = []
    for name, value in listed.params().items():
        if name in silent or (value == ALL and name in DEFAULTS):
            continue
        found.append(
            {
                "label": chips.label(name, value, listed.query),
                "without": listed.address(**{name: ""}),
            }
        )
    return found


def _hidden(listed: Listed, found: Facets) -> dict[str, Any] | None:
    """Which defaults leave deals out, how many, and the address that shows them."""
    default = FlowQuery()
    on = [name for name in DEFAULTS if getattr(listed.query, name) == getattr(default, name)]
    more = found.without_defaults - found.total
    if not on or more <= 0:
        return None
    return {
        "more": more,
        "why": [_(DEFAULTS[name]) for name in on],
        "show": listed.address(**dict.fromkeys(on, ALL)),
    }


def _api(listed: Listed) -> str:
    """The same list from the API."""
    params = listed.params(cursor="")
    return f"/api/v1/deals/?{urlencode(params, safe=',:')}" if params else "/api/v1/deals/"
