"""Deals by country as plain values for a map of the world."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A country with deals: `text` is its number as shown, `step` its class of colour (1 to 5)."""

    code: str
    name: str
    n: int
    text: str
    step: int
    href: str
    said: str


@dataclass(frozen=True, slots=True)
class World:
    """`places` from the most deals to the fewest; `asked` are the countries of the asked-for side.

    `europe`, `asia` and `elsewhere` are the names of the parts of the map; `more` says for a number
    of countries that they are only in the table.
    """

    title: str
    description: str
    hue: str
    places: tuple[Place, ...]
    asked: frozenset[str]
    europe: str
    asia: str
    elsewhere: str
    more: Callable[[int], str]
