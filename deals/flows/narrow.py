"""Every fact with its place, in the few columns that counting reads: those of one index.

`fact_counted_asked` holds them in the order of targets, of what is asked of nearly every deal and
of days, so that a question reads its part of the index from one end to the other. The deals
themselves lie where they came in, each in another block of a table that is wider, and reading them
costs three times as much.
"""

from deals.flows.alternatives import alternatives
from deals.flows.conditions import PER_UNIT, Sql, filters, place_sql, umbrellas
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope
from deals.flows.sides import side_sql

# What is counted and added up of a deal outside the flow, and what it is grouped by.
COLUMNS = (
    "f.deal_id", "f.date_first", "f.date_last", "f.kind", "f.target_country", "f.round_type",
    "f.sectors", "f.investor_list", "f.amount_state", "f.amount_low", "f.rate_provisional",
    "f.hq_mask", "f.ultimate_mask",
)  # fmt: skip


def narrow(query: FlowQuery, scope: Scope) -> Sql:
    """The rows of `placed`, but these columns only; a complete subquery.

    A condition with OR would be looked up in the index and then read from the table, so each of its
    alternatives, which share no row, is asked for by itself. OFFSET keeps a place from being worked
    out again wherever it is named.
    """
    sql, held = filters(query, scope, counted=False), place_sql(query)
    place = held.where[-1]
    every = side_sql(query.target_side, "target").every
    columns = ", ".join([*COLUMNS, f"{PER_UNIT[query.currency]} AS per_unit", f"{place} AS place"])
    branches = " UNION ALL ".join(
        f"(SELECT {columns} FROM deals_dealfact f WHERE {sql.text()} AND {one} OFFSET 0)"
        for one in alternatives(query, every, apart=True) or ["true"]
    )
    # Looked up once, and not for each branch.
    text = (
        f"WITH umbrella AS MATERIALIZED ({umbrellas(scope)})"
        f" SELECT * FROM ({branches}) p"
        " WHERE place IS NOT NULL AND deal_id NOT IN (SELECT part_of_id FROM umbrella)"
    )
    return Sql([text], sql.params | held.params)
