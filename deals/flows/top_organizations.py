"""The organizations of a flow: investors and targets, each once, however often it was merged."""

from typing import Any

from django.db import connection

from deals.flows import links
from deals.flows.cube import SUMS, Cube
from deals.flows.grouped import NO_SUMS, SUMMED, Grouped, Grouping, cell_of, tables
from deals.flows.query import FlowQuery
from deals.flows.rows import beside, numbers
from deals.flows.scope import Scope
from deals.flows.top import NOT_STATED, USUAL, answer, row

# Versions from before a merger keep the organization they were written with.
SURVIVORS = """
up AS (
    SELECT id, merged_into_id AS survivor FROM deals_organization WHERE merged_into_id IS NOT NULL
    UNION
    SELECT up.id, o.merged_into_id FROM up JOIN deals_organization o ON o.id = up.survivor
    WHERE o.merged_into_id IS NOT NULL
),
survivors AS (
    SELECT up.id, up.survivor FROM up JOIN deals_organization o ON o.id = up.survivor
    WHERE o.merged_into_id IS NULL
)"""
# Who took part in the deals of the flow, and whether as an investor from X; 0 was not named.
TAKEN = """
taken AS (
    SELECT f.deal_id, t.position, coalesce(s.survivor, t.investor, 0) AS organization,
        {from_x} AS from_x
    FROM base f
    CROSS JOIN LATERAL unnest(f.parts, f.investors) WITH ORDINALITY AS t(p, investor, position)
    LEFT JOIN survivors s ON s.id = t.investor
    WHERE f.place = 'flow'
),
-- The band of one investor is that of a side with nobody else, so its parts are marked as one.
marked AS (
    SELECT a.deal_id, a.organization, array_agg(
        CASE WHEN b.from_x AND b.organization = a.organization THEN 'X' ELSE '' END
        ORDER BY b.position
    ) AS parts
    FROM (SELECT DISTINCT deal_id, organization FROM taken WHERE from_x) a
    JOIN taken b USING (deal_id) GROUP BY a.deal_id, a.organization
)"""
FROM_X = "string_to_array(t.p, '+')::varchar[] && f.investor_members"
INVESTORS = """JOIN (
    SELECT deal_id, organization, parts, ARRAY['X']::varchar[] AS held FROM marked
    UNION ALL SELECT deal_id, NULL, parts, investor_members FROM base WHERE place = 'flow'
) k USING (deal_id)"""
TARGETS = "LEFT JOIN survivors s ON s.id = f.target_id"
TARGET = "coalesce(s.survivor, f.target_id)"

# One row an organization that is shown, one for the whole flow, one a place; the names of others,
# of which a flow may have hundreds of thousands, never leave the database.
RANKED = """
{tables},
groups AS (SELECT k0, {sums} FROM valued f GROUP BY {by}),
ranked AS (
    SELECT g.*, o.public_id, coalesce(o.name, %(not_stated)s) AS name, o.country
    FROM groups g LEFT JOIN deals_organization o ON o.id = g.k0 WHERE g.k0 IS NOT NULL
),
shown AS (
    SELECT *, count(*) OVER () AS rows_all FROM ranked
    ORDER BY deals DESC, name COLLATE "C", public_id COLLATE "C" NULLS FIRST LIMIT %(limit)s
)
SELECT 'row', public_id, name, country, {N} AS "N", rows_all, {names} FROM shown
UNION ALL SELECT 'whole', NULL, NULL, NULL, NULL, NULL, {names} FROM groups WHERE k0 IS NULL
UNION ALL SELECT place, NULL, NULL, NULL, count(*), NULL, {nothing} FROM base GROUP BY place
"""
N_OF_TARGETS = f"""
into_each AS (
    SELECT {TARGET} AS target, count(*) AS deals FROM base f {TARGETS}
    WHERE f.place = ANY(%(counted)s) GROUP BY 1
)"""


def top_investors(query: FlowQuery, scope: Scope, limit: int = USUAL) -> dict[str, Any]:
    """Investors from X with their deals; "" are those nobody named. N is that of the question.

    A band is what this investor put in: at least, at an even split, and its deals' full value.
    """
    taken = TAKEN.format(from_x=FROM_X if query.investor else "true")
    grouping = Grouping(
        ("k.organization",), INVESTORS, "k.held", "k.parts", tables=(SURVIVORS, taken)
    )
    text = {"by": "k0", "N": "NULL::bigint"}
    return _answer("investors", "as_investor", grouping, text, query, scope, limit)


def top_targets(query: FlowQuery, scope: Scope, limit: int = USUAL) -> dict[str, Any]:
    """Targets of the flow, each with its own N: all counted deals into it."""
    grouping = Grouping((TARGET,), TARGETS, tables=(SURVIVORS, N_OF_TARGETS))
    # Every deal has one target, so the row without a key is all of them together.
    text = {
        "by": "GROUPING SETS ((k0), ())",
        "N": "(SELECT deals FROM into_each WHERE target = shown.k0)",
    }
    return _answer("targets", "as_target", grouping, text, query, scope, limit)


def _answer(
    of: str,
    place: str,
    grouping: Grouping,
    text: dict[str, str],
    query: FlowQuery,
    scope: Scope,
    limit: int,
) -> dict[str, Any]:
    listed, whole, found = _ask(grouping, text, query, scope, limit)
    rows = []
    for code, name, country, N, _, sums in listed:
        N = found.total_N if N is None else N
        address = links.deals(_with(query, code), place) if code else links.deals(query, "unnamed")
        counted = numbers(Cube((cell_of(sums),)), N, query, scope)
        rows.append(row(code or "", name, counted, address, country))
    total = numbers(whole, found.total_N, query, scope)
    rows_all = listed[0][4] if listed else 0
    shown = answer(of, rows, total, beside(found, query), query, scope, limit)
    return shown | {"rows_all": rows_all}


def _with(query: FlowQuery, code: str) -> FlowQuery:
    """The organization of a row comes first, since places mean that one; others stay asked for."""
    others = [other for other in query.organization.split(",") if other not in ("", code)]
    return query.but(organization=",".join([code, *others]))


def _ask(
    grouping: Grouping, text: dict[str, str], query: FlowQuery, scope: Scope, limit: int
) -> tuple[list[tuple[Any, ...]], Cube, Grouped]:
    sql = tables(query, scope, grouping)
    statement = RANKED.format(
        tables=sql.text(), sums=SUMS, names=", ".join(SUMMED), nothing=NO_SUMS, **text
    )
    listed, whole, found = [], Cube(()), Grouped()
    with connection.cursor() as cursor:
        cursor.execute(statement, sql.params | {"limit": limit, "not_stated": NOT_STATED})
        for part, code, name, country, N, rows_all, *sums in cursor:
            if part == "row":
                listed.append((code, name, country, N, rows_all, sums))
            elif part == "whole":
                whole = Cube((cell_of(sums),))
            else:
                found.places[part] = N
    return listed, whole, found
