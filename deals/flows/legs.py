"""Finding the few deals that cross a border, by pairs of countries and years.

`deals_year_legs` (migration 0006) gives every deal numbers, and an index finds deals by them: pair
of countries × 128 + year of its first day, or 0 there for any year.
"""

from datetime import date

from deals.flows.query import FlowQuery
from deals.models.masks import BITS

LEGS = "deals_year_legs(f.hq, f.ultimate, f.target_country, f.date_first)"
YEARS, FIRST_YEAR = 128, 1950
MOST_LEGS = 20_000
# The index compares each deal that it finds with all numbers it is asked for, so it is asked for
# one year after the other. A deal has one first day, so no deal is found twice.
IN_YEARS = """
(SELECT array_agg(pair + year) AS legs
 FROM unnest(%(pairs)s::int[]) pair, generate_series(%(first_leg)s::int, %(last_leg)s::int) year
 GROUP BY year) y
"""


def pairs(query: FlowQuery) -> list[int]:
    """The number of each pair of countries of the two sides, for any year.

    Empty where the sides overlap, since deals inside a country have none, or are not both given.
    """
    investors, targets = (
        side.always | {member.country for member in side.dated}
        for side in (query.investor_side, query.target_side)
    )
    if investors & targets:
        return []
    return [(_bit(one) * BITS + _bit(other)) * YEARS for one in investors for other in targets]


def years(query: FlowQuery) -> range:
    """The years of the question's window as they stand in a leg; only 0 where all are meant."""
    first, last = query.window
    if not (first and last):
        return range(0, 1)
    found = range(_leg_year(first), _leg_year(last) + 1)
    return found if len(pairs(query)) * len(found) <= MOST_LEGS else range(0, 1)


def legs(query: FlowQuery) -> list[int]:
    """Numbers of countries and years, one of which each deal of the flow has."""
    return [pair + year for pair in pairs(query) for year in years(query)]


def in_years(query: FlowQuery) -> dict[str, object] | None:
    """The parameters of `IN_YEARS`; None where no deal of the flow need have a leg."""
    found = pairs(query)
    if not found:
        return None
    asked = years(query)
    return {"pairs": found, "first_leg": asked[0], "last_leg": asked[-1]}


def _leg_year(day: date) -> int:
    return min(max(day.year - FIRST_YEAR, 1), YEARS - 1)


def _bit(country: str) -> int:
    return (ord(country[0]) - 65) * 26 + ord(country[1]) - 65
