"""How much years still grow after they are over: what was known of each at later points of time.

Suppliers find deals late (rule 17). The ledger remembers what was published when, and a supplier's
own record dates, where given, say what it knew when; both are asked in one statement each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from deals.flows import links
from deals.flows.answer import kept
from deals.flows.conditions import Sql, placed
from deals.flows.frame import frame
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope
from deals.models import Change
from deals.rules.counting import share

# So many last year ends and quarter ends are looked at, and so many years of deals.
YEAR_ENDS, QUARTER_ENDS, YEARS = 6, 4, 10


@dataclass(frozen=True, slots=True)
class Point:
    """A day at whose end (UTC) something was known, and the question as of then."""

    day: date
    query: FlowQuery
    scope: Scope


def growth(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    """What this register's ledger knew of each year at later points of time.

    {"points": [days], "rows": [{"year", "cells": [{"n", "deals"}]}], "second_years": […]}. The last
    point is now, and the others are ends of years and quarters since the ledger began. A cell is
    null while its year had not begun. `second_years` says what the year after added: {"year",
    "first", "second", "growth"}, the last a text with six places, null if `first` is 0.
    """
    found: dict[str, Any] = kept("growth", query, scope, lambda: _by_ledger(query, scope))
    return found


def recorded(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    """The same by the supplier's own record dates; deals without one are in no cell."""
    found: dict[str, Any] = kept("recorded", query, scope, lambda: _by_supplier(query, scope))
    return found


def _by_ledger(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    began = Change.objects.order_by("seq").values_list("at", flat=True).first()
    today = scope.computed_at.date()
    points = []
    if began is not None and scope.seq is None:
        days = [day for day in ends(today) if day >= began.astimezone(UTC).date()]
        points = [
            Point(day, query.but(as_of=day), replace(scope, seq=seq))
            for day, seq in zip(days, _seqs(days), strict=True)
        ]
    return frame(query, scope) | _table([*points, Point(today, query, scope)])


def _by_supplier(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    today = scope.computed_at.date()
    points = [
        Point(day, query.but(known_by=day.isoformat()), scope) for day in (*ends(today), today)
    ]
    return frame(query, scope) | _table(points)


def ends(today: date) -> list[date]:
    """The last ends of years and of quarters before today, each once, in order."""
    years = [date(today.year - back, 12, 31) for back in range(1, YEAR_ENDS + 1)]
    quarters = []
    first = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    for _ in range(QUARTER_ENDS):
        last = first - timedelta(days=1)
        quarters.append(last)
        first = date(last.year, last.month - 2, 1)
    return sorted({*years, *quarters})


def _seqs(days: Sequence[date]) -> list[int]:
    """The ledger's last number on each day or before it; one query."""
    nights = [datetime.combine(day + timedelta(days=1), time(), UTC) for day in days]
    text = """SELECT (SELECT coalesce(max(c.seq), 0) FROM deals_change c WHERE c.at < t.night)
              FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS t(night, place) ORDER BY place"""
    with connection.cursor() as cursor:
        cursor.execute(text, [nights])
        return [row[0] for row in cursor.fetchall()]


def _table(points: Sequence[Point]) -> dict[str, Any]:
    counted = _counted(points)
    newest = points[-1].day.year
    years = sorted({year for year, _place in counted if newest - YEARS < year <= newest})
    rows = [
        {"year": year, "cells": [_cell(counted, year, *at) for at in enumerate(points)]}
        for year in years
    ]
    return {
        "points": [point.day.isoformat() for point in points],
        "rows": rows,
        "second_years": [found for row in rows if (found := _second_year(row, points))],
    }


def _counted(points: Sequence[Point]) -> dict[tuple[int, int], int]:
    """Deals by year and place of the point, in one statement with a branch for each point."""
    whole = Sql()
    for place, point in enumerate(points):
        sql = placed(point.query, point.scope)
        branch = sql.text()
        for name in ("seq", "known_by"):
            # All branches share their parameters but these, which say what was known when.
            branch = branch.replace(f"%({name})s", f"%({name}_{place})s")
            sql.params[f"{name}_{place}"] = sql.params.get(name)
        whole.params |= sql.params
        whole.where.append(
            f"SELECT extract(year FROM date_first)::int, {place}, count(*) FROM ({branch}) p"
            " WHERE place = 'flow'"
            " AND extract(year FROM date_first) = extract(year FROM date_last) GROUP BY 1"
        )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(whole.where), whole.params)
        return {(year, place): n for year, place, n in cursor}


def _cell(
    counted: dict[tuple[int, int], int], year: int, place: int, point: Point
) -> dict[str, Any] | None:
    if year > point.day.year:
        return None
    n = counted.get((year, place), 0)
    within = point.query.but(from_=str(year), to=str(year))
    return {"n": n, "deals": links.deals(within)}


def _second_year(row: dict[str, Any], points: Sequence[Point]) -> dict[str, Any] | None:
    """None unless both the end of the year and that of the one after it are among the points."""
    year = row["year"]
    place = {point.day: place for place, point in enumerate(points)}
    first, second = place.get(date(year, 12, 31)), place.get(date(year + 1, 12, 31))
    if first is None or second is None:
        return None
    before, after = row["cells"][first]["n"], row["cells"][second]["n"]
    grew = share(after - before, before)
    return {"year": year, "first": before, "second": after, "growth": grew}
