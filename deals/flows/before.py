"""A window beside the same length of time before it, and spans before and after a dated event.

Rule 17: suppliers find deals late, so a period is compared only when it has been over for 24
months at the time the data were collected; otherwise the comparison is withheld, and why is said.
All spans of a page are added up from one statement, `dated_counts`.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from deals.flows import links
from deals.flows.conditions import COUNTED, Sql, placed
from deals.flows.query import FlowQuery
from deals.flows.rollup import counted, covers
from deals.flows.scope import PROVISIONAL_MONTHS, Scope
from deals.rules.counting import share
from deals.rules.dates import FIRST_YEAR

DAY = timedelta(days=1)
# Lengths of the spans around an event in months; the longest that is mature is taken.
SPANS = (36, 24, 12, 6)
EARLIEST = date(FIRST_YEAR, 1, 1)
# Data that begin later than this part of a span after its first day do not cover the span.
COVERED = 4


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both inclusive."""

    first: date
    last: date

    @property
    def edges(self) -> dict[str, str]:
        """As a question writes them, as short as they can be: years, months or days."""
        if (self.first.month, self.first.day, self.last.month, self.last.day) == (1, 1, 12, 31):
            return {"from_": f"{self.first:%Y}", "to": f"{self.last:%Y}"}
        if self.first.day == 1 and _is_month_end(self.last):
            return {"from_": f"{self.first:%Y-%m}", "to": f"{self.last:%Y-%m}"}
        return {"from_": str(self.first), "to": str(self.last)}


@dataclass(frozen=True, slots=True)
class Dated:
    """Counted deals of one interval of dates: those in the flow, all, and the not known."""

    first: date
    last: date
    n: int
    N: int
    unknown: int


def _is_month_end(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def months_later(day: date, months: int) -> date:
    """The same day of another month, or that month's last day; clipped to what dates can be."""
    index = min(max(day.year * 12 + day.month - 1 + months, 12), 9999 * 12 + 11)
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def span_before(span: Span) -> Span | None:
    """The same length of time before: months where the span is whole months, else days."""
    if span.first.day == 1 and _is_month_end(span.last):
        after = span.last + DAY
        months = (after.year - span.first.year) * 12 + after.month - span.first.month
        first = months_later(span.first, -months)
    else:
        first = span.first - (span.last - span.first) - DAY
    return Span(first, span.first - DAY) if first >= EARLIEST else None


def ripe_on(last: date) -> date:
    """The first day on which a period that ended on `last` is no longer provisional."""
    return months_later(last + DAY, PROVISIONAL_MONTHS)


def seen_on(query: FlowQuery, scope: Scope) -> date:
    """The day up to which the answer could have known of deals; `known_by` may be earlier."""
    if not query.known_by:
        return scope.seen_on
    known = query.but(from_="", to=query.known_by).window[1]
    return min(scope.seen_on, known or scope.seen_on)


def dated_counts(query: FlowQuery, scope: Scope, spans: Iterable[Span] = ()) -> list[Dated]:
    """Counts by interval of dates at all times, whatever window the question has.

    Of `spans`, if given, and of the first day only: where cells know all of their edges, days in
    between are those of the cells, which are a tenth of the deals.
    """
    always = query.but(from_="", to="", compare=())
    edges = [span.edges for span in spans]
    if edges and all(covers(always.but(**each), scope) for each in edges):
        return _from_the_first_day(_grouped(counted(always, scope)), always, scope)
    sql = placed(always, scope, whole=True)
    return _grouped(Sql([f"SELECT p.*, 1 AS deals FROM ({sql.text()}) p"], sql.params))


def _grouped(sql: Sql) -> list[Dated]:
    text = f"""
        SELECT date_first, date_last, coalesce(sum(deals) FILTER (WHERE place = 'flow'), 0)::bigint,
               sum(deals)::bigint,
               coalesce(sum(deals) FILTER (WHERE place = 'unknown'), 0)::bigint
        FROM ({sql.text()}) p WHERE date_first IS NOT NULL AND place = ANY(%(counted)s)
        GROUP BY 1, 2 HAVING sum(deals) > 0
    """
    with connection.cursor() as cursor:
        cursor.execute(text, sql.params | {"counted": list(COUNTED)})
        return [Dated(*row) for row in cursor]


def _from_the_first_day(cells: list[Dated], query: FlowQuery, scope: Scope) -> list[Dated]:
    """Cells begin where their step does; the first deal may be later, and decides what is covered.

    No edge of a span lies between the two, so nothing changes sides.
    """
    if not cells:
        return cells
    begun = min(one.first for one in cells)
    sql = placed(query, scope)
    text = f"""
        SELECT min(date_first) FROM ({sql.text()}) p
        WHERE date_first <= %(year_end)s::date AND place = ANY(%(counted)s)
    """
    with connection.cursor() as cursor:
        cursor.execute(
            text,
            sql.params | {"year_end": date(begun.year, 12, 31), "counted": list(COUNTED)},
        )
        exactly = cursor.fetchone()[0]
    return [replace(one, first=max(one.first, exactly)) for one in cells]


def counts(query: FlowQuery, scope: Scope, dated: Iterable[Dated], span: Span) -> dict[str, Any]:
    """n of N of one span, with its share (and its upper end) inside a population."""
    inside = [one for one in dated if span.first <= one.first and one.last <= span.last]
    n, N = sum(one.n for one in inside), sum(one.N for one in inside)
    unknown = sum(one.unknown for one in inside)
    asked = query.but(**span.edges)
    has_share = scope.population is not None
    return {
        "from": asked.from_,
        "to": asked.to,
        "n": n,
        "N": N,
        "share": share(n, N) if has_share else None,
        "share_max": share(n + unknown, N) if has_share else None,
        "deals": links.deals(asked),
        "counted": links.deals(asked, place="counted"),
        "page": links.page(asked),
    }


def change(earlier: dict[str, Any], later: dict[str, Any]) -> str | None:
    """The later share minus the earlier one, six places; None where either is missing."""
    if earlier["share"] is None or later["share"] is None:
        return None
    return str(Decimal(later["share"]) - Decimal(earlier["share"]))


def is_sure(earlier: dict[str, Any], later: dict[str, Any]) -> bool | None:
    """Whether the ranges that unknown investors leave are apart; None without shares."""
    if earlier["share"] is None or later["share"] is None:
        return None
    low, high = sorted((earlier, later), key=lambda one: Decimal(one["share"]))
    return bool(Decimal(low["share_max"]) < Decimal(high["share"]))


def before(query: FlowQuery, scope: Scope) -> dict[str, Any] | None:
    """The window and the same length of time before it; None for a window without both ends.

    `why_not` is "young" (the window is provisional), "no_records" (the data do not reach back so
    far) or None; with a reason there is no `change`, and `instead` may be the address of a shorter
    window that can be compared.
    """
    first, last = query.window
    if not (first and last):
        return None
    span = Span(first, last)
    earlier = span_before(span)
    if earlier is None:
        return None
    seen = seen_on(query, scope)
    dated = dated_counts(query, scope, (earlier, span))
    why_not = _why_not(span, earlier, dated, seen)
    then, now = (counts(query, scope, dated, one) for one in (earlier, span))
    return {
        "earlier": then,
        "later": now,
        "change": None if why_not else change(then, now),
        "sure": None if why_not else is_sure(then, now),
        "why_not": why_not,
        "ripe_on": ripe_on(last).isoformat(),
        "records_from": _records_from(dated),
        "instead": _mature_part(query, span, seen) if why_not == "young" else None,
    }


def _why_not(span: Span, earlier: Span, dated: Sequence[Dated], seen: date) -> str | None:
    if ripe_on(span.last) > seen:
        return "young"
    return None if _covers(dated, earlier) else "no_records"


def _covers(dated: Sequence[Dated], span: Span) -> bool:
    """Whether deals are recorded from about the first day of a span on."""
    begun = min((one.first for one in dated), default=None)
    return begun is not None and begun <= span.first + (span.last - span.first) / COVERED


def _mature_part(query: FlowQuery, span: Span, seen: date) -> str | None:
    """The same window up to the last year that is mature."""
    year = next(
        (y for y in range(span.last.year, span.first.year, -1) if ripe_on(date(y, 12, 31)) <= seen),
        None,
    )
    return None if year is None else links.page(query.but(to=str(year)))


def around(query: FlowQuery, scope: Scope, dated: Sequence[Dated], day: date) -> dict[str, Any]:
    """Equal spans before and after an event: the longest of `SPANS` that is mature and covered.

    `why_not` is "young" (even the shortest span after is provisional; the spans stand without a
    change), "not_yet" (the data end before the shortest span does; no spans) or "no_records".
    """
    seen = seen_on(query, scope)
    spans = [
        (months, _before(day, months), Span(day, months_later(day, months) - DAY))
        for months in SPANS
    ]
    over = [one for one in spans if one[2].last <= seen]
    if not over:
        return {"why_not": "not_yet", "seen_on": seen.isoformat()}
    mature = [one for one in over if ripe_on(one[2].last) <= seen]
    covered = [one for one in mature if _covers(dated, one[1])]
    months, earlier, after = (covered or mature or over)[0]
    why_not = _why_not(after, earlier, dated, seen)
    then, now = (counts(query, scope, dated, one) for one in (earlier, after))
    return {
        "months": months,
        "earlier": then,
        "later": now,
        "change": None if why_not else change(then, now),
        "sure": None if why_not else is_sure(then, now),
        "why_not": why_not,
        "ripe_on": ripe_on(after.last).isoformat(),
        "records_from": _records_from(dated),
    }


def _before(day: date, months: int) -> Span:
    return Span(months_later(day, -months), day - DAY)


def _records_from(dated: Sequence[Dated]) -> str | None:
    """The first day of the first deal that is counted at any time."""
    return min((one.first.isoformat() for one in dated), default=None)
