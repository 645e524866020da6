"""Outlines of countries for maps, from deals/data/world.csv.

The table has three maps: the world in the Equal Earth projection (Šavrič, Patterson and Jenny 2018)
and, larger, Europe and East Asia in Lambert's azimuthal equal-area projection; on all of them areas
compare as they do on the globe. Outlines are Natural Earth's 1:50m (public domain), simplified.
Taiwan, Hong Kong, Macao and Kosovo have their own codes, overseas parts with a code of their own
stand apart from their country, and Crimea belongs to Ukraine.
"""

from dataclasses import dataclass
from functools import cache

from deals.rules.countries import COUNTRIES
from deals.rules.tables import read_table

WORLD, EUROPE, ASIA = "world", "europe", "asia"
# Pixels that a map has at its scale of 1.
EXTENTS = {WORLD: (540, 238), EUROPE: (262, 268), ASIA: (262, 268)}
# Paths are written in whole halves of a pixel.
GRID = 0.5


@dataclass(frozen=True, slots=True)
class Shape:
    """A country on one map. `at` is where its number stands, None where most of it is off the map;
    without `path` it is too small for an outline and is a circle at `at`."""

    code: str
    at: tuple[float, float] | None
    path: str


@cache
def shapes(part: str) -> dict[str, Shape]:
    """The countries on a map by their code; "" is land that no code stands for."""
    found = {}
    for row in read_table("world"):
        if row["map"] == part:
            at = (float(row["x"]), float(row["y"])) if row["x"] else None
            found[row["code"]] = Shape(row["code"], at, row["path"])
    return found


@cache
def home(code: str) -> str:
    """The map on which a country is large enough for its number; "" when it is on none."""
    for part in (EUROPE, ASIA, WORLD):
        shape = shapes(part).get(code)
        if shape is not None and shape.at is not None:
            return part
    return ""


def not_drawn() -> frozenset[str]:
    """Countries that are on no map: Antarctica and uninhabited islands."""
    return frozenset(code for code in COUNTRIES if not home(code))
