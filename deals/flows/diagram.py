"""From where, to where, into what: investor countries → target countries → sectors."""

from collections.abc import Callable
from typing import Any

from deals.flows import links
from deals.flows.frame import frame, share_of
from deals.flows.grouped import Grouping, grouped
from deals.flows.groups import COUNTRY_ROWS, sectors_of
from deals.flows.query import FlowQuery
from deals.flows.rows import (
    Row,
    beside,
    from_country,
    into_country,
    no_country,
    no_target_country,
    of_sector,
)
from deals.flows.scope import Scope

Counts = dict[Any, int]


def diagram(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    """Rows for each country, target and sector that met in a deal; nodes and links count each once.

    A deal of two countries and three sectors is in six rows, so rows never add up to the total.
    """
    groups = (
        f"CROSS JOIN LATERAL ({COUNTRY_ROWS}) k"
        f" CROSS JOIN LATERAL ({sectors_of(query)} UNION ALL SELECT NULL) s"
    )
    keys = ("k.country", "f.target_country", "s.sector")
    found = grouped(query, scope, Grouping(keys, groups, bands=False))
    n = {key: cube.count() for key, cube in found.cubes.items()}
    shown = {key: count for key, count in n.items() if key[0] != "" and key[1]}
    N = found.total_N
    return {
        **frame(query, scope),
        "rows": _rows(shown, query),
        "nodes": _nodes(shown, query),
        "links": frame(query, scope)["links"] | _pairs(shown, query),
        "total": {"n": found.total_n, "N": N, "share": share_of(found.total_n, N, scope)},
        "beside": beside(found, query)
        | no_target_country(n.get((None, None, None), 0), n.get((None, None, None), 0), query)
        | no_country(sum(c for key, c in n.items() if key[0] == "" and key[2] is None), query),
    }


def _rows(n: Counts, query: FlowQuery) -> list[Row]:
    rows = [
        {
            "investor": investor,
            "target": target,
            "sector": sector,
            "n": count,
            "deals": of_sector(into_country(from_country(query, investor), target), sector),
        }
        for (investor, target, sector), count in n.items()
        if investor is not None and sector is not None
    ]
    return sorted(rows, key=lambda row: (-row["n"], row["investor"], row["target"], row["sector"]))


def _nodes(n: Counts, query: FlowQuery) -> dict[str, list[Row]]:
    """Each deal has one target, so a node's counts by target share no deal and add up."""
    investors: Counts = {}
    targets: Counts = {}
    sectors: Counts = {}
    for (investor, target, sector), count in n.items():
        if investor is None and sector is None:
            targets[target] = targets.get(target, 0) + count
        elif sector is None:
            investors[investor] = investors.get(investor, 0) + count
        elif investor is None:
            sectors[sector] = sectors.get(sector, 0) + count
    return {
        "investors": _listed(investors, lambda code: links.deals(from_country(query, code))),
        "targets": _listed(targets, lambda code: links.deals(into_country(query, code))),
        "sectors": _listed(sectors, lambda code: of_sector(query, code)),
    }


def _listed(nodes: Counts, address: Callable[[str], str]) -> list[Row]:
    rows = [{"code": code, "n": n, "deals": address(code)} for code, n in nodes.items()]
    return sorted(rows, key=lambda row: (-row["n"], row["code"]))


def _pairs(n: Counts, query: FlowQuery) -> dict[str, list[Row]]:
    first, second = [], []
    for (investor, target, sector), count in n.items():
        if investor is not None and sector is None:
            held = into_country(from_country(query, investor), target)
            first.append({"a": investor, "b": target, "n": count, "deals": links.deals(held)})
        elif investor is None and sector is not None:
            address = of_sector(into_country(query, target), sector)
            second.append({"a": target, "b": sector, "n": count, "deals": address})
    for rows in (first, second):
        rows.sort(key=lambda row: (-row["n"], row["a"], row["b"]))
    return {"investor_target": first, "target_sector": second}
