"""`/flows/bridge/`: why two definitions give two numbers, step by step, deal by deal."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deals import wording
from deals.flows import definitions, links
from deals.flows.bridge import SIDES, Bridge, Stage, bridge
from deals.flows.definition import sentence
from deals.flows.definitions import DEFINITIONS, Definition
from deals.flows.frame import share_of
from deals.flows.moved import EVERYTHING, every_moved, moved
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.models import Population, PublishedFigure
from deals.svg.waterfall import Fall, waterfall
from deals.templatetags.formats import number
from deals.web import steps
from deals.web.deal_csv import deals_csv
from deals.web.difference import fraction, theirs
from deals.web.errors import bad_request
from deals.web.files import csv_file

DEALS = "/flows/bridge/deals/"
DEALS_CSV = "/flows/bridge/deals.csv"
TABLE = "/flows/bridge/table.csv"
API = "/api/v1/flows/bridge/"
COLUMNS = ("step", "change", "added", "removed", "n", "N")
# What the page shows when nobody says which definitions.
DEFAULTS = {"a": "merics-2023", "b": "investtrack"}


@dataclass(frozen=True, slots=True)
class Asked:
    """The two questions of a request, both inside one population where it names one."""

    a: FlowQuery
    b: FlowQuery

    def address(self, path: str = definitions.BRIDGE, **more: str) -> str:
        return definitions.bridge(self.a, self.b, path, **more)


def read(params: Any, extra: Collection[str] = ()) -> Asked:
    """Both questions; raises `BadParameters` naming `a`, `b` or `population`."""
    return Asked(*definitions.pair(params, DEFAULTS, extra))


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Two numbers, the steps between them as a drawing and as a table."""
    try:
        asked = read(request.GET)
        if request.GET.get("population") == "":
            return redirect(asked.address())
        found = bridge(asked.a, asked.b)
    except BadParameters as error:
        return bad_request(request, error)
    return render(request, "pages/bridge.html", _context(asked, found) | {"section": "flows"})


def _context(asked: Asked, found: Bridge) -> dict[str, Any]:
    rows = _rows(asked, found)
    hue = wording.hue(asked.a)
    titles = (_("From one definition to another"), _in_words(found))
    falls = _falls(rows, found)
    return {
        "ends": _ends(found),
        "rows": rows,
        "said": titles[1],
        "added": sum(step.added for step in found.steps),
        "removed": sum(step.removed for step in found.steps),
        "is_share": any(row["share"] for row in rows),
        "hue": hue if hue == wording.hue(asked.b) else "hue-neutral",
        "wide": waterfall(falls, "bridge", "wide", *titles),
        "narrow": waterfall(falls, "bridge", "narrow", *titles),
        "choices": [_choice(name, query) for name, query in (("a", asked.a), ("b", asked.b))],
        "populations": Population.objects.order_by("generated", "title"),
        "population": asked.a.population if asked.a.population == asked.b.population else "",
        "generated": _is_generated(found),
        "swapped": Asked(asked.b, asked.a).address(),
        "csv_url": asked.address(TABLE),
        "api_url": asked.address(API),
    }


def _is_generated(found: Bridge) -> bool:
    populations = (found.scope.population, found.end_scope.population)
    return any(one is not None and one.generated for one in populations)


def _choice(name: str, query: FlowQuery) -> dict[str, Any]:
    """A list of definitions; a question that is none of them stands first, as it was asked."""
    current = definitions.written(query.but(population=""))
    own = None if current in DEFINITIONS else {"value": current, "title": wording.question(query)}
    return {"name": name, "current": current, "own": own, "definitions": DEFINITIONS.values()}


def _ends(found: Bridge) -> list[dict[str, Any]]:
    """Both numbers, each with what its institute published under the same definition."""
    ends = [_end(found, 0), _end(found, -1)]
    codes = {code for end in ends for code in end["published"]}
    figures = PublishedFigure.objects.in_bulk(codes, field_name="code") if codes else {}
    for end in ends:
        known = [figures[code] for code in end["published"] if code in figures]
        end["published"] = [(figure.code, _as_published(figure)) for figure in known]
    return ends


def _as_published(figure: PublishedFigure) -> str:
    """ "3.7 % (81 of 2,165)", or the value alone."""
    value, of = theirs(figure), fraction(figure)
    return _("%(value)s (%(n_of_N)s)") % {"value": value, "n_of_N": of} if of else value


def _end(found: Bridge, position: int) -> dict[str, Any]:
    """One of the two numbers with its definition and, where it is somebody's, its source."""
    stage = found.stages[position]
    scope = found.end_scope if position else found.scope
    definition: Definition | None = definitions.same_as(stage.query)
    return {
        "title": _(definition.title) if definition else wording.question(stage.query),
        "definition": definition,
        "sentence": sentence(stage.query, scope, wording.LOCAL),
        "n": stage.n,
        "N": stage.N,
        "share": share_of(stage.n, stage.N, scope),
        "deals": links.deals(stage.query),
        "counted": links.deals(stage.query, "counted"),
        "page": links.page(stage.query),
        "published": definition.figures if definition else (),
    }


def _rows(asked: Asked, found: Bridge) -> list[dict[str, Any]]:
    """A row a step, with the way to the deals that came in and to those that went out."""
    rows = []
    before = found.start
    for step in found.steps:
        scopes = (found.scope, found.end_scope)
        rows.append(
            {
                "part": step.part,
                "title": steps.TITLES[step.part],
                "change": steps.change(step.part, before.query, step.query, scopes),
                "n": step.n,
                "N": step.N,
                "share": share_of(step.n, step.N, _scope(found, step)),
                "deals": links.deals(step.query),
                "counted": links.deals(step.query, "counted"),
                **{
                    side: {
                        "n": getattr(step, side),
                        "deals": asked.address(DEALS, step=step.part, side=side),
                    }
                    for side in SIDES
                },
            }
        )
        before = step
    return rows


def _scope(found: Bridge, step: Stage) -> Any:
    """Whose population a stage is in: the first one's until that step, then the last one's."""
    same = step.query.population == found.end.query.population
    return found.end_scope if same else found.scope


def _falls(rows: list[dict[str, Any]], found: Bridge) -> list[Fall]:
    """Totals at both ends; a step goes down by what it takes before it goes up by what it adds."""
    level = found.start.n
    falls = [_total(found, 0)]
    for row in rows:
        label = f"{row['title']}: {row['change']}"
        for side, sign, said in (
            ("removed", -1, _("%(step)s: %(deals)s out")),
            ("added", 1, _("%(step)s: %(deals)s in")),
        ):
            n = row[side]["n"]
            if n or (side == "added" and not row["removed"]["n"]):
                after = level + sign * n
                value = f"{'+' if sign > 0 else '−'}{number(n)}" if n else "±0"
                words = {"step": label, "deals": wording.deals_counted(n)}
                href = row[side]["deals"] if n else ""
                falls.append(Fall(label, value, said % words, level, after, href))
                level = after
    return [*falls, _total(found, -1)]


def _total(found: Bridge, position: int) -> Fall:
    end = _end(found, position)
    words = {"title": end["title"], "deals": wording.deals_counted(end["n"])}
    said = _("%(title)s: %(deals)s") % words
    href = end["deals"] if end["n"] else ""
    return Fall(end["title"], number(end["n"]), said, 0, end["n"], href, total=True)


def _in_words(found: Bridge) -> str:
    """The drawing in two sentences."""
    words = {
        "a": wording.deals_counted(found.start.n),
        "b": wording.deals_counted(found.end.n),
        "added": number(sum(step.added for step in found.steps)),
        "removed": number(sum(step.removed for step in found.steps)),
    }
    said = _("From %(a)s to %(b)s: %(added)s come in and %(removed)s go out on the way.") % words
    if not found.steps:
        return _("Both questions count the same %(deals)s.") % {"deals": words["a"]}
    largest = max(found.steps, key=lambda step: step.added + step.removed)
    if not largest.added + largest.removed:
        return said
    title = steps.TITLES[largest.part]
    return said + " " + _("The largest step is “%(title)s”.") % {"title": title}


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """The steps as CSV."""
    try:
        asked = read(request.GET)
        found = bridge(asked.a, asked.b)
    except BadParameters as error:
        return bad_request(request, error)
    start, end = _end(found, 0), _end(found, -1)
    rows: list[list[object]] = [["start", start["title"], None, None, start["n"], start["N"]]]
    rows += [
        [row["part"], row["change"], row["added"]["n"], row["removed"]["n"], row["n"], row["N"]]
        for row in _rows(asked, found)
    ]
    rows.append(["end", end["title"], None, None, end["n"], end["N"]])
    return csv_file("investtrack-bridge.csv", COLUMNS, rows)


@require_safe
def deals(request: HttpRequest) -> HttpResponse:
    """The deals that one step added or removed, newest first."""
    try:
        asked, step, side = _moved(request)
        here, there, stage = _sides(asked, step, side)
        listed = moved(here, there, request.GET.get("cursor", ""))
    except BadParameters as error:
        return bad_request(request, error)
    change = steps.TITLES[step]
    more = {"step": step, "side": side}
    context = {
        "section": "flows",
        "title": (_("Deals that come in by the step “%(step)s”") if side == "added" else
                  _("Deals that go out by the step “%(step)s”")) % {"step": change},
        "total": getattr(stage, side),
        "deals": listed.deals,
        "next": listed.next and asked.address(DEALS, **more, cursor=listed.next),
        "first": asked.address(DEALS, **more) if request.GET.get("cursor") else "",
        "back": asked.address(),
        "csv_url": asked.address(DEALS_CSV, **more),
        "generated": any(deal["generated"] for deal in listed.deals),
    }  # fmt: skip
    return render(request, "pages/bridge_deals.html", context)


@require_safe
def deals_file(request: HttpRequest) -> HttpResponse:
    """All the deals of one bar as CSV."""
    try:
        asked, step, side = _moved(request)
        here, there, stage = _sides(asked, step, side)
        if getattr(stage, side) > EVERYTHING:
            message = _("A file has at most %(most)s deals; narrow the questions down.")
            raise BadParameters([Problem("step", message % {"most": number(EVERYTHING)})])
    except BadParameters as error:
        return bad_request(request, error)
    name = f"investtrack-bridge-{step}-{side}"
    return deals_csv(request, every_moved(here, there), name)


def _moved(request: HttpRequest) -> tuple[Asked, str, str]:
    asked = read(request.GET, ("step", "side", "cursor"))
    step, side = request.GET.get("step", ""), request.GET.get("side", "")
    if side not in SIDES:
        message = _("Allowed are: %(words)s.") % {"words": ", ".join(SIDES)}
        raise BadParameters([Problem("side", message)])
    return asked, step, side


def _sides(asked: Asked, step: str, side: str) -> tuple[FlowQuery, FlowQuery, Stage]:
    """The question that has the deals, the one that has not, and the step between them."""
    found = bridge(asked.a, asked.b)
    parts = [stage.part for stage in found.stages]
    if step not in parts[1:]:
        message = _("This bridge has no such step. It has: %(steps)s.")
        known = {"steps": ", ".join(parts[1:]) or _("none")}
        raise BadParameters([Problem("step", message % known)])
    stage = found.stages[parts.index(step)]
    before = found.stages[parts.index(step) - 1]
    if side == "added":
        return stage.query, before.query, stage
    return before.query, stage.query, stage
