"""Random registers in which everything happens that the rules of counting speak of."""

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from deals.models import DealVersion, Ownership
from deals.rules.counting import KINDS, STATUSES
from tests.factories import make_deals, make_organization, make_population

COUNTRIES = ("CN", "CN", "CN", "HK", "MO", "TW", "DE", "FR", "GB", "GB", "HR", "CH", "US", "JP")
# Dates around each edge that the questions draw: Croatia, Brexit, years, quarters, half years.
DATES = (
    "2013", "2013-06-30", "2013-07-01", "2013-06", "2016", "2016-12-31", "2017-01-01", "2017",
    "2017-Q2", "2018-05-13", "2019-05", "2019-12", "2020-01-31", "2020-02-01", "2020-01", "2020-02",
    "2020", "2020-Q1", ("2019-12-20", "2020-01-31"), ("2020-01-15", "2020-02-15"),
    ("2016-11-01", "2017-02-28"), "2022-12-31", "2023-01-01", "2022", "2024-03", "1998-05-04",
    "2004-03-05", None, None,
)  # fmt: skip
CURRENCIES = ("EUR", "USD", "USD", "CNY", "GBP", "TWD")
FUNDS = tuple(f"Fund {number}" for number in range(9))


def make_owners() -> None:
    """Alliance is held by two countries together, Veil by a stranger, Late since 2020.

    A state has a tenth of one of Alliance's owners, and owns Late's.
    """
    links = (
        ("Alliance", "GB", "Renard", "FR", None),
        ("Alliance", "GB", "Nihon", "JP", None),
        ("Veil", "DE", "Hidden", None, None),
        ("Late", "DE", "Dragon", "CN", date(2020, 1, 1)),
        ("Chain", "FR", "Middle", "HK", None),
        ("Middle", "HK", "Dragon", "CN", None),
    )
    for owned, country, owner, owner_country, first in links:
        Ownership.objects.create(
            owned=make_organization(owned, country),
            owner=make_organization(owner, owner_country),
            controlling=True,
            first=first,
            state_linked=owned == "Late",
        )
    Ownership.objects.create(
        owned=make_organization("Renard", "FR"),
        owner=make_organization("Ministry", "FR"),
        share=10,
        controlling=False,
        state_linked=True,
    )


OWNED = (("Alliance", "GB"), ("Veil", "DE"), ("Late", "DE"), ("Chain", "FR"))


def random_register(seed: int, size: int) -> list[DealVersion]:
    """`size` published deals, a tenth of them tranches of others; decided by the seed."""
    rng = Random(seed)
    make_owners()
    population = make_population("supplier")
    population.accessed_on = date(2024, 6, 1)
    population.save()
    make_population("invented", generated=True)
    tranches = size // 10
    deals = make_deals([random_facts(rng) for _ in range(size - tranches)])
    umbrellas = rng.choices(deals[: tranches or 1], k=tranches)
    return deals + make_deals([random_facts(rng) | {"part_of": umbrella} for umbrella in umbrellas])


def random_facts(rng: Random) -> dict[str, Any]:
    investors = [_investor(rng) for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 3, 4)))]
    lists = ("complete", "complete", "partial", "none") if investors else ("none", "partial")
    return {
        "target": f"Company {rng.randrange(40)}",
        "target_country": rng.choice((*COUNTRIES, None)),
        "investors": investors,
        "investor_list": rng.choice(lists),
        "date": rng.choice(DATES),
        "kind": rng.choice(("funding_round",) * 9 + tuple(KINDS)),
        "round_type": rng.choice(("", "seed", "series_a")),
        "status": rng.choice(("completed",) * 9 + tuple(STATUSES)),
        "status_history": rng.choice(([], [], [{"status": "completed"}, {"status": "blocked"}])),
        "population": rng.choice(("supplier", "supplier", None, "invented")),
        "ai": rng.choice(("yes", "yes", "yes", "no", "unknown")),
        "sectors": rng.sample(("robotics", "ai_chips", "lidar"), rng.randrange(3)),
        "recorded_on": rng.choice((None, date(2021, 3, 31), date(2021, 4, 1))),
        **_money(rng, len(investors)),
    }


def _investor(rng: Random) -> tuple[str | None, str | None]:
    if rng.random() < 0.25:
        return rng.choice(OWNED)
    country = rng.choice((*COUNTRIES, None))
    return (None if rng.random() < 0.15 else rng.choice(FUNDS)), country


def _money(rng: Random, investors: int) -> dict[str, Any]:
    """Contributions add up to less than the amount, or sometimes exactly to it."""
    low = Decimal(rng.randrange(100, 10**9)) / 100
    high = low + Decimal(rng.randrange(1, 10**9)) / 100
    stated: list[Decimal | None] = []
    left = rng.choice((low, high))
    state = rng.choice(("exact", "exact", "approximate", "range", "undisclosed"))
    left = left if state == "range" else low
    for number in range(investors):
        whole = number == investors - 1 and rng.random() < 0.2
        given = left if whole else (left * rng.randrange(1, 50) / 100).quantize(Decimal("0.01"))
        stated.append(given if rng.random() < 0.4 and given > 0 else None)
        left -= stated[-1] or 0
    amounts = {"range": (low, high), "undisclosed": None}
    return {
        "amount": amounts.get(state, low),
        "amount_state": state,
        "currency": rng.choice(CURRENCIES),
        "contributions": stated,
    }
