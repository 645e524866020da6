"""Which questions the cells of added-up facts answer, and the rows they answer with.

`deals.models.rollup.FlowCell` says what a cell is. Its columns are named as those of a fact and its
days are steps, so the very expression that places a fact places a cell, as long as every day that
the question names is the edge of a step. `covers` alone decides; everything else asks the facts.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta

from django.db import connection

from deals.flows.conditions import YEAR, Sql, alike, flow_sql, place_sql
from deals.flows.narrow import narrow
from deals.flows.query import FlowQuery
from deals.flows.regions import are_alone, are_whole, shortened
from deals.flows.scope import Scope
from deals.flows.sides import meets, side_sql, stays
from deals.flows.together import renamed
from deals.rules.regions import Side, side

DAY = timedelta(days=1)
# First days of the steps inside a year: a region gained a member, or one had left (migration 0005).
CHANGES = (date(2004, 5, 1), date(2013, 7, 1), date(2020, 2, 1))
_suspended: ContextVar[bool] = ContextVar("suspended", default=False)


@contextmanager
def without_cells() -> Iterator[None]:
    """Inside, all questions go to the facts: cells know nothing of facts that only seem to be."""
    token = _suspended.set(True)
    try:
        yield
    finally:
        _suspended.reset(token)


def are_used() -> bool:
    """Whether questions may go to the cells at all."""
    return not _suspended.get()


def is_first(day: date | None) -> bool:
    """Whether a step begins on the day; an open end is no matter."""
    return day in (None, date.min) or (day.month, day.day) == (1, 1) or day in CHANGES


def is_last(day: date | None) -> bool:
    """Whether a step ends on the day."""
    return day in (None, date.max) or is_first(day + DAY)


def covers(query: FlowQuery, scope: Scope, compare: Iterable[str] = ()) -> bool:
    """Whether the cells know everything that the question asks of a deal."""
    narrowed = (
        query.sector,
        query.round,
        query.state_linked,
        query.known_by,
        query.min_amount is not None,
        query.max_amount is not None,
        scope.organizations,
        scope.seq is not None,
    )
    first, last = query.window
    return (
        not any(narrowed)
        and are_used()
        and is_first(first)
        and is_last(last)
        and all(map(_in_steps, _sides(query, compare)))
    )


def _sides(query: FlowQuery, compare: Iterable[str]) -> list[Side]:
    return [query.investor_side, query.target_side, *map(side, compare)]


def _in_steps(one: Side) -> bool:
    return all(is_first(first) and is_last(last) for _, first, last in stays(one))


def placed_cells(
    query: FlowQuery, scope: Scope, compare: Iterable[str] = (), *, by_country: bool = False
) -> Sql:
    """Every cell that passes the filters, with its `place` and `year`; a complete subquery.

    Only for a question that `covers`. Cells are those of regions where these tell apart all that
    the question and `compare` name; `by_country` where it is asked of each target's own country.
    """
    if not _of_regions(query, compare, by_country=by_country):
        return _placed(query, scope, "deals_flowcell")
    return _beside(_placed(shortened(query), scope, _regions(query)))


def _placed(query: FlowQuery, scope: Scope, cells: str) -> Sql:
    sql = Sql()
    alike(sql, query, scope)
    held = place_sql(query)
    *needed, place = held.where
    sql.params |= held.params
    for condition in needed:
        sql.add(condition)
    # OFFSET keeps the place from being worked out again wherever it is named.
    text = f"""
        SELECT f.*, {place} AS place, {YEAR} AS year
        FROM {cells} f WHERE {sql.text()} OFFSET 0"""
    return Sql([f"SELECT * FROM ({text}) p WHERE place IS NOT NULL"], sql.params)


def _regions(query: FlowQuery) -> str:
    """The cells of regions under the names of the columns that a place is read off."""
    ultimate = query.attribution == "ultimate"
    name = "ultimate" if ultimate else "hq"
    return f"""(SELECT r.*, r.mask AS {name}_mask, r.unknown AS {name}_unknown
                FROM deals_regioncell r WHERE r.ultimate = {ultimate})"""


def flow_cells(query: FlowQuery, scope: Scope, *, by_country: bool = True) -> Sql:
    """The cells of the flow alone; a complete subquery. Only for a question that `covers`.

    Cells of regions, where these know it, only if nobody asks for a country.
    """
    if by_country or not _of_regions(query):
        return _flow(query, scope, "deals_flowcell")
    return _beside(_flow(shortened(query), scope, _regions(query)))


def _flow(query: FlowQuery, scope: Scope, cells: str) -> Sql:
    sql = Sql()
    alike(sql, query, scope)
    held = flow_sql(query, by_legs=False)
    for condition in held.where:
        sql.add(condition)
    return Sql([f"SELECT f.* FROM {cells} f WHERE {sql.text()}"], sql.params | held.params)


def _of_regions(query: FlowQuery, compare: Iterable[str] = (), *, by_country: bool = False) -> bool:
    apart = not by_country or are_alone(query.target_side)
    return apart and all(map(are_whole, _sides(query, compare)))


def _beside(sql: Sql) -> Sql:
    """Under names of its own: the same question stands beside it with all of its countries."""
    text, params = renamed(sql, "regions")
    return Sql([text], params)


def compared(
    query: FlowQuery, compare: Iterable[str], count: str
) -> tuple[list[str], dict[str, object]]:
    """One column a code, for the deals with an investor from there; `count` adds them up."""
    columns: list[str] = []
    params: dict[str, object] = {}
    mask = "f.ultimate_mask" if query.attribution == "ultimate" else "f.hq_mask"
    for number, code in enumerate(compare):
        held = side_sql(side(code), f"compare{number}")
        params |= held.params
        columns.append(
            f"coalesce({count} FILTER (WHERE {meets(mask, held.mask)}), 0)::bigint"
            f" AS compared{number}"
        )
    return columns, params


def counted(query: FlowQuery, scope: Scope) -> Sql:
    """Rows with a `place`, the columns that facts and cells share, and `deals`, how many they are.

    A complete subquery over cells where these cover the question, else over facts.
    """
    if covers(query, scope):
        return placed_cells(query, scope)
    sql = narrow(query, scope)
    return Sql([f"SELECT c.*, 1 AS deals FROM ({sql.text()}) c"], sql.params)


def places(query: FlowQuery, scope: Scope) -> dict[str, int]:
    """How many deals are in each place, without money: one short statement."""
    sql = counted(query, scope)
    text = f"SELECT place, sum(deals)::bigint FROM ({sql.text()}) p GROUP BY place"
    with connection.cursor() as cursor:
        cursor.execute(text, sql.params)
        return {place: number for place, number in cursor if number}
