"""Deals of a flow in groups, each with its count and band; one statement a question.

A deal can be in several groups (two investor countries, three sectors). Such a grouping also holds
each deal once, under a key of None, so that a whole is never the sum of parts that overlap.

The deals of a flow are few and those of N many, so only the flow is read from whole facts; N comes
from the cells of added-up facts, or from the narrow rows of an index where cells do not know it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from deals.flows.conditions import COUNTED, Sql, countries_column, placed
from deals.flows.cube import BAND, FIRST_MONEY, STATED, SUMMED, SUMS, Cell, Cube
from deals.flows.legs import pairs
from deals.flows.narrow import narrow
from deals.flows.query import FlowQuery
from deals.flows.rollup import covers, placed_cells
from deals.flows.scope import Scope

Keys = tuple[Any, ...]
MONEY = SUMMED[FIRST_MONEY:]
COUNTS = SUMMED[1:FIRST_MONEY]
# As wide as `SUMS`, for rows that only count.
NO_SUMS = ", ".join([*["0"] * len(COUNTS), *["NULL::numeric"] * len(MONEY)])

# Columns of a fact that groupings and bands read; a row of facts is four times as wide.
BASE = """
base AS (
    SELECT p.deal_id, p.place, p.kind, p.investor_list, p.investor_members, p.parts, p.investors,
        p.contributions, p.amount_state, p.amount_low, p.amount_mid, p.amount_high, p.per_unit,
        p.rate_provisional, p.date_first, p.date_last, p.target_id, p.target_country, p.sectors,
        p.round_type, p.{countries} AS countries
    FROM ({placed}) p
)"""
# One row a deal of the flow and group; BAND reads it under this name.
IN_GROUPS = """
placed AS (
    SELECT f.place, f.kind, f.investor_list, f.contributions, f.amount_state, f.amount_low,
        f.amount_mid, f.amount_high, f.per_unit, f.rate_provisional, f.date_first, f.date_last,
        {held} AS investor_members, {parts} AS parts, {keys}
    FROM base f {groups}
    WHERE f.place = 'flow'
)"""


@dataclass(frozen=True, slots=True)
class Grouping:
    """How deals fall into groups, as fixed SQL over `base f`.

    `keys` are expressions, one a key, over the join `groups`, which gives a row for each group of a
    deal and, unless each deal has just one, a row with NULL for the deal itself. `held` are the
    countries whose investors' money the row means, among its `parts`; without `bands` no money is
    added up. `N_keys` over the join `N_groups` are the keys of the counted deals, None where all
    groups are held against the whole; `in_cells` says that cells have them.
    """

    keys: tuple[str, ...]
    groups: str = ""
    held: str = "f.investor_members"
    parts: str = "f.parts"
    bands: bool = True
    N_keys: tuple[str, ...] | None = None
    N_groups: str = ""
    in_cells: bool = False

    @property
    def columns(self) -> str:
        return ", ".join(f"k{number}" for number in range(len(self.keys)))


@dataclass(slots=True)
class Grouped:
    """Cubes of the flow by key, N by key, and how many deals are in each place."""

    cubes: dict[Keys, Cube] = field(default_factory=dict)
    N: dict[Keys, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)

    @property
    def total_n(self) -> int:
        return self.places.get("flow", 0)

    @property
    def total_N(self) -> int:
        return sum(self.places.get(place, 0) for place in COUNTED)

    def n(self, *keys: Any) -> int:
        cube = self.cubes.get(keys)
        return cube.count() if cube else 0

    def together(self, keep: Callable[[Keys], bool]) -> Cube:
        """Groups as one cube; only of groups that share no deal."""
        chosen = [cube for keys, cube in self.cubes.items() if keep(keys)]
        return Cube(tuple(cell for cube in chosen for cell in cube.cells))


def tables(query: FlowQuery, scope: Scope, grouping: Grouping) -> Sql:
    """Common table expressions, to be selected from.

    `base` has a row a deal, `valued` a row a deal of the flow and group, and `counted` everything
    with a place, of which `deals` are added up.
    """
    apart, by_country = bool(pairs(query)), grouping.N_keys is not None
    sql = placed(query, scope, flow_only=apart, whole=True)
    counted = "SELECT *, 1 AS deals FROM base"
    if apart:
        in_cells = covers(query, scope) and (grouping.N_keys is None or grouping.in_cells)
        if in_cells:
            others = placed_cells(query, scope, by_country=by_country)
            counted = others.text()
        else:
            others = narrow(query, scope)
            counted = f"SELECT c.*, 1 AS deals FROM ({others.text()}) c"
        sql.params |= others.params
    countries = countries_column(query).removeprefix("f.")
    keys = ", ".join(f"{key} AS k{number}" for number, key in enumerate(grouping.keys))
    held, parts, groups = grouping.held, grouping.parts, grouping.groups
    every = [
        BASE.format(countries=countries, placed=sql.text()),
        IN_GROUPS.format(held=held, parts=parts, keys=keys, groups=groups),
        f"valued AS ({BAND}{STATED})",
        f"counted AS ({counted})",
    ]
    return Sql([f"WITH {', '.join(every)}"], sql.params | {"counted": list(COUNTED)})


def grouped(query: FlowQuery, scope: Scope, grouping: Grouping) -> Grouped:
    """Ask the database once."""
    sql = tables(query, scope, grouping)
    found = Grouped()
    width = len(grouping.keys)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql.text()} {_branches(grouping)}", sql.params)
        for part, *row in cursor:
            keys, sums = tuple(row[:width]), row[width:]
            if part == "cell":
                found.cubes[keys] = Cube((cell_of(sums),))
            # A cell that was emptied stays with a count of 0 until it is tidied away.
            elif sums[0] and part == "N":
                found.N[keys] = sums[0]
            elif sums[0]:
                found.places[part] = sums[0]
    return found


def cell_of(sums: list[Any]) -> Cell:
    """A cell of the flow from the columns of `SUMS`."""
    return Cell(year=None, kind="", place="flow", **dict(zip(SUMMED, sums, strict=True)))


PLACES = "SELECT place, sum(deals)::bigint AS deals FROM counted GROUP BY place"


def _branches(grouping: Grouping) -> str:
    keys = grouping.columns
    no_keys = ", ".join(["NULL"] * len(grouping.keys))
    sums = f"{SUMS} FROM valued" if grouping.bands else f"count(*), {NO_SUMS} FROM placed"
    branches = [f"SELECT 'cell', {keys}, {sums} f GROUP BY {keys}"]
    if grouping.N_keys is not None:
        positions = ", ".join(str(2 + number) for number in range(len(grouping.N_keys)))
        branches.append(
            f"SELECT 'N', {', '.join(grouping.N_keys)}, sum(f.deals)::bigint, {NO_SUMS}"
            f" FROM counted f {grouping.N_groups}"
            f" WHERE f.place = ANY(%(counted)s) GROUP BY {positions}"
        )
    branches.append(f"SELECT place, {no_keys}, deals, {NO_SUMS} FROM ({PLACES}) p")
    return " UNION ALL ".join(f"({branch})" for branch in branches)
