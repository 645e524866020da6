"""The organizations of a flow: investors and targets, each once, however often it was merged."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from deals.flows import links
from deals.flows.conditions import COUNTED, placed
from deals.flows.cube import SUMS, Cube
from deals.flows.grouped import NO_SUMS, PLACES, SUMMED, Grouped, Grouping, cell_of, tables
from deals.flows.query import MOST_ORGANIZATIONS, FlowQuery
from deals.flows.rows import beside, numbers
from deals.flows.scope import Scope
from deals.flows.survivors import surviving, survivors
from deals.flows.top import NOT_STATED, USUAL, answer, row

FROM_X = "string_to_array(t.p, '+')::varchar[] && f.investor_members"
# A row for each investor from X of a deal, 0 for those not named, and one for the deal itself. The
# band of one investor is that of a side with nobody else, so its parts are marked as one.
INVESTORS = """CROSS JOIN LATERAL (
    WITH taken AS (
        SELECT t.position, coalesce({survivor}, 0) AS organization, {from_x} AS from_x
        FROM unnest(f.parts, f.investors) WITH ORDINALITY AS t(p, investor, position)
    )
    SELECT a.organization, ARRAY['X']::varchar[] AS held, ARRAY(
        SELECT CASE WHEN b.from_x AND b.organization = a.organization THEN 'X' ELSE '' END
        FROM taken b ORDER BY b.position
    )::varchar[] AS parts
    FROM (SELECT DISTINCT organization FROM taken WHERE from_x) a
    UNION ALL SELECT NULL, f.investor_members, f.parts
) k"""

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
SELECT 'row', public_id, name, country, rows_all, {names} FROM shown
UNION ALL SELECT 'whole', NULL, NULL, NULL, NULL, {names} FROM groups WHERE k0 IS NULL
UNION ALL SELECT place, NULL, NULL, NULL, NULL, deals, {nothing} FROM ({places}) p
"""
# Counted deals into each organization shown, under any identifier that was merged into its own.
N_OF_TARGETS = """
WITH RECURSIVE merged AS (
    SELECT id, public_id FROM deals_organization WHERE public_id = ANY(%(shown)s)
    UNION
    SELECT o.id, merged.public_id FROM deals_organization o
    JOIN merged ON o.merged_into_id = merged.id
)
SELECT merged.public_id, count(*) FROM ({placed}) p JOIN merged ON merged.id = p.target_id
WHERE p.target_id = ANY(ARRAY(SELECT id FROM merged)) AND p.place = ANY(%(counted)s)
GROUP BY merged.public_id
"""


def top_investors(query: FlowQuery, scope: Scope, limit: int = USUAL) -> dict[str, Any]:
    """Investors from X with their deals; "" are those nobody named. N is that of the question.

    A band is what this investor put in: at least, at an even split, and its deals' full value.
    """
    from_x = FROM_X if query.investor else "true"
    groups = INVESTORS.format(survivor=surviving("t.investor"), from_x=from_x)
    grouping = Grouping(("k.organization",), groups, "k.held", "k.parts")
    found = _ask(grouping, "k0", query, scope, limit)
    N = dict.fromkeys((row.code for row in found.listed), found.places.total_N)
    return _answer("investors", "as_investor", found, N, query, scope, limit)


def top_targets(query: FlowQuery, scope: Scope, limit: int = USUAL) -> dict[str, Any]:
    """Targets of the flow, each with its own N: all counted deals into it."""
    grouping = Grouping((surviving("f.target_id"),))
    # Every deal has one target, so the row without a key is all of them together.
    found = _ask(grouping, "GROUPING SETS ((k0), ())", query, scope, limit)
    N = _into([row.code for row in found.listed], query, scope)
    return _answer("targets", "as_target", found, N, query, scope, limit)


@dataclass(slots=True)
class Listed:
    """An organization that is shown; one that nobody named has the code ""."""

    code: str
    name: str
    country: str | None
    cube: Cube


@dataclass(slots=True)
class Found:
    listed: list[Listed] = field(default_factory=list)
    rows_all: int = 0
    whole: Cube = field(default_factory=lambda: Cube(()))
    places: Grouped = field(default_factory=Grouped)


def _answer(
    of: str,
    place: str,
    found: Found,
    N: dict[str, int],
    query: FlowQuery,
    scope: Scope,
    limit: int,
) -> dict[str, Any]:
    rows = [
        row(
            one.code,
            one.name,
            numbers(one.cube, N[one.code], query, scope),
            _link(query, one.code, place),
            one.country,
        )
        for one in found.listed
    ]
    total = numbers(found.whole, found.places.total_N, query, scope)
    shown = answer(of, rows, total, beside(found.places, query), query, scope, limit)
    return shown | {"rows_all": found.rows_all}


def _link(query: FlowQuery, code: str, place: str) -> str:
    """The deals of a row; "" where no question can name so many organizations.

    The organization of the row comes first, since places mean that one; others stay asked for.
    """
    if not code:
        return links.deals(query, "unnamed")
    others = [other for other in query.organization.split(",") if other not in ("", code)]
    if len(others) >= MOST_ORGANIZATIONS:
        return ""
    return links.deals(query.but(organization=",".join([code, *others])), place)


def _ask(grouping: Grouping, by: str, query: FlowQuery, scope: Scope, limit: int) -> Found:
    sql = tables(query, scope, grouping)
    statement = RANKED.format(
        tables=sql.text(), sums=SUMS, by=by, names=", ".join(SUMMED), nothing=NO_SUMS, places=PLACES
    )
    params = survivors() | {"limit": limit, "not_stated": NOT_STATED}
    found = Found()
    with connection.cursor() as cursor:
        cursor.execute(statement, sql.params | params)
        for part, code, name, country, rows_all, *sums in cursor:
            if part == "row":
                found.rows_all = rows_all
                found.listed.append(Listed(code or "", name, country, Cube((cell_of(sums),))))
            elif part == "whole":
                found.whole = Cube((cell_of(sums),))
            else:
                found.places.places[part] = sums[0]
    return found


def _into(codes: list[str], query: FlowQuery, scope: Scope) -> dict[str, int]:
    sql = placed(query, scope)
    params = sql.params | {"shown": codes, "counted": list(COUNTED)}
    with connection.cursor() as cursor:
        cursor.execute(N_OF_TARGETS.format(placed=sql.text()), params)
        return dict(cursor.fetchall())
