"""`/countries/`: every country with deals, what went into it and what came from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from deals.flows import links
from deals.flows.answer import snapshot
from deals.flows.by_country import Counted, from_countries, into_countries
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.flows.rows import from_country, into_country
from deals.flows.scope import Scope, resolve
from deals.models import Population
from deals.rules.counting import share
from deals.templatetags.formats import country
from deals.web.errors import bad_request
from deals.web.files import csv_file
from deals.web.parameters import unknown_parameters

# Filters that this page and a country's page take; the sides are theirs.
FILTERS = ("population", "from", "to", "kind", "ai", "status", "attribution", "as_of", "release")
CHINA, WITH_HK_MO = "china", "china-hk-mo"
# Column → its heading, and whether its numbers count targets or investors.
COLUMNS = {
    "in": gettext_lazy("All deals"),
    "disclosed": gettext_lazy("Amount disclosed"),
    "in-europe": gettext_lazy("with investors from Europe"),
    "in-china": gettext_lazy("with investors from China"),
    "out": gettext_lazy("All deals"),
    "out-europe": gettext_lazy("into Europe"),
    "out-china": gettext_lazy("into China"),
}


@dataclass(frozen=True, slots=True)
class Counting:
    """How countries are counted, and the question for the deals of one of them."""

    counted: Callable[[FlowQuery, Scope], Mapping[str, Counted]]
    narrowed: Callable[[FlowQuery, str], FlowQuery]


INTO, FROM = Counting(into_countries, into_country), Counting(from_countries, from_country)


@dataclass(frozen=True, slots=True)
class Count:
    """A number and the address of its deals; "" for none."""

    n: int
    deals: str


@dataclass(frozen=True, slots=True)
class Line:
    """One country; `disclosed` is the share of the deals into it whose amount is known."""

    code: str
    name: str
    counts: Mapping[str, Count]
    disclosed: str | None

    @property
    def cells(self) -> list[Count | str | None]:
        """The columns in order; the share stands between numbers."""
        return [self.disclosed if name == "disclosed" else self.counts[name] for name in COLUMNS]


@require_safe
def countries(request: HttpRequest) -> HttpResponse:
    """All countries in one table, most deals first unless `sort` says otherwise."""
    try:
        asked = _asked(request)
    except BadParameters as error:
        return bad_request(request, error)
    return render(request, "pages/countries.html", _context(asked))


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """The same table as CSV; the columns are named by their words in the address."""
    try:
        asked = _asked(request)
    except BadParameters as error:
        return bad_request(request, error)
    rows = [
        [
            line.code,
            line.name,
            *(cell.n if isinstance(cell, Count) else cell for cell in line.cells),
        ]
        for line in asked.lines
    ]
    return csv_file("investtrack-countries.csv", ("code", "country", *COLUMNS), rows)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for, and the lines in the order that it asks for."""

    query: FlowQuery
    scope: Scope
    order: str
    china: str
    lines: list[Line]


def _asked(request: HttpRequest) -> Asked:
    query, own = read(request, ("sort", "china"))
    order, china = own["sort"] or "in", own["china"] or CHINA
    _check(order, china)
    with snapshot():
        scope = resolve(query)
        lines = sorted(_lines(query, china, scope), key=lambda line: _key(line, order))
    return Asked(query, scope, order, china, lines)


def read(request: HttpRequest, own: tuple[str, ...] = ()) -> tuple[FlowQuery, dict[str, str]]:
    """The filters, and the page's own parameters as texts; raises `BadParameters`."""
    problems = unknown_parameters(request, (*FILTERS, *own))
    if problems:
        raise BadParameters(problems)
    query = FlowQuery.from_params(request.GET, extra=own)
    return query, {name: request.GET.get(name, "").strip() for name in own}


def _check(order: str, china: str) -> None:
    problems = []
    if order not in ("name", *COLUMNS):
        allowed = ", ".join(("name", *COLUMNS))
        problems.append(Problem("sort", _("Allowed are: %(names)s.") % {"names": allowed}))
    if china not in (CHINA, WITH_HK_MO):
        allowed = f"{CHINA}, {WITH_HK_MO}"
        problems.append(Problem("china", _("Allowed are: %(names)s.") % {"names": allowed}))
    if problems:
        raise BadParameters(problems)


def questions(query: FlowQuery, china: str) -> dict[str, tuple[Counting, FlowQuery]]:
    """Which question answers each column of numbers."""
    return {
        "in": (INTO, query),
        "in-europe": (INTO, query.but(investor=("europe",))),
        "in-china": (INTO, query.but(investor=(china,))),
        "out": (FROM, query),
        "out-europe": (FROM, query.but(target=("europe",))),
        "out-china": (FROM, query.but(target=(china,))),
    }


def _lines(query: FlowQuery, china: str, scope: Scope) -> list[Line]:
    """A line for every country that is in any of the columns."""
    asked = questions(query, china)
    columns = {name: way.counted(one, scope) for name, (way, one) in asked.items()}
    codes = sorted({code for column in columns.values() for code in column})
    return [_line(code, columns, asked) for code in codes]


def _line(
    code: str,
    columns: Mapping[str, Mapping[str, Counted]],
    asked: Mapping[str, tuple[Counting, FlowQuery]],
) -> Line:
    counts = {}
    for name, (way, query) in asked.items():
        found = columns[name].get(code)
        one = Count(found.n, links.deals(way.narrowed(query, code))) if found else Count(0, "")
        counts[name] = one
    into = columns["in"].get(code)
    disclosed = share(into.disclosed, into.n) if into else None
    return Line(code, country(code), counts, disclosed)


def _key(line: Line, order: str) -> tuple[Any, ...]:
    """Names upwards; numbers and shares downwards, what has none last."""
    if order == "name":
        return (line.name,)
    if order == "disclosed":
        return (line.disclosed is None, -float(line.disclosed or 0), line.name)
    return (-line.counts[order].n, line.name)


def _context(asked: Asked) -> dict[str, Any]:
    query, order, china = asked.query, asked.order, asked.china
    own = {"sort": "" if order == "in" else order, "china": "" if china == CHINA else china}

    def address(**changes: str) -> str:
        return links.address("/countries/", query, **(own | changes))

    return {
        "section": "countries",
        "lines": asked.lines,
        "base": links.address("", query),
        "order": order,
        "columns": [(name, title, address(sort=name)) for name, title in COLUMNS.items()],
        "by_name": address(sort="name"),
        "with_hk_mo": china == WITH_HK_MO,
        "other_china": address(china="" if china == WITH_HK_MO else WITH_HK_MO),
        "population": asked.scope.population,
        "populations": populations(query, "/countries/"),
        "kinds": kinds(query, "/countries/"),
        "csv": links.address("/countries/table.csv", query, **own),
    }


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several views of a page."""

    label: str
    url: str
    current: bool
    generated: bool = False


def populations(query: FlowQuery, path: str) -> list[Choice]:
    """The case list, real populations, and those of invented deals, which are called so."""
    found = [Choice(_("Documented deals"), links.address(path, query.but(population="")),
                    not query.population)]  # fmt: skip
    for one in Population.objects.order_by("generated", "title"):
        url = links.address(path, query.but(population=one.code))
        found.append(Choice(_(one.title), url, query.population == one.code, one.generated))
    return found


def kinds(query: FlowQuery, path: str) -> list[Choice]:
    """What the headline counts, or everything in the register."""
    usual = FlowQuery()
    narrow = query.but(kind=usual.kind, ai=usual.ai, status=usual.status)
    wide = query.but(kind=("all",), ai=("all",), status=("all",))
    return [
        Choice(_("Completed funding rounds of AI companies"), links.address(path, narrow),
               query == narrow),
        Choice(_("Deals of every kind and status"), links.address(path, wide), query == wide),
    ]  # fmt: skip
