"""One pass over the facts: counts and value bands by year, kind and place, to be added up.

Each deal is in exactly one cell, so sums over cells stay counts of distinct deals (rule 1), and
values are added only within one kind (rule 5).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.db import connection

from deals.flows.conditions import YEAR, Sql, placed
from deals.flows.legs import pairs
from deals.flows.narrow import narrow
from deals.flows.query import FlowQuery
from deals.flows.rollup import compared, covers, placed_cells
from deals.flows.scope import Scope

ZERO = Decimal(0)


def stated(members: str = "f.investor_members") -> str:
    """Per deal of the flow, in the deal's own currency: stated contributions S and Sx, investors
    without one u and ux (rule 5). `members` are the countries of X.
    """
    return f"""
LEFT JOIN LATERAL (
    SELECT coalesce(sum(c), 0) AS s, coalesce(sum(c) FILTER (WHERE x), 0) AS sx,
           count(*) FILTER (WHERE c IS NULL) AS u, count(*) FILTER (WHERE c IS NULL AND x) AS ux
    FROM (
        SELECT t.c, {_in("t.p", members)} AS x
        FROM (SELECT unnest(f.parts) AS p, unnest(f.contributions) AS c) t
        -- Said here, too: otherwise the parts of all deals are added up, and then left out. Where
        -- nothing was stated there is nothing to add up.
        WHERE f.place = 'flow' AND (f.amount_state <> 'undisclosed'
                                    OR cardinality(array_remove(f.contributions, NULL)) > 0)
    ) z
) b ON f.place = 'flow'
"""


def _in(part: str, members: str) -> str:
    """Whether a part, one country or several joined by "+", is among the members."""
    return f"""CASE WHEN strpos({part}, '+') = 0 THEN {part} = ANY({members})
        ELSE string_to_array({part}, '+')::varchar[] && {members} END"""


STATED = stated()
BAND = f"""
SELECT f.*, b.sx,
    round(b.sx + CASE WHEN f.investor_list = 'complete' AND b.u > 0 AND b.ux = b.u
                      THEN greatest(f.amount_low - b.s, 0) ELSE 0 END, 2) AS low,
    round(b.sx + CASE WHEN b.u > 0 THEN greatest(f.amount_mid - b.s, 0) * b.ux / b.u ELSE 0 END, 2)
        AS split,
    f.amount_state IN ('exact', 'approximate') AS single,
    {YEAR} AS year
FROM placed f
"""
# What is added up over the deals of a cell, in the order of the fields of `Cell`.
SUMS = """count(*) AS deals,
    count(*) FILTER (WHERE investor_list = 'partial') AS partial,
    count(*) FILTER (WHERE single) AS disclosed,
    count(*) FILTER (WHERE amount_state = 'range') AS ranges,
    count(*) FILTER (WHERE amount_state = 'undisclosed' AND sx > 0) AS at_least,
    count(*) FILTER (WHERE (amount_state <> 'undisclosed' OR sx > 0) AND per_unit IS NULL)
        AS not_convertible,
    count(*) FILTER (WHERE rate_provisional) AS rate_provisional,
    count(*) FILTER (WHERE date_first IS NULL) AS undated,
    sum(round(amount_low * per_unit, 2)) FILTER (WHERE single) AS total,
    sum(round(CASE WHEN single THEN low ELSE sx END * per_unit, 2))
        FILTER (WHERE single OR amount_state = 'undisclosed' AND sx > 0) AS low,
    sum(round(CASE WHEN single THEN split ELSE sx END * per_unit, 2))
        FILTER (WHERE single OR amount_state = 'undisclosed' AND sx > 0) AS split,
    sum(round(CASE WHEN single THEN amount_low ELSE sx END * per_unit, 2))
        FILTER (WHERE place = 'flow' AND (single OR amount_state = 'undisclosed' AND sx > 0))
        AS high,
    sum(round(low * per_unit, 2)) FILTER (WHERE amount_state = 'range') AS range_low,
    sum(round(split * per_unit, 2)) FILTER (WHERE amount_state = 'range') AS range_split,
    sum(round(amount_high * per_unit, 2))
        FILTER (WHERE place = 'flow' AND amount_state = 'range') AS range_high
"""
CELLS = f"SELECT year, kind, place, {SUMS}"
# The same over cells of added-up facts, for deals outside the flow: these have no band.
ADDED = """sum(deals)::bigint, sum(partial)::bigint, sum(singles)::bigint, sum(ranges)::bigint,
    0::bigint, sum(unpriced_{unit})::bigint, sum(provisional)::bigint,
    coalesce(sum(deals) FILTER (WHERE date_first IS NULL), 0)::bigint,
    CASE WHEN sum(priced_{unit}) > 0 THEN sum(total_{unit}) END,
    NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric"""
# And over the narrow rows of such deals.
LOOSE = """count(*), count(*) FILTER (WHERE investor_list = 'partial'),
    count(*) FILTER (WHERE amount_state IN ('exact', 'approximate')),
    count(*) FILTER (WHERE amount_state = 'range'), 0::bigint,
    count(*) FILTER (WHERE amount_state <> 'undisclosed' AND per_unit IS NULL),
    count(*) FILTER (WHERE rate_provisional), count(*) FILTER (WHERE date_first IS NULL),
    sum(round(amount_low * per_unit, 2)) FILTER (WHERE amount_state IN ('exact', 'approximate')),
    NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric"""


# Over the deals of the flow in `placed`, of which there are the columns that bands and sides read:
# a whole row is four times as wide, and so many do not fit into memory.
FLOW = """
placed AS MATERIALIZED (
    SELECT place, kind, investor_list, amount_state, amount_low, amount_mid, amount_high, per_unit,
        rate_provisional, date_first, date_last, contributions, parts, investors, target_id,
        investor_members{masks}
    FROM ({flow}) p
)"""
COMPANIES = "SELECT count(DISTINCT target_id) FROM placed"
INVESTORS = """
    SELECT count(DISTINCT t.investor) FROM (
        SELECT unnest(parts) AS p, unnest(investors) AS investor, investor_members FROM placed
    ) t WHERE {x}
"""
# The place of the row that has these two numbers in place of counts of deals.
SIDES = "sides"


@dataclass(frozen=True, slots=True)
class Cell:
    """Deals of one year (None: undated, or a date that spans years), kind and place.

    Money is in the question's currency, and None where no deal of the cell has any: not disclosed,
    without a rate, or, for the bands, outside the flow.
    """

    year: int | None
    kind: str
    place: str
    deals: int
    partial: int
    disclosed: int
    ranges: int
    at_least: int
    not_convertible: int
    rate_provisional: int
    undated: int
    total: Decimal | None
    low: Decimal | None
    split: Decimal | None
    high: Decimal | None
    range_low: Decimal | None
    range_split: Decimal | None
    range_high: Decimal | None
    compared: tuple[int, ...] = ()


# The fields of a cell that are added up, and where among them money begins.
SUMMED = tuple(item.name for item in fields(Cell))[3:-1]
FIRST_MONEY = SUMMED.index("total")


@dataclass(frozen=True, slots=True)
class Cube:
    """All cells of one question.

    `sides` are the numbers of targets and of investors from X in the flow, each organization once;
    None where the same pass could not count them.
    """

    cells: tuple[Cell, ...]
    sides: tuple[int, int] | None = None

    def where(self, keep: Callable[[Cell], bool]) -> "Cube":
        return Cube(tuple(cell for cell in self.cells if keep(cell)))

    def at(self, *places: str) -> "Cube":
        return self.where(lambda cell: cell.place in places)

    def of_kind(self, kind: str) -> "Cube":
        return self.where(lambda cell: cell.kind == kind)

    def of_year(self, year: int | None) -> "Cube":
        return self.where(lambda cell: cell.year == year)

    def count(self, name: str = "deals") -> int:
        return sum(getattr(cell, name) for cell in self.cells)

    def money(self, name: str) -> Decimal | None:
        """A sum of what is known; None, never 0, where nothing is (rule 6)."""
        known = [value for cell in self.cells if (value := getattr(cell, name)) is not None]
        return sum(known, ZERO) if known else None

    def compared(self, position: int) -> int:
        return sum(cell.compared[position] for cell in self.cells)

    def years(self) -> list[int]:
        return sorted({cell.year for cell in self.cells if cell.year is not None})


def cube(query: FlowQuery, scope: Scope, compare: Sequence[str] = ()) -> Cube:
    """Ask the database once. `compare` adds, per code, the deals with an investor from there."""
    if pairs(query):
        text, params = _flow_apart(query, scope, compare)
    else:
        columns, params = compared(query, compare, "count(*)")
        sql = placed(query, scope, whole=True)
        text = f"{_cells(sql, columns)} GROUP BY year, kind, place"
        params |= sql.params
    plain = [item.name for item in fields(Cell)][:-1]
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        cells = [_cell(plain, row) for row in cursor]
    sides = [(cell.deals, cell.partial) for cell in cells if cell.place == SIDES]
    counted = tuple(cell for cell in cells if cell.place != SIDES)
    return Cube(counted, sides[0] if sides else None)


def _cells(sql: Sql, columns: Sequence[str]) -> str:
    selected = ", ".join([CELLS, *columns])
    return f"WITH placed AS ({sql.text()}), valued AS ({BAND}{STATED}) {selected} FROM valued f"


def _members(query: FlowQuery, alias: str) -> str:
    """The countries of X: as a constant, which is looked up by hash, unless it depends on dates."""
    held = query.investor_side
    always = bool(query.investor) and not held.dated
    return "%(investor_always)s::varchar[]" if always else f"{alias}.investor_members"


def _investors(query: FlowQuery) -> str:
    return INVESTORS.format(x=_in("t.p", _members(query, "t")))


def _sides(query: FlowQuery, compare: Sequence[str]) -> str:
    """A row as wide as a cell's, with the distinct organizations of the flow in `placed`."""
    numbers = ["0::bigint"] * FIRST_MONEY + ["NULL::numeric"] * (len(SUMMED) - FIRST_MONEY)
    rest = ", ".join([*numbers[2:], *["0::bigint" for _ in compare]])
    return f"SELECT NULL, '', '{SIDES}', ({COMPANIES}), ({_investors(query)}), {rest}"


def _flow_apart(
    query: FlowQuery, scope: Scope, compare: Sequence[str]
) -> tuple[str, dict[str, Any]]:
    """The flow from its own few facts, found by their legs; all others only counted, from cells
    where these cover the question, else from narrow rows."""
    flow = placed(query, scope, flow_only=True)
    counted, params = compared(query, compare, "count(*)")
    if covers(query, scope, compare):
        others, sums = (
            placed_cells(query, scope, compare),
            ADDED.format(unit=query.currency.lower()),
        )
        added, year = compared(query, compare, "sum(deals)")[0], "year"
    else:
        others, sums, added, year = narrow(query, scope), LOOSE, counted, f"{YEAR} AS year"
    masks = ", hq_mask, ultimate_mask" if compare else ""
    text = f"""
        WITH {FLOW.format(flow=flow.text(), masks=masks)},
            valued AS ({BAND}{stated(_members(query, "f"))})
        ({", ".join([CELLS, *counted])} FROM valued f GROUP BY year, kind, place)
        UNION ALL
        ({_sides(query, compare)})
        UNION ALL
        (SELECT {year}, kind, place, {", ".join([sums, *added])}
         FROM ({others.text()}) f WHERE place <> 'flow' GROUP BY 1, 2, 3)"""
    return text, params | flow.params | others.params


def _cell(names: list[str], row: tuple[Any, ...]) -> Cell:
    values = dict(zip(names, row, strict=False))
    return Cell(**values, compared=tuple(row[len(names) :]))


def distinct_sides(query: FlowQuery, scope: Scope) -> tuple[int, int]:
    """How many targets and how many investors from X the flow has, each organization once."""
    sql = placed(query, scope, flow_only=True)
    flow = FLOW.format(flow=sql.text(), masks="")
    text = f"WITH {flow} SELECT ({COMPANIES}), ({_investors(query)})"
    with connection.cursor() as cursor:
        cursor.execute(text, sql.params)
        companies, investors = cursor.fetchone()
    return companies, investors
