"""Whether a question means only whole regions, as far as any region tells countries apart.

Cells of regions (`deals.models.rollup.RegionCell`) write each country as the first one of its line
here. So a side that has either all of a line on the same days or nothing of it finds there what it
finds in cells of countries: one of its countries among a deal's, or none but its own.
"""

from itertools import chain

from deals.flows.query import FlowQuery
from deals.rules.regions import Side, side

# Countries that belong to the same regions on the same days; migration 0018 has the same lines.
TOGETHER = (
    "AT,FI,SE", "BE,DE,DK,ES,FR,GR,IE,IT,LU,NL,PT", "BG,RO", "CA", "CH,NO", "CN",
    "CY,CZ,EE,HU,LT,LV,MT,PL,SI,SK", "GB", "HK,MO", "HR", "IS,LI", "TW", "US",
)  # fmt: skip
LINES = tuple(tuple(line.split(",")) for line in TOGETHER)
KNOWN = frozenset(chain.from_iterable(LINES))
FIRST = frozenset(line[0] for line in LINES)


def are_whole(one: Side) -> bool:
    """Whether the side is made of whole lines, each of one stay."""
    days: dict[str, set[object]] = {country: {None} for country in one.always}
    for member in one.dated:
        days.setdefault(member.country, set()).add((member.first, member.last))
    return days.keys() <= KNOWN and all(
        days.get(country) == days.get(line[0]) for line in LINES for country in line
    )


def are_alone(one: Side) -> bool:
    """Whether each country of the side is a line of its own, so that its rows are of it alone."""
    return bool(one.codes) and not one.dated and all((code,) in LINES for code in one.always)


def shortened(query: FlowQuery) -> FlowQuery:
    """The question by the first country of each line, where no side depends on days: what is
    asked of each row of regions is then short, too."""
    return query.but(investor=_first(query.investor), target=_first(query.target))


def _first(codes: tuple[str, ...]) -> tuple[str, ...]:
    one = side(codes)
    return codes if one.dated else tuple(sorted(one.always & FIRST))
