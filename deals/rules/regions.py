"""Regions: named sets of countries, with the dates on which countries joined and left.

The tables are deals/data/regions.csv and region_members.csv. Dates are inclusive; a blank one is
an open end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from deals.rules.countries import code_only
from deals.rules.errors import RuleError, quoted
from deals.rules.tables import read_table

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Member:
    """A country in a region, from ``first`` to ``last`` inclusive; None is an open end."""

    country: str
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Region:
    """A named set of countries with its definition and where the definition comes from."""

    code: str
    title: str
    definition: str
    source: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a question: who invests, or whose companies are invested in.

    ``codes`` is what was asked for, normalised and sorted; without codes the side is anyone.
    ``always`` are the countries in it on every day, ``dated`` those that joined or left.
    """

    codes: tuple[str, ...]
    always: frozenset[str]
    dated: tuple[Member, ...]

    def contains(self, country: str, first: date | None, last: date | None) -> bool | None:
        """Whether a country is in the side during a deal's interval of days.

        None when the interval spans a change of membership, that is, when the date is too coarse
        to say. Without dates (None, None) the interval is all of time, so a country that joined
        or left is None.
        """
        if not self.codes or country in self.always:
            return True
        stays = [member for member in self.dated if member.country == country]
        overlapping = [stay for stay in stays if _overlap(stay, first, last)]
        if not overlapping:
            return False
        return True if _cover(overlapping, first, last) else None


def _overlap(stay: Member, first: date | None, last: date | None) -> bool:
    starts_in_time = stay.first is None or last is None or stay.first <= last
    ends_in_time = stay.last is None or first is None or stay.last >= first
    return starts_in_time and ends_in_time


def _cover(stays: list[Member], first: date | None, last: date | None) -> bool:
    """Whether the stays together hold every day from ``first`` to ``last``."""
    reached = first - DAY if first and first > date.min else date.min
    for stay in sorted(stays, key=lambda stay: stay.first or date.min):
        if stay.first is not None and stay.first > reached + DAY:
            return False
        reached = max(reached, stay.last or date.max)
        if reached >= (last or date.max):
            return True
    return False


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _regions() -> dict[str, Region]:
    members: dict[str, list[Member]] = {}
    for row in read_table("region_members"):
        member = Member(row["country"], _day(row["from"]), _day(row["to"]))
        members.setdefault(row["region"], []).append(member)
    return {
        row["region"]: Region(
            row["region"],
            row["title"],
            row["definition"],
            row["source"],
            tuple(members[row["region"]]),
        )
        for row in read_table("regions")
    }


REGIONS: dict[str, Region] = _regions()


def side(codes: str | Iterable[str]) -> Side:
    """The side that region codes and country codes name together: "europe,US", ["eu", "GB"].

    Codes may be in any case; blanks between commas are ignored; "" is anyone. Raises RuleError
    "unknown_region" for a code that is neither a region nor an ISO 3166-1 code.
    """
    return _written(tuple(codes.split(",") if isinstance(codes, str) else codes))


def _code(text: str) -> str:
    if (region := text.strip().casefold()) in REGIONS:
        return region
    if (country := code_only(text)) is not None:
        return country
    raise RuleError(
        "unknown_region",
        f"{quoted(text)} is neither a region nor a country code. Regions are "
        f"{', '.join(REGIONS)}; countries are two-letter ISO 3166 codes such as DE or CN.",
    )


@lru_cache(maxsize=1024)
def _written(texts: tuple[str, ...]) -> Side:
    """Kept, since counting deal by deal asks for the sides of a question again and again."""
    return _side(tuple(sorted({_code(text) for text in texts if text.strip()})))


@lru_cache(maxsize=1024)
def _side(codes: tuple[str, ...]) -> Side:
    members = {member for code in codes for member in _members(code)}
    always = frozenset(m.country for m in members if m.first is None and m.last is None)
    dated = {member for member in members if member.country not in always}
    return Side(
        codes,
        always,
        tuple(sorted(dated, key=lambda m: (m.country, m.first or date.min, m.last or date.max))),
    )


def _members(code: str) -> tuple[Member, ...]:
    return REGIONS[code].members if code in REGIONS else (Member(code, None, None),)


def swap_china(side: Side, with_hk_mo: bool) -> Side | None:
    """The same side with, or without, Hong Kong and Macao beside mainland China.

    None when there is nothing to swap: the side has no mainland China, or it already has (or
    lacks) both. Taiwan and all other countries stay as they are.
    """
    sars = {"HK", "MO"} & side.always
    if "CN" not in side.always or len(sars) == (2 if with_hk_mo else 0):
        return None
    kept = {
        code
        for asked in side.codes
        for code in (_countries(asked) if _countries(asked) & {"CN", "HK", "MO"} else {asked})
    }
    kept -= {"CN", "HK", "MO"}
    return _side(tuple(sorted(kept | ({"china-hk-mo"} if with_hk_mo else {"CN"}))))


def _countries(code: str) -> set[str]:
    return {member.country for member in _members(code)}
