"""Who and what the flow is made of: countries, sectors and types of rounds, most deals first."""

from typing import Any

from django.utils.translation import gettext_noop

from deals.flows import links
from deals.flows.frame import frame
from deals.flows.grouped import Grouping, grouped
from deals.flows.groups import COUNTRIES, sectors_of
from deals.flows.query import FlowQuery
from deals.flows.rows import (
    Row,
    beside,
    from_country,
    into_country,
    no_country,
    no_target_country,
    numbers,
    of_sector,
    ranked,
    value_block,
)
from deals.flows.scope import Scope
from deals.rules.countries import country_name
from deals.rules.vocab import ROUND_TYPES, SECTORS

# The longest list that is given, and what a list of organizations has unless more is asked for.
MOST = 500
USUAL = 25
# What a list is of, and the sides that countries are on, as the API is asked for them.
OF = ("investors", "targets", "sectors", "countries", "rounds")
SIDES = ("investor", "target")
NOT_STATED = gettext_noop("not stated")


def answer(
    of: str, rows: list[Row], total: Row, around: Row, query: FlowQuery, scope: Scope, limit: int,
    *, side: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The shape that every list of this kind has; `limit` and `rows_all` say what is left out.

    `of` is one of `OF`; `side` one of `SIDES`, for countries only.
    """
    return {
        **frame(query, scope),
        "of": of,
        "side": side,
        **value_block(query),
        "limit": limit,
        "rows_all": len(rows),
        "rows": ranked(rows)[:limit],
        "total": total,
        "beside": around,
    }


def row(code: str, name: str, counted: Row, deals: str, country: str | None = None) -> Row:
    """One row; `country` is an organization's headquarters and null for everything else."""
    return {"rank": 0, "code": code, "name": name, "country": country, **counted, "deals": deals}


def top_countries(query: FlowQuery, scope: Scope, limit: int = MOST) -> dict[str, Any]:
    """Investor countries of the flow; each band is of the investors from that country.

    All rows are held against the N of the question. A deal is in a row for each country it has.
    """
    found = grouped(query, scope, Grouping(("k.country",), COUNTRIES, held="k.held"))
    N = found.total_N
    rows = [
        row(
            country,
            country_name(country),
            numbers(cube, N, query, scope),
            links.deals(from_country(query, country)),
        )
        for (country,), cube in found.cubes.items()
        if country
    ]
    total = numbers(found.cubes.get((None,)), N, query, scope)
    around = beside(found, query) | no_country(found.n(""), query)
    return answer("countries", rows, total, around, query, scope, limit, side="investor")


def top_target_countries(query: FlowQuery, scope: Scope, limit: int = MOST) -> dict[str, Any]:
    """Countries that the flow went into, each with its own N; also those with an n of 0."""
    keys = ("f.target_country",)
    found = grouped(query, scope, Grouping(keys, N_keys=keys, in_cells=True))
    rows = [
        row(
            country,
            country_name(country),
            numbers(found.cubes.get((country,)), N, query, scope),
            links.deals(into_country(query, country)),
        )
        for (country,), N in found.N.items()
        if country
    ]
    around = beside(found, query) | no_target_country(found.n(None), found.N.get((None,), 0), query)
    total = numbers(found.together(lambda _: True), found.total_N, query, scope)
    return answer("countries", rows, total, around, query, scope, limit, side="target")


def top_sectors(query: FlowQuery, scope: Scope, limit: int = MOST) -> dict[str, Any]:
    """Sectors, each with its own N; "" are deals without one. A deal may have several."""
    of_each = f"CROSS JOIN LATERAL ({sectors_of(query)}) s"
    groups = f"CROSS JOIN LATERAL ({sectors_of(query)} UNION ALL SELECT NULL) s"
    grouping = Grouping(("s.sector",), groups, N_keys=("s.sector",), N_groups=of_each)
    found = grouped(query, scope, grouping)
    rows = [
        row(
            code,
            SECTORS.get(code, code or NOT_STATED),
            numbers(found.cubes.get((code,)), N, query, scope),
            of_sector(query, code),
        )
        for (code,), N in found.N.items()
    ]
    total = numbers(found.cubes.get((None,)), found.total_N, query, scope)
    return answer("sectors", rows, total, beside(found, query), query, scope, limit)


def top_rounds(query: FlowQuery, scope: Scope, limit: int = MOST) -> dict[str, Any]:
    """Types of rounds, each with its own N; "" are deals without one."""
    found = grouped(query, scope, Grouping(("f.round_type",), N_keys=("f.round_type",)))
    rows = [
        row(
            code,
            ROUND_TYPES.get(code, code or NOT_STATED),
            numbers(found.cubes.get((code,)), N, query, scope),
            links.deals(query.but(round=(code,))) if code else links.deals(query, "no_round"),
        )
        for (code,), N in found.N.items()
    ]
    total = numbers(found.together(lambda _: True), found.total_N, query, scope)
    return answer("rounds", rows, total, beside(found, query), query, scope, limit)
