"""Which flows between Europe and China a deal is in, and which it leaves or enters by a change.

By both ways to attribute an investor (rules 13 and 14), and with and without Hong Kong and Macao
(rule 11); membership of regions is that of the deal's date (rule 12).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from deals.models.bundles import Bundle
from deals.rules.regions import Side, side

WAYS = (("europe", "china"), ("china", "europe"))
HEADQUARTERS, ULTIMATE = "headquarters", "ultimate"
_EUROPE = side("europe")
_CHINA = {False: side("CN"), True: side("china-hk-mo")}


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow: `way` is from and to, `by` how the investor's country was found, `wide` with Hong
    Kong and Macao on China's side."""

    way: tuple[str, str]
    by: str
    wide: bool


@dataclass(frozen=True, slots=True)
class Places:
    """What a deal says of countries: its target's, and its investors' by both attributions."""

    target: str | None
    investors: frozenset[str]
    owners: frozenset[str]
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Flip:
    """The flows that a deal enters and leaves, in order of `WAYS`."""

    entered: tuple[Flow, ...]
    left: tuple[Flow, ...]

    def by(self, attribution: str) -> bool:
        """Whether it enters or leaves a flow under one attribution."""
        return any(flow.by == attribution for flow in (*self.entered, *self.left))


def places_of(bundle: Bundle) -> Places:
    """The countries of a version."""
    parts = bundle.participations
    return Places(
        bundle.version["target_country"],
        frozenset(part["country"] for part in parts if part["country"]),
        frozenset(country for part in parts for country in part["ultimate"]),
        bundle.version["date_first"],
        bundle.version["date_last"],
    )


def flows(places: Places) -> list[Flow]:
    """Every flow that the deal is in."""
    return [
        Flow(way, by, wide)
        for way in WAYS
        for by, countries in ((HEADQUARTERS, places.investors), (ULTIMATE, places.owners))
        for wide in (False, True)
        if _is_in(way, countries, wide, places)
    ]


def flip(before: Places, after: Places) -> Flip:
    """What a change of countries does to a deal."""
    was, will_be = flows(before), flows(after)
    return Flip(
        entered=tuple(flow for flow in will_be if flow not in was),
        left=tuple(flow for flow in was if flow not in will_be),
    )


def _is_in(way: tuple[str, str], countries: Iterable[str], wide: bool, places: Places) -> bool:
    investor, target = (_EUROPE if end == "europe" else _CHINA[wide] for end in way)
    if places.target is None or not _holds(target, places.target, places):
        return False
    return any(_holds(investor, country, places) for country in countries)


def _holds(region: Side, country: str, places: Places) -> bool:
    return region.contains(country, places.first, places.last) is True
