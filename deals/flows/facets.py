"""How many deals each choice of a filter would list, and how many the filters leave out.

Beside a filter's words stand the counts that hold when only that filter is changed, so every other
one stays on. One pass over the facts answers all of them.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from deals.flows.answer import kept
from deals.flows.conditions import Sql, countries_column, in_ledger, umbrellas
from deals.flows.listing import Wanted, matching
from deals.flows.query import ALL, EVER_COMPLETED, FlowQuery
from deals.flows.rollup import are_used, covers, flow_cells
from deals.flows.scope import Scope
from deals.models.masks import countries_in

# Places in the flow that do not depend on who its investors are.
WITHOUT_INVESTOR = ("as_target", "no_sector", "no_round", "no_target_country", "no_date")
# Filters with a closed list of words, and the column each one reads.
COLUMNS = {"kind": "kind", "status": "status", "ai": "ai", "round": "round_type"}


@dataclass(frozen=True, slots=True)
class PopulationCount:
    """A population and how many live deals it has, whatever the filters say."""

    code: str
    title: str
    generated: bool
    deals: int


@dataclass(frozen=True, slots=True)
class Facets:
    """`counts` by filter and word ("" is a deal without a round or country).

    `hidden` says per filter how many deals it alone leaves out, `without_defaults` how many
    there would be if nothing were left out that the question does not name itself.
    """

    counts: dict[str, dict[str, int]]
    hidden: dict[str, int]
    total: int
    without_defaults: int
    populations: tuple[PopulationCount, ...]


def facets(query: FlowQuery, scope: Scope, wanted: Wanted) -> Facets:
    """The counts for a listing's question; kept until the ledger moves."""
    mark = hashlib.sha256(f"{wanted.place}\0{wanted.q}".encode()).hexdigest()[:16]
    found: Facets = kept(f"facets:{mark}", query, scope, lambda: _facets(query, scope, wanted))
    return found


def _facets(query: FlowQuery, scope: Scope, wanted: Wanted) -> Facets:
    counts: dict[str, dict[str, int]] = {name: {} for name in (*COLUMNS, "target")}
    hidden = dict.fromkeys(COLUMNS, 0)
    total = without_defaults = 0
    for name, word, deals, left_out in _grouped(query, scope, wanted):
        if name == "total":
            total, without_defaults = deals, left_out
        else:
            if deals:
                counts[name][word or ""] = deals
            if name in hidden:
                hidden[name] += left_out
    counts["investor"] = dict(_investors(query, scope, wanted))
    return Facets(counts, hidden, total, without_defaults, populations(query, scope))


def populations(query: FlowQuery, scope: Scope) -> tuple[PopulationCount, ...]:
    """All of them, which no filter changes; kept until the ledger moves."""
    point = FlowQuery(as_of=query.as_of, release=query.release)
    found: tuple[PopulationCount, ...] = kept(
        "populations", point, scope, lambda: _populations(scope)
    )
    return found


def _grouped(query: FlowQuery, scope: Scope, wanted: Wanted) -> list[tuple[Any, ...]]:
    """Rows of (filter, word, deals under all other filters, those of them it leaves out)."""
    relaxed = query.but(kind=(ALL,), status=(ALL,), ai=(ALL,), round=())
    sql = matching(relaxed, scope, wanted)
    passed = {name: _passes(name, query, sql) for name in COLUMNS}
    sets, cases, others, left_out = [], [], [], []
    for name, column in {**COLUMNS, "target": "target_country"}.items():
        rest = " AND ".join(f"m_{other}" for other in COLUMNS if other != name)
        mine = f"NOT m_{name}" if name in COLUMNS else "false"
        sets.append(f"({column})")
        cases.append(f"WHEN grouping({column}) = 0 THEN '{name}'")
        others.append(f"WHEN grouping({column}) = 0 THEN {_deals(rest)}")
        left_out.append(f"WHEN grouping({column}) = 0 THEN {_deals(f'{rest} AND {mine}')}")
    every = " AND ".join(f"m_{name}" for name in COLUMNS)
    named = [f"m_{name}" for name in COLUMNS if getattr(query, name) != getattr(FlowQuery(), name)]
    asked = " AND ".join(named) or "true"
    columns = ", ".join([*COLUMNS.values(), "target_country"])
    flags = ", ".join(f"m_{name}" for name in passed)
    # Deals that are alike are counted first: the few groups of them are then added up in many ways.
    text = f"""
        SELECT CASE {" ".join(cases)} ELSE 'total' END,
               coalesce({columns}),
               CASE {" ".join(others)} ELSE {_deals(every)} END,
               CASE {" ".join(left_out)} ELSE {_deals(asked)} END
        FROM (SELECT {columns}, {flags}, count(*) AS deals
              FROM (SELECT {columns}, {", ".join(f"{sql} AS m_{n}" for n, sql in passed.items())}
                    FROM ({sql.where[0]}) p) p
              GROUP BY {columns}, {flags}) f
        GROUP BY GROUPING SETS ({", ".join(sets)}, ())
    """
    with connection.cursor() as cursor:
        cursor.execute(text, sql.params)
        return cursor.fetchall()


def _deals(condition: str) -> str:
    return f"coalesce(sum(deals) FILTER (WHERE {condition}), 0)::bigint"


def _passes(name: str, query: FlowQuery, sql: Sql) -> str:
    """Whether a row of `p` passes one filter as it was asked for."""
    words = getattr(query, name)
    if not words or words == (ALL,):
        return "true"
    key = f"facet_{name}"
    sql.params[key] = list(words)
    passes = f"p.{COLUMNS[name]} = ANY(%({key})s::varchar[])"
    if name == "status" and EVER_COMPLETED in words:
        passes = f"({passes} OR p.ever_completed)"
    return passes


def _investors(query: FlowQuery, scope: Scope, wanted: Wanted) -> list[tuple[str, int]]:
    """Deals by country of an investor; a deal with two countries is under both."""
    anyone = query.but(investor=())
    anywhere = replace(wanted, place=_anywhere(wanted.place))
    if anywhere.place or anywhere.q or anywhere.updated_since or not covers(anyone, scope):
        return _by_countries(anyone, matching(anyone, scope, anywhere))
    return _from_cells(anyone, scope)


def _from_cells(query: FlowQuery, scope: Scope) -> list[tuple[str, int]]:
    """The same for a question that cells cover, in the words of sets of countries."""
    mask = "ultimate_mask" if query.attribution == "ultimate" else "hq_mask"
    cells = flow_cells(query, scope)
    text = f"SELECT {mask}, deals FROM ({cells.text()}) c"
    if not query.target and not any(query.window):
        # The register's own list has umbrellas, too, which are in no cell.
        own = matching(query, scope, Wanted())
        cells.params |= own.params
        text += f""" UNION ALL SELECT {mask}, 1 FROM ({own.where[0]}) p
            WHERE deal_id IN ({umbrellas(scope)})"""
    deals: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {mask}, sum(deals)::bigint FROM ({text}) f GROUP BY 1 HAVING sum(deals) > 0",
            cells.params,
        )
        for bits, number in cursor:
            deals.update(dict.fromkeys(countries_in(bits), number))
    return sorted(deals.items(), key=lambda one: (-one[1], one[0]))


def _by_countries(query: FlowQuery, sql: Sql) -> list[tuple[str, int]]:
    """The rows of a subquery by country of an investor, those with most deals first."""
    column = countries_column(query).removeprefix("f.")
    text = f"""
        SELECT country, sum(deals)::bigint
        FROM (SELECT p.{column} AS countries, count(*) AS deals
              FROM ({sql.where[0]}) p GROUP BY p.{column}) g, unnest(g.countries) AS country
        GROUP BY country ORDER BY sum(deals) DESC, country
    """
    with connection.cursor() as cursor:
        cursor.execute(text, sql.params)
        return [(str(country), int(deals)) for country, deals in cursor]


def _anywhere(place: str) -> str:
    """Without an investor side every counted deal is in the flow."""
    kept_places = ("too_coarse", "undated", "unknown_target", *WITHOUT_INVESTOR)
    return place if place in kept_places else ""


def _populations(scope: Scope) -> tuple[PopulationCount, ...]:
    """From cells where these know the state asked for; umbrellas stand beside their parts."""
    live = in_ledger("f", scope)
    counted = (
        f"SELECT population_id, count(*) AS deals FROM deals_dealfact f WHERE {live} GROUP BY 1"
    )
    if scope.seq is None and not scope.ever and are_used():
        # Added up before they are joined, which would put all of them in order.
        counted = f"""
            SELECT population_id, sum(deals) AS deals FROM deals_flowcell GROUP BY 1
            UNION ALL SELECT population_id, count(*) FROM deals_dealfact f
            WHERE {live} AND deal_id IN (
                SELECT f.part_of_id FROM deals_dealfact f WHERE f.part_of_id IS NOT NULL AND {live})
            GROUP BY 1
        """
    text = f"""
        SELECT o.code, o.title, o.generated, coalesce(sum(c.deals), 0)::bigint
        FROM deals_population o LEFT JOIN ({counted}) c ON c.population_id = o.id
        GROUP BY o.id ORDER BY o.generated, o.title
    """
    with connection.cursor() as cursor:
        cursor.execute(text, {"seq": scope.seq})
        return tuple(PopulationCount(*row) for row in cursor)
