"""How much is known of the deals of each year: amounts, investors' countries, second sources."""

from typing import Any

from django.db import connection

from deals.flows import links
from deals.flows.answer import kept
from deals.flows.conditions import placed
from deals.flows.frame import frame
from deals.flows.listing import NARROWED
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope
from deals.rules.counting import share

# Names of places, so that every number here leads to exactly its deals.
MEASURES = ("with_amount", "all_known", "two_sources")
# For one list a look at each deal's sources is quick; for all deals they are grouped once.
SECOND_SOURCES = """SELECT version_id AS cited FROM deals_citation
    GROUP BY version_id HAVING min(source_id) <> max(source_id)"""
CONDITIONS = {"two_sources": "s.cited IS NOT NULL"}
YEAR = """CASE WHEN p.date_first IS NULL THEN 'no_date'
    WHEN extract(year FROM p.date_first) = extract(year FROM p.date_last)
    THEN to_char(p.date_first, 'YYYY') ELSE 'several_years' END"""


def coverage(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    """{"rows": [{"period", "n", "deals", "<measure>": {"n", "share", "deals"}}], "total": {…}}.

    `period` is a year, "several_years" or "no_date". The measures: `with_amount`, an exact or
    approximate amount or a range; `all_known`, a complete list of investors whose countries are
    all known; `two_sources`, two different sources or more. Kept until the ledger moves.
    """
    found: dict[str, Any] = kept("coverage", query, scope, lambda: _coverage(query, scope))
    return found


def _coverage(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    sql = placed(query, scope, flow_only=True)
    conditions = [CONDITIONS.get(name, NARROWED[name]) for name in MEASURES]
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in conditions)
    text = f"""
        SELECT {YEAR} AS period, count(*), {counts}
        FROM ({sql.text()}) p LEFT JOIN ({SECOND_SOURCES}) s ON s.cited = p.version_id
        GROUP BY GROUPING SETS ((1), ()) ORDER BY 1
    """
    with connection.cursor() as cursor:
        cursor.execute(text, sql.params)
        rows = [_row(query, *row) for row in cursor]
    # The sum of everything is the row without a period; an empty selection has only that.
    total = next(row for row in rows if row["period"] is None)
    return frame(query, scope) | {
        "rows": [row for row in rows if row is not total],
        "total": total,
    }


def _row(query: FlowQuery, period: str | None, n: int, *counted: int) -> dict[str, Any]:
    within, place = query, "flow"
    if period and period.isdigit():
        within = query.but(from_=period, to=period)
    elif period:
        place = period
    row: dict[str, Any] = {"period": period, "n": n, "deals": links.deals(within, place)}
    for name, known in zip(MEASURES, counted, strict=True):
        # A place is one word, so deals without a single year have no link to their known part.
        leads = links.deals(within, name) if place == "flow" else ""
        row[name] = {"n": known, "share": share(known, n), "deals": leads}
    return row
