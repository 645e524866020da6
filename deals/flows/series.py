"""The flow over time: a row a year, quarter or month."""

from dataclasses import replace
from datetime import date
from typing import Any

from deals.flows import links
from deals.flows.conditions import BESIDE, COUNTED
from deals.flows.cube import FIRST_MONEY, SUMMED, Cube
from deals.flows.frame import frame
from deals.flows.grouped import Grouped, Grouping, cell_of, grouped
from deals.flows.periods import MONTHS, Period, periods
from deals.flows.query import FlowQuery
from deals.flows.rows import Row, beside, numbers, value_block
from deals.flows.scope import Scope
from deals.flows.share import cells_of

BY = tuple(MONTHS)
NOTHING = cell_of([0] * FIRST_MONEY + [None] * (len(SUMMED) - FIRST_MONEY))
# The first day of the period that holds all of a deal's days; NULL where none does.
PERIOD = (
    "CASE WHEN date_trunc('{by}', f.date_first::timestamp)"
    " = date_trunc('{by}', f.date_last::timestamp)"
    " THEN date_trunc('{by}', f.date_first::timestamp)::date END"
)


def series(query: FlowQuery, scope: Scope, by: str = "year") -> dict[str, Any]:
    """A deal is in a period when its whole interval is; `beside` has those that are in none.

    `several_periods` and the `undated` of a question without a window are part of the total.
    """
    if by == "year":
        found = _by_year(cells_of(query, scope))
    else:
        keys = (PERIOD.format(by=by), "f.date_first IS NULL")
        found = grouped(query, scope, Grouping(keys, N_keys=keys))
    seen = [first for first, _ in found.N if first is not None]
    rows = [_row(period, found, query, scope) for period in periods(query, seen, by)]
    return {
        **frame(query, scope),
        "by": by,
        **value_block(query),
        "rows": rows,
        "total": numbers(found.together(lambda _: True), found.total_N, query, scope),
        "beside": _beside(found, query, by),
    }


def _by_year(cells: Cube) -> Grouped:
    """The cube of the answer by first day of the year, with the undated apart from several years.

    The two share cells, whose money belongs to neither alone; no row shows it, only their total.
    """
    found = Grouped(places={place: cells.at(place).count() for place in (*COUNTED, *BESIDE)})
    flow, counted = cells.at("flow"), cells.at(*COUNTED)
    for year in counted.years():
        key = (date(year, 1, 1), False)
        found.cubes[key] = flow.of_year(year)
        found.N[key] = counted.of_year(year).count()
    loose = flow.of_year(None).cells
    dated = (replace(cell, deals=cell.deals - cell.undated) for cell in loose)
    undated = (replace(NOTHING, deals=cell.undated) for cell in loose)
    found.cubes |= {(None, False): Cube(tuple(dated)), (None, True): Cube(tuple(undated))}
    N = counted.of_year(None)
    found.N[None, True] = N.count("undated")
    found.N[None, False] = N.count() - found.N[None, True]
    return found


def _row(period: Period, found: Grouped, query: FlowQuery, scope: Scope) -> Row:
    key = (period.first, False)
    young = period.is_young(scope.seen_on)
    return {
        "period": period.name,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        **numbers(found.cubes.get(key), found.N.get(key, 0), query, scope),
        "complete": not young and not period.is_cut(query),
        "provisional": young,
        "deals": links.deals(period.within(query)),
    }


def _beside(found: Grouped, query: FlowQuery, by: str) -> Row:
    """n and N of what no row holds; `deals` lists the n, or the N where there is no n."""
    around = beside(found, query)
    return {
        "several_periods": {
            "n": found.n(None, False),
            "N": found.N.get((None, False), 0),
            "deals": links.deals(query, f"several_{by}s"),
        },
        "too_coarse": around["too_coarse"],
        "undated": {
            "n": found.n(None, True),
            "N": found.N.get((None, True), 0) + around["undated"]["N"],
            "deals": links.deals(query, "undated" if any(query.window) else "no_date"),
        },
        "unknown_target": around["unknown_target"],
    }
