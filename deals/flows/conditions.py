"""A question as SQL over `deals_dealfact f`: which rows are meant, and each row's place.

Every fragment is fixed text with named parameters; nothing that a reader sends becomes SQL.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from deals.flows.query import ALL, EVER_COMPLETED, FlowQuery
from deals.flows.scope import Scope
from deals.models.masks import BITS
from deals.rules.regions import Side

# The places that make up N; `flow` among them is n.
COUNTED = ("flow", "target_side_only", "other_foreign_only", "unknown")
# Printed beside N, never in it.
BESIDE = ("too_coarse", "undated", "unknown_target")
PER_UNIT = {"EUR": "f.eur_per_unit", "USD": "f.usd_per_unit", "CNY": "f.cny_per_unit"}


@dataclass(slots=True)
class Sql:
    """Conditions to be joined by AND, with their parameters."""

    where: list[str] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)

    def add(self, condition: str, **params: Any) -> None:
        self.where.append(condition)
        self.params.update(params)

    def text(self) -> str:
        return " AND ".join(self.where) or "true"


def in_ledger(alias: str, scope: Scope) -> str:
    """Live rows, or those that were live at the point asked for (`%(seq)s`)."""
    if scope.seq is None:
        return f"({alias}.published_seq IS NOT NULL AND {alias}.superseded_seq IS NULL)"
    return (
        f"({alias}.published_seq <= %(seq)s"
        f" AND ({alias}.superseded_seq IS NULL OR {alias}.superseded_seq > %(seq)s))"
    )


def filters(query: FlowQuery, scope: Scope, *, counted: bool = True) -> Sql:
    """Everything but the two sides and the window.

    `counted` leaves out an umbrella deal whose parts are in the register: it never counts twice.
    """
    sql = Sql(params={"seq": scope.seq})
    sql.add(in_ledger("f", scope))
    alike(sql, query, scope)
    if query.round and query.round != (ALL,):
        sql.add("f.round_type = ANY(%(round)s::varchar[])", round=list(query.round))
    if query.sector:
        sql.add("f.sectors && %(sector)s::varchar[]", sector=list(query.sector))
    _amount(sql, query)
    if scope.organizations:
        _took_part(sql, "organizations", scope.organizations)
        for number, others in enumerate(scope.others):
            _took_part(sql, f"others{number}", others)
    if query.state_linked:
        sql.add("f.state_linked" if query.state_linked == "yes" else "NOT f.state_linked")
    if query.known_by:
        sql.add("f.recorded_on <= %(known_by)s", known_by=query.but(to=query.known_by).window[1])
    if counted:
        # NOT IN is hashed once; NOT EXISTS becomes a loop over all pairs while a table that was
        # filled a moment ago still has no statistics.
        sql.add(
            "f.deal_id NOT IN (SELECT part.part_of_id FROM deals_dealfact part"
            f" WHERE part.part_of_id IS NOT NULL AND {in_ledger('part', scope)})"
        )
    return sql


def alike(sql: Sql, query: FlowQuery, scope: Scope) -> None:
    """The conditions that rows of facts and of cells (`deals.flows.rollup`) have in common."""
    if scope.population:
        sql.add("f.population_id = %(population)s", population=scope.population.pk)
    else:
        # Invented data is seen only by asking for its population.
        sql.add("NOT f.generated")
    for name in ("kind", "ai"):
        words = getattr(query, name)
        if words and words != (ALL,):
            sql.add(f"f.{name} = ANY(%({name})s::varchar[])", **{name: list(words)})
    _status(sql, query.status)


def _took_part(sql: Sql, name: str, organizations: tuple[int, ...]) -> None:
    sql.add(
        f"(f.target_id = ANY(%({name})s) OR f.investors && %({name})s::bigint[])",
        **{name: list(organizations)},
    )


def _status(sql: Sql, words: tuple[str, ...]) -> None:
    if words == (ALL,):
        return
    either = ["f.status = ANY(%(status)s::varchar[])"]
    if EVER_COMPLETED in words:
        either.append("f.ever_completed")
    sql.add(f"({' OR '.join(either)})", status=list(words))


def _amount(sql: Sql, query: FlowQuery) -> None:
    """A range passes when all of it lies inside; an undisclosed amount passes neither bound."""
    rate = PER_UNIT[query.currency]
    if query.min_amount is not None:
        sql.add(f"round(f.amount_low * {rate}, 2) >= %(min_amount)s", min_amount=query.min_amount)
    if query.max_amount is not None:
        sql.add(f"round(f.amount_high * {rate}, 2) <= %(max_amount)s", max_amount=query.max_amount)


@dataclass(frozen=True, slots=True)
class SideSql:
    """A side's countries for a row's dates: surely in it, and where the date is too coarse to say.

    `members` and `maybe` are arrays of codes, the masks the same as bits; `every` is the parameter
    with all countries that are in the side at any time.
    """

    members: str
    maybe: str
    mask: str
    maybe_mask: str
    every: str
    params: dict[str, Any]


NO_COUNTRY = "'{}'::varchar[]"
NO_BITS = "B'0'::bit(676)"


def as_mask(parameter: str) -> str:
    """The bits of the countries in an array parameter; the planner computes them once."""
    return f"deals_country_mask(%({parameter})s::varchar[])"


def meets(mask: str, other: str) -> str:
    """Whether two sets of countries have one in common."""
    return f"({mask} & {other}) <> {NO_BITS}"


def side_sql(side: Side, name: str) -> SideSql:
    """`name` keeps the parameters of several sides apart."""
    every = side.always | {member.country for member in side.dated}
    params: dict[str, Any] = {f"{name}_always": sorted(side.always), f"{name}_every": sorted(every)}
    members, maybe = f"%({name}_always)s::varchar[]", NO_COUNTRY
    mask, maybe_mask = as_mask(f"{name}_always"), NO_BITS
    for number, (country, first, last) in enumerate(stays(side)):
        key = f"{name}_{number}"
        params |= {f"{key}_c": [country], f"{key}_a": first, f"{key}_b": last}
        code, bit = f"%({key}_c)s::varchar[]", as_mask(f"{key}_c")
        inside = f"f.date_first >= %({key}_a)s::date AND f.date_last <= %({key}_b)s::date"
        outside = f"f.date_last < %({key}_a)s::date OR f.date_first > %({key}_b)s::date"
        sure = f"coalesce({inside}, false) OR coalesce({outside}, false)"
        members += f" || CASE WHEN {inside} THEN {code} ELSE {NO_COUNTRY} END"
        maybe += f" || CASE WHEN {sure} THEN {NO_COUNTRY} ELSE {code} END"
        mask += f" | CASE WHEN {inside} THEN {bit} ELSE {NO_BITS} END"
        maybe_mask += f" | CASE WHEN {sure} THEN {NO_BITS} ELSE {bit} END"
    return SideSql(
        f"({members})", f"({maybe})", f"({mask})", f"({maybe_mask})", f"{name}_every", params
    )


def stays(side: Side) -> list[tuple[str, date, date]]:
    """Dated memberships with open ends closed far away, stays that touch made one."""
    merged: list[tuple[str, date, date]] = []
    for member in side.dated:
        first, last = member.first or date.min, member.last or date.max
        if merged and merged[-1][0] == member.country:
            _, begun, ended = merged[-1]
            if first.toordinal() <= ended.toordinal() + 1:
                merged[-1] = (member.country, begun, max(ended, last))
                continue
        merged.append((member.country, first, last))
    return merged


def parts_column(query: FlowQuery) -> str:
    return "f.ultimate_parts" if query.attribution == "ultimate" else "f.hq_parts"


def countries_column(query: FlowQuery) -> str:
    return "f.ultimate" if query.attribution == "ultimate" else "f.hq"


def place_sql(query: FlowQuery) -> Sql:
    """The place of a row `f` of facts or of cells as an expression, NULL where it has none.

    `where` holds it and, before it, what a row with a place must meet, for the sake of indexes.
    """
    investors = side_sql(query.investor_side, "investor")
    targets = side_sql(query.target_side, "target")
    first, last = query.window
    sql = Sql(params=investors.params | targets.params | {"first": first, "last": last})
    within, overlaps = "true", "true"
    if first or last:
        within = (
            "(f.date_first >= coalesce(%(first)s::date, '-infinity')"
            " AND f.date_last <= coalesce(%(last)s::date, 'infinity'))"
        )
        overlaps = (
            "(f.date_last >= coalesce(%(first)s::date, '-infinity')"
            " AND f.date_first <= coalesce(%(last)s::date, 'infinity'))"
        )
    for condition in _needed(query, targets.every):
        sql.add(condition)
    name = "ultimate" if query.attribution == "ultimate" else "hq"
    mask = f"f.{name}_mask"
    undated = "f.date_first IS NULL" if first or last else "false"
    to_target = "true" if not query.target else f"f.target_country = ANY({targets.members})"
    from_investor = "true" if not query.investor else meets(mask, investors.mask)
    unknown_target = "false" if not query.target else "f.target_country IS NULL"
    sql.add(f"""CASE
        WHEN {unknown_target} THEN CASE WHEN {within} THEN 'unknown_target' END
        WHEN NOT ({to_target}) AND NOT (f.target_country = ANY({targets.maybe})) THEN NULL
        WHEN {undated} THEN 'undated'
        WHEN NOT {within} THEN CASE WHEN {overlaps} THEN 'too_coarse' END
        WHEN NOT ({to_target}) THEN 'too_coarse'
        WHEN {from_investor} THEN 'flow'
        WHEN {meets(mask, investors.maybe_mask)} THEN 'too_coarse'
        WHEN f.{name}_unknown THEN 'unknown'
        WHEN ({mask} & ~{targets.mask}) = {NO_BITS} THEN 'target_side_only'
        ELSE 'other_foreign_only' END""")
    return sql


def placed(query: FlowQuery, scope: Scope, *, flow_only: bool = False) -> Sql:
    """Every fact row that passes the filters, with its `place` and the sides it was held to.

    Places are those of `COUNTED` and `BESIDE`; rows without a place are left out, and where only
    the flow is wanted others may be. The text is a complete subquery; `where` is empty.
    """
    sql = filters(query, scope)
    held = place_sql(query)
    *needed, place = held.where
    sql.params |= held.params
    if flow_only and (pairs := legs(query)):
        # Alone, since the planner takes the other index where it can; a subquery, since it would
        # guess that so many pairs are a large part of all.
        pairs_given = "(SELECT %(legs)s::int[])"
        sql.add(f"{LEGS} && {pairs_given}", legs=pairs)
    else:
        for condition in needed:
            sql.add(condition)
    # Anyone means every country; an empty list would mean nobody, and a band of nothing.
    members = side_sql(query.investor_side, "investor").members
    text = (
        f"SELECT f.*, {place} AS place, {members if query.investor else countries_column(query)}"
        f" AS investor_members, {parts_column(query)} AS parts,"
        f" {PER_UNIT[query.currency]} AS per_unit"
        f" FROM deals_dealfact f WHERE {sql.text()}"
    )
    return Sql(where=[f"SELECT * FROM ({text}) p WHERE place IS NOT NULL"], params=sql.params)


def _needed(query: FlowQuery, countries: str) -> Iterable[str]:
    """What every row with a place meets, in the words of the index by target and days."""
    first, last = query.window
    days = " AND ".join(
        condition
        for edge, condition in (
            (first, "f.date_last >= %(first)s::date"),
            (last, "f.date_first <= %(last)s::date"),
        )
        if edge
    )
    undated = "f.date_first IS NULL AND f.date_last IS NULL"
    if not query.target:
        return [f"({days} OR {undated})"] if days else []
    among = f"f.target_country = ANY(%({countries})s::varchar[])"
    unknown = "f.target_country IS NULL"
    if not days:
        return [f"({among} OR {unknown})"]
    return [f"({among} AND {days} OR {among} AND {undated} OR {unknown} AND {days})"]


# Numbers of `deals_year_legs` (migration 0006): countries × 128 + year, or 0 there for any year.
LEGS = "deals_year_legs(f.hq, f.ultimate, f.target_country, f.date_first)"
YEARS, FIRST_YEAR = 128, 1950
MOST_LEGS = 20_000


def legs(query: FlowQuery) -> list[int]:
    """Numbers of countries and years, one of which each deal of the flow has.

    Empty where the sides overlap, since deals inside a country have none, or are not both given.
    """
    investors, targets = (
        side.always | {member.country for member in side.dated}
        for side in (query.investor_side, query.target_side)
    )
    if investors & targets:
        return []
    pairs = [_bit(one) * BITS + _bit(other) for one in investors for other in targets]
    first, last = query.window
    years = range(0, 1)
    if first and last:
        years = range(_leg_year(first), _leg_year(last) + 1)
    if len(pairs) * len(years) > MOST_LEGS:
        years = range(0, 1)
    return [pair * YEARS + year for pair in pairs for year in years]


def _leg_year(day: date) -> int:
    return min(max(day.year - FIRST_YEAR, 1), YEARS - 1)


def _bit(country: str) -> int:
    return (ord(country[0]) - 65) * 26 + ord(country[1]) - 65
