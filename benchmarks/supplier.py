"""A supplier's file of any size: 2.2 investors a deal, each company in three deals, six in ten
amounts known. The same for the same size."""

import random
from collections.abc import Iterator
from pathlib import Path

PROFILE = """
name = "{name}"
rows = "participation"
[deal]
external_id = "id"
[columns]
target_name = "company"
target_country = "country"
announced_on = "date"
amount = "amount"
currency = "currency"
round_type = "round"
investor_name = "investor"
investor_country = "investor_country"
[constants]
kind = "funding_round"
status = "completed"
ai = "yes"
"""
HEADER = "id,company,country,date,amount,currency,round,investor,investor_country"
COUNTRIES = ("CN", "US", "GB", "DE", "FR", "IL", "SG", "JP", "SE", "CH")
ROUNDS = ("Seed", "Series A", "Series B", "Series C", "")
ROWS_A_DEAL = 2.2


def write_file(path: Path, deals: int, name: str = "Import") -> int:
    """Write the file of so many deals; returns its rows. `name` begins every id and name in it."""
    rows = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER + "\n")
        for line in _lines(deals, name):
            file.write(line + "\n")
            rows += 1
    return rows


def _lines(deals: int, name: str) -> Iterator[str]:
    chance = random.Random(20172022)
    for number in range(deals):
        company = chance.randrange(max(deals // 3, 1))
        year, month = chance.randrange(2010, 2024), chance.randrange(1, 13)
        day = f"{year}-{month:02}-{chance.randrange(1, 29):02}"
        amount = f"{chance.randrange(1, 900) / 10}m" if chance.random() < 0.6 else ""
        deal = (
            f"{name}-{number},{name} Company {company},{COUNTRIES[company % 10]},{day},{amount},"
            f"USD,{ROUNDS[number % 5]}"
        )
        for _ in range(1 + (chance.random() < 0.7) + (chance.random() < 0.5)):
            fund = chance.randrange(max(deals // 6, 1))
            yield f"{deal},{name} Fund {fund},{COUNTRIES[fund % 7]}"
