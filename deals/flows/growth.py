"""How much years still grow after they are over: what was known of each at later points of time.

Suppliers find deals late (rule 17). The ledger remembers what was published when, and a supplier's
own record dates, where given, say what it knew when; each is asked in one statement.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection

from deals.flows import links
from deals.flows.answer import CODE_VERSION, KEEP_SECONDS, kept
from deals.flows.conditions import Sql, placed
from deals.flows.frame import frame
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope
from deals.models import Change
from deals.rules.counting import share

# So many last year ends and quarter ends are looked at, and so many years of deals.
YEAR_ENDS, QUARTER_ENDS, YEARS = 6, 4, 10
# Deals by year and by the place of a point.
Counted = dict[tuple[int, int], int]


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
    points.append(Point(today, query, scope))
    return frame(query, scope) | _table(points, _remembered(points))


def _by_supplier(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    today = scope.computed_at.date()
    points = [
        Point(day, query.but(known_by=day.isoformat()), scope) for day in (*ends(today), today)
    ]
    return frame(query, scope) | _table(points, _recorded(query, scope, points))


def _recorded(query: FlowQuery, scope: Scope, points: Sequence[Point]) -> Counted:
    """In one pass: deals by year and by the end of the quarter in which they were recorded."""
    everything = query.but(known_by=points[-1].day.isoformat())
    sql = placed(everything, scope, flow_only=True)
    text = f"""
        SELECT extract(year FROM date_first)::int,
               (date_trunc('quarter', recorded_on) + interval '3 months - 1 day')::date, count(*)
        FROM ({sql.text()}) p
        WHERE extract(year FROM date_first) = extract(year FROM date_last) GROUP BY 1, 2
    """
    with connection.cursor() as cursor:
        cursor.execute(text, sql.params)
        rows = cursor.fetchall()
    counted: Counted = defaultdict(int)
    for place, point in enumerate(points):
        is_last = place == len(points) - 1
        for year, quarter_end, n in rows:
            # Today's quarter is not over; all that was recorded in it so far counts today.
            if is_last or quarter_end <= point.day:
                counted[year, place] += n
    return counted


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


def _remembered(points: Sequence[Point]) -> Counted:
    """Counts by year and place. Those of past days are kept, since publications never change them;
    only what is computed again, or found out about organizations, does."""
    settled = _settled()
    keys = [f"growth:{settled}:{identity_of(point.query, point.scope)}" for point in points[:-1]]
    known = cache.get_many(keys)
    missing = [place for place, key in enumerate(keys) if key not in known]
    fresh = _counted([points[place] for place in (*missing, len(points) - 1)])
    counted: Counted = defaultdict(int)
    for number, place in enumerate((*missing, len(points) - 1)):
        mine = {year: n for (year, at), n in fresh.items() if at == number}
        counted |= {(year, place): n for year, n in mine.items()}
        if place < len(keys):
            cache.set(keys[place], mine, KEEP_SECONDS)
    for place, key in enumerate(keys):
        counted |= {(year, place): n for year, n in known.get(key, {}).items()}
    return counted


def _settled() -> int:
    """The ledger's last entry that is about no deal, and so may have changed what was known."""
    about_none = Change.objects.filter(deal=None).order_by("-seq")
    return about_none.values_list("seq", flat=True).first() or 0


def identity_of(query: FlowQuery, scope: Scope) -> str:
    """What decides the counts of a past day: the question and the ledger's number on that day."""
    text = json.dumps([CODE_VERSION, query.but(as_of=None).to_params(), scope.seq])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _table(points: Sequence[Point], counted: Counted) -> dict[str, Any]:
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
        sql = placed(point.query, point.scope, flow_only=True)
        # All branches share their parameters but the number of the ledger.
        branch = sql.text().replace("%(seq)s", f"%(seq_{place})s")
        whole.params |= sql.params | {f"seq_{place}": point.scope.seq}
        whole.where.append(
            f"SELECT extract(year FROM date_first)::int, {place}, count(*) FROM ({branch}) p"
            " WHERE extract(year FROM date_first) = extract(year FROM date_last) GROUP BY 1"
        )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(whole.where), whole.params)
        return {(year, place): n for year, place, n in cursor}


def _cell(counted: Counted, year: int, place: int, point: Point) -> dict[str, Any] | None:
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
