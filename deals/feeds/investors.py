"""Who took part: from the cells of a row to investors, each with a country and its basis."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from deals.feeds.cells import translator
from deals.feeds.fields import COUNTRY_BASES
from deals.feeds.profile import Profile
from deals.rules.countries import country_code
from deals.rules.errors import RuleError, quoted
from deals.rules.names import clean_name, normalise, split_investors

T = TypeVar("T")
# More than any deal ever had: beyond it the key does not tell deals apart.
MOST_INVESTORS = 1_000
# The country ends with a sign, so that only one repeat takes the blanks behind it.
BASIS = re.compile(rf"(?P<country>.*\S|)\s+(?P<basis>{'|'.join(COUNTRY_BASES)})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Investor:
    """One investor's part as a row states it. No name is an investor whom the source does not name.

    `basis` is stated, headquarters or (without a country) unknown; `contribution` is in `currency`,
    `stake` in percent.
    """

    name: str
    country: str | None
    basis: str
    lead: bool | None = None
    contribution: Decimal | None = None
    currency: str | None = None
    stake: Decimal | None = None
    # What a supplier calls it, "scheme:value"; "" where no id is given.
    identifier: str = ""

    @property
    def known(self) -> bool:
        """Whether anything at all is known of it."""
        return bool(self.name or self.country)


def as_facts(investor: Investor) -> list[Any]:
    """An investor as it is kept and compared; money is text."""
    paid, stake = investor.contribution, investor.stake
    return [
        investor.name,
        investor.country,
        investor.basis,
        investor.lead,
        None if paid is None else format(paid, "f"),
        None if stake is None else format(stake, "f"),
    ]


UNNAMED = Investor("", None, "unknown")


def check_number(investors: Sequence[object]) -> None:
    """Raises RuleError when these are too many to be the investors of one deal."""
    if len(investors) > MOST_INVESTORS:
        raise RuleError(
            "too_many_investors",
            f"The deal has more than {MOST_INVESTORS:,} investors: check whether the key in the "
            "profile tells deals apart, and investors_separator.",
        )


class InvestorRules:
    """Readers of investor cells under one profile; each is a pure function of a cell's text."""

    def __init__(self, profile: Profile) -> None:
        self._unknown = profile.unknown
        self._separators = profile.investors_separator
        self._basis = profile.constants.get("country_basis", "stated")
        self._words = translator(profile.values.get("investor_country", ()))
        by_country = profile.values.get("investor_country", ())
        self._names = profile.investors
        if "investor_country" not in profile.columns:
            self._names += by_country
        self._constant = profile.constants.get("investor_country", "")

    def name(self, text: str) -> str:
        """A clean name, or "" for a blank."""
        return clean_name(text) if text else ""

    def one(self, name: str, country: str | None) -> Investor:
        """The investor of a row of its own."""
        code = country or self._country_of(name)
        return Investor(name, code, self._basis if code else "unknown")

    def several(self, text: str) -> tuple[Investor, ...]:
        """The investors of one cell; a name that is an unknown word is an investor not named."""
        if not text:
            return ()
        listed = split_investors(text, self._separators)
        check_number(listed)
        return tuple(self._listed(name, bracket) for name, bracket in listed)

    def _listed(self, name: str, bracket: str | None) -> Investor:
        name = "" if name.casefold() in self._unknown else name
        match = BASIS.fullmatch(bracket or "")
        text = match["country"] if match else bracket or ""
        basis = match["basis"].casefold() if match else self._basis
        word = self._words(text.strip()) if text else ""
        code = country_code(word, unknown=self._unknown) or self._country_of(name)
        return Investor(name, code, basis if code else "unknown")

    def _country_of(self, name: str) -> str | None:
        """What the profile knows about an investor whose country the file does not state."""
        for pattern, country in self._names if name else ():
            if pattern.fullmatch(name):
                return country_code(country, unknown=self._unknown)
        return country_code(self._constant)


def with_leads(
    investors: Sequence[Investor], text: str, separators: Sequence[str]
) -> tuple[Investor, ...]:
    """Mark the leads of a deal by name. Raises RuleError when a lead is not among the investors."""
    wanted = {normalise(name): name for name, _ in split_investors(text, separators)}
    missing = wanted.keys() - {normalise(i.name) for i in investors if i.name}
    if missing:
        name = next(name for key, name in wanted.items() if key in missing)
        raise RuleError(
            "lead_not_an_investor", f"{quoted(name)} leads the deal and is not among its investors."
        )
    return tuple(
        replace(i, lead=normalise(i.name) in wanted if i.name else None) for i in investors
    )


def in_parallel(
    investors: Sequence[Investor], text: str, rule: Callable[[str], T], separators: Sequence[str]
) -> list[T]:
    """Values of one cell, one an investor, in their order. Raises RuleError unless they match."""
    parts = [text]
    if len(investors) > 1:
        # A comma may stand inside a number, so it never separates numbers.
        marks = [mark for mark in separators if mark not in ",，."] or [";"]
        parts = re.split("|".join(map(re.escape, marks)), text)
    if len(parts) != len(investors):
        raise RuleError(
            "not_one_each",
            f"{quoted(text)} gives {len(parts)} value(s) for {len(investors)} investors: separate "
            "them like the investors, with nothing between two separators where one is not known.",
        )
    return [rule(part.strip()) for part in parts]
