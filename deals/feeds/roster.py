"""The investors of one deal, put together from its rows."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from deals.feeds.contradiction import Contradiction
from deals.feeds.facts import Facts
from deals.feeds.investors import Investor, as_facts, check_number
from deals.feeds.profile import Profile
from deals.rules.names import normalise

PARTS = ("country", "lead", "contribution", "stake", "identifier")
# Where in a list of investors a normalised name stands.
Places = dict[str, list[int]]


def union(
    known: Sequence[Investor], places: Places, new: Sequence[Investor], profile: Profile
) -> tuple[list[Investor], Places]:
    """The list with what a row adds, and where that stands in it; `known` is left as it is.

    A file with a row an investor adds them up; in one with a row a deal the lists must agree.
    Raises Contradiction, or RuleError when they are too many.
    """
    if profile.rows == "deal":
        named = [i for i in known if i.known], [i for i in new if i.known]
        if all(named) and _names(named[0]) != _names(named[1]):
            raise Contradiction("investors", named[0], named[1])
    merged = list(known)
    added: Places = {}
    for investor in new:
        at = place(investor, merged, places, added)
        if at is None:
            added.setdefault(_key(investor), []).append(len(merged))
            merged.append(investor)
        else:
            merged[at] = _both(merged[at], investor)
    check_number(merged)
    return merged, added


def place(wanted: Investor, investors: Sequence[Investor], *places: Places) -> int | None:
    """Where an investor stands in the list of a deal; by its name, as lists may be long."""
    named = (at for known in places for at in known.get(_key(wanted), ()))
    return next((at for at in named if _agree(investors[at], wanted)), None)


def places_of(investors: Sequence[Investor]) -> Places:
    """An index of a list of investors."""
    places: Places = {}
    for at, investor in enumerate(investors):
        places.setdefault(_key(investor), []).append(at)
    return places


def names_of(listed: Sequence[Sequence[Any]]) -> set[str]:
    """The normalised names of investors as they stand in facts; none unless each is named, once."""
    names = {normalise(investor[0]) for investor in listed if investor[0]}
    return names if len(names) == len(listed) else set()


def from_facts(facts: Facts) -> list[Investor]:
    """The investors of a row or deal, from its facts."""
    ids = facts["ids"]["investors"]
    return [
        Investor(
            name=name,
            country=country,
            basis=basis,
            lead=lead,
            contribution=contribution and Decimal(contribution),
            stake=stake and Decimal(stake),
            identifier=identifier,
        )
        for (name, country, basis, lead, contribution, stake), identifier in zip(
            facts["investors"], ids, strict=True
        )
    ]


def to_facts(investors: Sequence[Investor], target_id: str, *, partial: bool) -> Facts:
    """The facts of a deal that its investors decide. Unknown ones alone are no list at all."""
    known = [investor for investor in investors if investor.known]
    partial = partial or len(known) < len(investors) or any(not i.name for i in known)
    listed = list(investors) if known else []
    return {
        "investors": [as_facts(investor) for investor in listed],
        "investor_list": ("partial" if partial else "complete") if known else "none",
        "ids": {"target": target_id, "investors": [i.identifier for i in listed]},
    }


def _key(investor: Investor) -> str:
    return normalise(investor.name) if investor.name else ""


def _names(investors: Iterable[Investor]) -> set[tuple[str, str | None]]:
    return {(_key(i), i.country) for i in investors}


def _agree(one: Investor, other: Investor) -> bool:
    """Of one name they are the same, unless both rows state countries and these differ."""
    if one.country == other.country:
        return True
    return bool(one.name) and (one.country is None or other.country is None)


def _both(one: Investor, other: Investor) -> Investor:
    values: dict[str, Any] = {}
    for name in PARTS:
        there, here = getattr(one, name), getattr(other, name)
        if there not in (None, "") and here not in (None, "") and there != here:
            raise Contradiction(name, there, here)
        values[name] = here if there in (None, "") else there
    basis = one.basis if one.country else other.basis
    return replace(one, basis=basis, currency=one.currency or other.currency, **values)
