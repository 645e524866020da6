"""Which country invests in which: a cell for each pair that has a deal."""

from typing import Any

from deals.flows import links
from deals.flows.cube import Cube
from deals.flows.frame import frame
from deals.flows.grouped import Grouped, Grouping, grouped
from deals.flows.groups import COUNTRIES
from deals.flows.query import FlowQuery
from deals.flows.rows import (
    Row,
    beside,
    from_country,
    into_country,
    no_country,
    no_target_country,
    numbers,
    value_block,
)
from deals.flows.scope import Scope


def matrix(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    """Cells with n of the N into their target; the band is of the investors from their country.

    A deal with investors from two countries is in two cells and once in every total.
    """
    keys = ("k.country", "f.target_country")
    into_each = ("NULL::varchar", "f.target_country")
    found = grouped(
        query, scope, Grouping(keys, COUNTRIES, held="k.held", N_keys=into_each, in_cells=True)
    )
    targets = {target: N for (_, target), N in found.N.items() if target}
    rows = [
        _cell(investor, target, cube, targets[target], query, scope)
        for (investor, target), cube in found.cubes.items()
        if investor and target
    ]
    investors = _investors(found, query)
    into = _targets(found, targets, query, scope)
    order = {row["country"]: position for position, row in enumerate(investors)}
    column = {row["country"]: position for position, row in enumerate(into)}
    rows.sort(key=lambda row: (order[row["investor"]], column[row["target"]]))
    whole = found.together(lambda key: key[0] is None)
    nowhere = no_target_country(found.n(None, None), found.N.get((None, None), 0), query)
    return {
        **frame(query, scope),
        **value_block(query),
        "investors": [row["country"] for row in investors],
        "targets": [row["country"] for row in into],
        "rows": rows,
        "investor_totals": investors,
        "target_totals": into,
        "total": numbers(whole, found.total_N, query, scope),
        "beside": beside(found, query)
        | nowhere
        | no_country(found.together(lambda key: key[0] == "").count(), query),
    }


def _cell(investor: str, target: str, cube: Cube, N: int, query: FlowQuery, scope: Scope) -> Row:
    held = into_country(from_country(query, investor), target)
    return {
        "investor": investor,
        "target": target,
        **numbers(cube, N, query, scope),
        "deals": links.deals(held),
    }


def _investors(found: Grouped, query: FlowQuery) -> list[Row]:
    """A deal has one target, so a country's cells share no deal and add up."""
    n: dict[str, int] = {}
    for (investor, _), cube in found.cubes.items():
        if investor:
            n[investor] = n.get(investor, 0) + cube.count()
    rows = [
        {"country": country, "n": deals, "deals": links.deals(from_country(query, country))}
        for country, deals in n.items()
    ]
    return sorted(rows, key=lambda row: (-row["n"], row["country"]))


def _targets(found: Grouped, targets: dict[str, int], query: FlowQuery, scope: Scope) -> list[Row]:
    rows = [
        {
            "country": country,
            **numbers(found.cubes.get((None, country)), N, query, scope),
            "deals": links.deals(into_country(query, country)),
        }
        for country, N in targets.items()
    ]
    return sorted(rows, key=lambda row: (-row["n"], -row["N"], row["country"]))
