"""A question as SQL over `deals_dealfact f`: which rows are meant, and each row's place.

Every fragment is fixed text with named parameters; nothing that a reader sends becomes SQL.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from deals.flows.alternatives import alternatives
from deals.flows.legs import IN_YEARS, LEGS, in_years
from deals.flows.query import ALL, EVER_COMPLETED, FlowQuery
from deals.flows.scope import Scope
from deals.flows.sides import NO_BITS, SideSql, meets, side_sql

# The places that make up N; `flow` among them is n.
COUNTED = ("flow", "target_side_only", "other_foreign_only", "unknown")
# Printed beside N, never in it.
BESIDE = ("too_coarse", "undated", "unknown_target")
# The year of a row `f`; NULL where its date is unknown or spans years. Not by extract(), which is
# three times as slow.
YEAR = (
    "CASE WHEN date_part('year', f.date_first) = date_part('year', f.date_last)"
    " THEN date_part('year', f.date_first)::int END"
)
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
    """Live rows, or those that were live at the point asked for (`%(seq)s`), or ever."""
    if scope.ever:
        return f"{alias}.published_seq IS NOT NULL"
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
        sql.add(f"f.deal_id NOT IN ({umbrellas(scope)})")
    return sql


def umbrellas(scope: Scope) -> str:
    """Deals that have parts in the register; needs `%(seq)s`."""
    return (
        "SELECT part.part_of_id FROM deals_dealfact part WHERE part.part_of_id IS NOT NULL"
        f" AND {in_ledger('part', replace(scope, ever=False))}"
    )


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
    # Apart, and alone where nothing else is asked: the indexes have it before the days.
    either = ["f.ever_completed"] if EVER_COMPLETED in words else []
    if named := [word for word in words if word != EVER_COMPLETED]:
        either.append("f.status = ANY(%(status)s::varchar[])")
        sql.params["status"] = named
    sql.add(f"({' OR '.join(either)})")


def _amount(sql: Sql, query: FlowQuery) -> None:
    """A range passes when all of it lies inside; an undisclosed amount passes neither bound."""
    rate = PER_UNIT[query.currency]
    if query.min_amount is not None:
        sql.add(f"round(f.amount_low * {rate}, 2) >= %(min_amount)s", min_amount=query.min_amount)
    if query.max_amount is not None:
        sql.add(f"round(f.amount_high * {rate}, 2) <= %(max_amount)s", max_amount=query.max_amount)


def parts_column(query: FlowQuery) -> str:
    return "f.ultimate_parts" if query.attribution == "ultimate" else "f.hq_parts"


def countries_column(query: FlowQuery) -> str:
    return "f.ultimate" if query.attribution == "ultimate" else "f.hq"


@dataclass(frozen=True, slots=True)
class _Held:
    """A row `f` of facts or of cells held against both sides and the window, as conditions."""

    investors: SideSql
    targets: SideSql
    mask: str
    within: str
    overlaps: str
    undated: str
    to_target: str
    from_investor: str
    params: dict[str, Any]


def _held(query: FlowQuery) -> _Held:
    investors = side_sql(query.investor_side, "investor")
    targets = side_sql(query.target_side, "target")
    first, last = query.window
    within, overlaps, undated = "true", "true", "false"
    if first or last:
        undated = "f.date_first IS NULL"
        within = (
            "(f.date_first >= coalesce(%(first)s::date, '-infinity')"
            " AND f.date_last <= coalesce(%(last)s::date, 'infinity'))"
        )
        overlaps = (
            "(f.date_last >= coalesce(%(first)s::date, '-infinity')"
            " AND f.date_first <= coalesce(%(last)s::date, 'infinity'))"
        )
    mask = "f.ultimate_mask" if query.attribution == "ultimate" else "f.hq_mask"
    return _Held(
        investors,
        targets,
        mask,
        within,
        overlaps,
        undated,
        "true" if not query.target else f"f.target_country = ANY({targets.members})",
        "true" if not query.investor else meets(mask, investors.mask),
        investors.params | targets.params | {"first": first, "last": last},
    )


def place_sql(query: FlowQuery) -> Sql:
    """The place of a row `f` of facts or of cells as an expression, NULL where it has none.

    `where` holds it and, before it, what a row with a place must meet, for the sake of indexes.
    """
    held = _held(query)
    sql = Sql(params=held.params)
    if needed := alternatives(query, held.targets.every):
        sql.add(f"({' OR '.join(needed)})")
    sql.add(f"CASE {' '.join(_places(query, held))} END")
    return sql


def _places(query: FlowQuery, held: _Held) -> list[str]:
    """The cases of a place, in the order that decides. What cannot happen is not looked for in
    every row: a side whose countries always belong to it leaves no doubt."""
    mask, targets, investors = held.mask, held.targets, held.investors
    cases = []
    if query.target:
        cases += [f"WHEN f.target_country IS NULL THEN CASE WHEN {held.within}"
                  " THEN 'unknown_target' END"]  # fmt: skip
    outside = f"NOT ({held.to_target})"
    if query.target_side.dated:
        cases += [f"WHEN {outside} AND NOT (f.target_country = ANY({targets.maybe})) THEN NULL"]
    if held.within != "true":
        cases += [
            f"WHEN {held.undated} THEN 'undated'",
            f"WHEN NOT {held.within} THEN CASE WHEN {held.overlaps} THEN 'too_coarse' END",
        ]
    if query.target_side.dated:
        cases += [f"WHEN {outside} THEN 'too_coarse'"]
    cases += [f"WHEN {held.from_investor} THEN 'flow'"]
    if query.investor_side.dated:
        cases += [f"WHEN {meets(mask, investors.maybe_mask)} THEN 'too_coarse'"]
    return [
        *cases,
        f"WHEN {mask.removesuffix('_mask')}_unknown THEN 'unknown'",
        f"WHEN ({mask} & ~{targets.mask}) = {NO_BITS} THEN 'target_side_only'",
        "ELSE 'other_foreign_only'",
    ]


def flow_sql(query: FlowQuery, *, by_legs: bool) -> Sql:
    """What the place `flow` means, as conditions: far cheaper than asking for a row's place.

    A row that was found by its legs has a target among those asked for, and is not to be found by
    the index by target instead; where countries belong to the side at times only it is held to.
    """
    held = _held(query)
    sql = Sql(params=held.params)
    if query.target and not by_legs:
        sql.add(f"f.target_country = ANY(%({held.targets.every})s::varchar[])")
    if query.target_side.dated:
        sql.add(held.to_target)
    for condition in (held.within, held.from_investor):
        if condition != "true":
            sql.add(condition)
    return sql


def placed(
    query: FlowQuery,
    scope: Scope,
    *,
    flow_only: bool = False,
    whole: bool = False,
    among: str = "deals_dealfact",
) -> Sql:
    """Every fact row that passes the filters, with its `place` and the sides it was held to.

    Places are those of `COUNTED` and `BESIDE`; rows without a place are left out, and with
    `flow_only` those of every other place. Who reads the `whole` result has each place worked out
    once; others leave the planner free to look for some of its rows only. `among` may be a subquery
    of the few facts to look at, whose parameters are the caller's. The text is a complete subquery;
    `where` is empty.
    """
    sql = filters(query, scope)
    place, source = "'flow'::text", f"{among} f"
    if flow_only:
        found = in_years(query) if among == "deals_dealfact" else None
        held = flow_sql(query, by_legs=bool(found))
        if found:
            source = f"{IN_YEARS} JOIN {source} ON {LEGS} && y.legs"
            sql.params |= found
    else:
        held = place_sql(query)
        *held.where, place = held.where
    for condition in held.where:
        sql.add(condition, **held.params)
    # Anyone means every country; an empty list would mean nobody, and a band of nothing.
    members = side_sql(query.investor_side, "investor").members
    text = (
        f"SELECT f.*, {place} AS place, {members if query.investor else countries_column(query)}"
        f" AS investor_members, {parts_column(query)} AS parts,"
        f" {PER_UNIT[query.currency]} AS per_unit"
        f" FROM {source} WHERE {sql.text()}"
    )
    if not flow_only:
        # Without a fence the expression is copied to wherever a place is named.
        fence = " OFFSET 0" if whole else ""
        text = f"SELECT * FROM ({text}{fence}) p WHERE place IS NOT NULL"
    elif found:
        # So few rows are found first and put in order then; whoever follows an index that is in
        # order, and looks for them there, may come to its end.
        text += " OFFSET 0"
    return Sql(where=[text], params=sql.params | held.params)
