"""How many deals of a flow each country has, as a target's or as an investor's; nothing else.

The charts of countries also say money and shares (`deals.flows.top`), for which every deal is read.
For numbers alone the cells of added-up facts are enough, whatever the size of the register.
"""

from collections import Counter
from dataclasses import dataclass

from django.db import connection

from deals.flows.answer import kept
from deals.flows.conditions import Sql, placed
from deals.flows.query import FlowQuery
from deals.flows.rollup import covers, flow_cells
from deals.flows.scope import Scope
from deals.models.masks import countries_in

SINGLE = "(c.amount_state IN ('exact', 'approximate'))::int"


@dataclass(frozen=True, slots=True)
class Counted:
    """Deals, and those of them with an exact or approximate amount."""

    n: int
    disclosed: int


def into_countries(query: FlowQuery, scope: Scope) -> dict[str, Counted]:
    """By the target's country, of those that have deals; kept until the ledger moves."""
    found: dict[str, Counted] = kept("into countries", query, scope, lambda: _into(query, scope))
    return found


def from_countries(query: FlowQuery, scope: Scope) -> dict[str, Counted]:
    """By an investor's country: a deal is under each of those that it has. For anyone's deals.

    Kept until the ledger moves.
    """
    found: dict[str, Counted] = kept("from countries", query, scope, lambda: _from(query, scope))
    return found


def whole(query: FlowQuery, scope: Scope) -> Counted:
    """Each deal of the flow once, also where no country is known; kept until the ledger moves."""
    found: Counted = kept("of the flow", query, scope, lambda: _whole(query, scope))
    return found


def _whole(query: FlowQuery, scope: Scope) -> Counted:
    sql = _flow(query, scope)
    text = f"""
        SELECT coalesce(sum(deals), 0)::bigint, coalesce(sum(singles), 0)::bigint
        FROM ({sql.text()}) f
    """
    with connection.cursor() as cursor:
        cursor.execute(text, sql.params)
        return Counted(*cursor.fetchone())


def _into(query: FlowQuery, scope: Scope) -> dict[str, Counted]:
    return {code: Counted(*numbers) for code, *numbers in _grouped("target_country", query, scope)}


def _from(query: FlowQuery, scope: Scope) -> dict[str, Counted]:
    mask = "ultimate_mask" if query.attribution == "ultimate" else "hq_mask"
    deals: Counter[str] = Counter()
    disclosed: Counter[str] = Counter()
    for bits, n, known in _grouped(mask, query, scope):
        for code in countries_in(bits):
            deals[code] += n
            disclosed[code] += known
    return {code: Counted(n, disclosed[code]) for code, n in deals.items()}


def _grouped(key: str, query: FlowQuery, scope: Scope) -> list[tuple[str, int, int]]:
    """Rows of key, deals and disclosed ones, over cells where these cover the question."""
    sql = _flow(query, scope)
    text = f"""
        SELECT {key}, sum(deals)::bigint, sum(singles)::bigint FROM ({sql.text()}) f
        WHERE {key} IS NOT NULL GROUP BY {key} HAVING sum(deals) > 0
    """
    with connection.cursor() as cursor:
        cursor.execute(text, sql.params)
        return cursor.fetchall()


def _flow(query: FlowQuery, scope: Scope) -> Sql:
    if covers(query, scope):
        return flow_cells(query, scope)
    sql = placed(query, scope, flow_only=True)
    return Sql([f"SELECT c.*, 1 AS deals, {SINGLE} AS singles FROM ({sql.text()}) c"], sql.params)
