"""The invented investors and companies of the demonstration data.

Every name says that it is invented ("Demo Fund 031", "Demo Company 0412").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

# How many invented funds each country has.
FUNDS_IN_EUROPE: dict[str, int] = {
    "GB": 46, "DE": 44, "FR": 40, "CH": 16, "NL": 15, "SE": 14, "NO": 6, "FI": 9, "DK": 8,
    "ES": 12, "IT": 9, "BE": 6, "AT": 6, "IE": 5, "LU": 5, "PL": 5, "PT": 3, "EE": 3, "CZ": 3,
}  # fmt: skip
FUNDS_ELSEWHERE: dict[str, int] = {"SG": 12, "JP": 14, "KR": 8, "IL": 6, "CA": 9, "AE": 4}
FUNDS: dict[str, int] = {"CN": 380, "HK": 28, "US": 150} | FUNDS_ELSEWHERE | FUNDS_IN_EUROPE
EUROPE = tuple(FUNDS_IN_EUROPE)
ELSEWHERE = tuple(FUNDS_ELSEWHERE)

# Ladder of rounds, with the median amount in million US dollars.
STAGES: tuple[tuple[str, float], ...] = (
    ("seed", 0.9), ("pre_a", 3), ("series_a", 9), ("series_a_plus", 12), ("series_b", 26),
    ("series_b_plus", 32), ("series_c", 60), ("series_d", 120), ("series_e_plus", 220),
)  # fmt: skip
ASIDE: dict[str, float] = {"angel": 0.8, "strategic": 20, "corporate_round": 15, "venture": 8}

SECTORS: dict[str, int] = {
    "ai_software": 22, "computer_vision": 14, "autonomous_driving": 12, "robotics": 11,
    "drug_discovery": 8, "language_models": 7, "ai_chips": 7, "speech": 6, "ai_data": 5,
    "education": 4, "ai_hardware": 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Investor:
    """An invented fund; ``country`` is alpha-2, or "" where it is meant to be unknown."""

    name: str
    country: str


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a company: where it stands on the ladder, and its median in million USD."""

    company: str
    country: str
    on: date
    round_type: str
    median: float
    sectors: str


class Funds:
    """All invented funds, drawn so that a few of them invest often and most of them rarely."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._pools: dict[str, list[Investor]] = {}
        number = 0
        for country, size in FUNDS.items():
            pool = [Investor(f"Demo Fund {number + i:03d}", country)
                    for i in range(1, size + 1)]  # fmt: skip
            self._pools[country] = pool
            number += size
        self._pools[""] = [Investor(f"Demo Fund {number + i:03d}", "") for i in range(1, 26)]

    def draw(self, country: str) -> Investor:
        """One fund of the country; low numbers come up most."""
        pool = self._pools[country]
        return pool[int(len(pool) * self._rng.random() ** 1.6)]

    def draw_from(self, countries: Sequence[str]) -> Investor:
        """One fund of one of the countries, larger pools more often."""
        sizes = [FUNDS[country] for country in countries]
        return self.draw(self._rng.choices(list(countries), sizes)[0])


def companies(
    rng: Random, *, rounds: int, countries: dict[str, int], years: dict[int, int], first: int
) -> list[Round]:
    """Exactly ``rounds`` rounds of companies numbered from ``first``, each climbing the ladder.

    ``countries`` and ``years`` are weights: of the company's country, and of the year of its first
    round. Later rounds follow after 6 to 30 months and never after the last of the years.
    """
    found: list[Round] = []
    number = first
    end = date(max(years), 12, 31)
    while len(found) < rounds:
        country = rng.choices(list(countries), list(countries.values()))[0]
        found += _history(rng, f"Demo Company {number:04d}", country, _start(rng, years), end)
        number += 1
    return found[:rounds]


def _start(rng: Random, years: dict[int, int]) -> date:
    year = rng.choices(list(years), list(years.values()))[0]
    return date(year, 1, 1) + timedelta(days=rng.randrange(365))


def _history(rng: Random, name: str, country: str, on: date, end: date) -> list[Round]:
    step = rng.choices((0, 1, 2, 4), (40, 25, 25, 10))[0]
    sectors = rng.choices(list(SECTORS), list(SECTORS.values()))[0]
    if rng.random() < 0.2:
        sectors += "; robotics" if sectors != "robotics" else "; ai_hardware"
    history: list[Round] = []
    while on <= end and step < len(STAGES):
        round_type, median = STAGES[step]
        if rng.random() < 0.15:
            round_type, median = rng.choice(list(ASIDE.items()))
        history.append(Round(name, country, on, round_type, median, sectors))
        if rng.random() < 0.38:
            break
        step += rng.choices((1, 2), (70, 30))[0]
        on += timedelta(days=rng.randrange(180, 900))
    return history
