"""`/data/releases/<a>/to/<b>/`: what differs between two points, and what it did to the numbers."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deals import wording
from deals.exports.release_changes import COLUMNS, cells
from deals.flows import links
from deals.flows.answer import snapshot
from deals.flows.between import NOW, Point, counts, every_moved, moved, point
from deals.flows.query import FlowQuery
from deals.flows.scope import resolve
from deals.flows.since import Since, since
from deals.flows.whatif_questions import questions
from deals.models import Population, Release
from deals.rules.spreadsheet import safe_cell
from deals.templatetags.formats import number
from deals.web import release_words
from deals.web.changed import WHY, signed
from deals.web.parameters import without_parameters
from deals.web.releases import between_address
from deals.web.spelled import short

LISTED = 100
ROWS_AT_ONCE = 200


def _points(first: str, last: str) -> tuple[Point, Point]:
    found = []
    for name in (first, last):
        one = point(name)
        if one is None:
            said = _("There is no release and no point of the ledger “%(name)s”.")
            raise Http404(said % {"name": short(name)})
        found.append(one)
    return found[0], found[1]


@require_safe
@without_parameters
def between(request: HttpRequest, first: str, last: str) -> HttpResponse:
    """Two states side by side; asked the wrong way round, it leads to the right one."""
    with snapshot():
        one, other = _points(first, last)
        if one.seq > other.seq:
            return HttpResponseRedirect(between_address(other.name, one.name))
        tallies = counts(one.seq, other.seq)
        context = {
            "section": "data",
            "first": one,
            "last": other,
            "titles": [_named(one), _named(other)],
            "lines": [release_words.COUNTED[what](n) for what, n in tallies.items()],
            "lists": [_listed(one, other, what, n) for what, n in tallies.items()],
            "headline": headline(one, other) if tallies else [],
            "csv_url": f"/data/releases/{one.name}/to/{other.name}.csv",
            "others": _others(one, other),
        }
    return render(request, "pages/release_between.html", context)


def _named(one: Point) -> str:
    """What the page calls a point: "release 2026.11", "today", "ledger no. 40,213"."""
    if one.release:
        return _("release %(name)s") % {"name": one.name}
    if one.name == NOW:
        return _("today")
    return _("ledger no. %(seq)s") % {"seq": number(one.seq)}


def _listed(one: Point, other: Point, what: str, count: int) -> dict[str, Any]:
    rows = moved(one.seq, other.seq, what=what, limit=LISTED)
    return {
        "what": what,
        "title": release_words.WHATS[what],
        "count": count,
        "rows": rows,
        "more": count - len(rows),
    }


def headline(one: Point, other: Point) -> list[dict[str, Any]]:
    """The headline questions whose n or N differs, each with what moved it."""
    inside = [None, *Population.objects.order_by("generated", "code")]
    found = []
    for question in questions(resolve(FlowQuery(as_of=one.seq)), inside):
        moves = since(question.query.but(as_of=one.seq), until=other.seq)
        if moves.moved:
            found.append(_move(question.query, moves, one, other))
    return found


def _move(query: FlowQuery, moves: Since, one: Point, other: Point) -> dict[str, Any]:
    population = moves.now.population
    return {
        "title": wording.question(query),
        "population": _(population.title) if population else "",
        "generated": bool(population and population.generated),
        "then": {"n": moves.n, "N": moves.N, "url": links.page(_at(query, one))},
        "now": {"n": moves.n_now, "N": moves.N_now, "url": links.page(_at(query, other))},
        "rows": [
            {
                "reason": WHY[row["reason"]],
                "deals": row["deals"],
                "n": signed(row["in_n"] - row["out_n"]),
                "N": signed(row["in_whole"] - row["out_whole"]),
            }
            for row in moves.tallies
        ],
    }


def _at(query: FlowQuery, one: Point) -> FlowQuery:
    if one.release:
        return query.but(release=one.name)
    return query if one.name == NOW else query.but(as_of=one.seq)


def _others(one: Point, other: Point) -> list[tuple[str, str]]:
    """Each other release with the page that compares it with the later of these points."""
    return [
        (release.name, between_address(release.name, other.name))
        for release in Release.objects.filter(seq__lt=other.seq).exclude(name=one.name)
    ]


@require_safe
@without_parameters
def table(request: HttpRequest, first: str, last: str) -> HttpResponseBase:
    """Every deal that differs, as CSV, streamed."""
    one, other = _points(first, last)
    if one.seq > other.seq:
        return HttpResponseRedirect(f"/data/releases/{other.name}/to/{one.name}.csv")
    response = StreamingHttpResponse(
        _lines(one.seq, other.seq), content_type="text/csv; charset=utf-8"
    )
    called = f"investtrack-changes_{one.name}-to-{other.name}_ledger-{other.seq}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{called}"'
    return response


def _lines(first: int, last: int) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for number_, row in enumerate(every_moved(first, last), 1):
        writer.writerow([safe_cell(cell) for cell in cells(row)])
        if number_ % ROWS_AT_ONCE == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()
