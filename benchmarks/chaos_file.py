"""Files for the chaos run, together with what the register must say when they are in."""

import random
from dataclasses import dataclass
from decimal import Decimal

HEADER = "id,company,country,date,amount,currency,round,investor,investor_country"
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
COUNTRIES = ("CN", "US", "GB", "DE", "FR", "IL", "SG", "JP", "SE", "CH")
ROUNDS = ("Seed", "Series A", "Series B", "Series C", "")


@dataclass(frozen=True, slots=True)
class Made:
    """A file's bytes, and its truth: `amount` is the sum over its deals, in US dollars."""

    name: str
    data: bytes
    rows: int
    duplicates: int
    keys: frozenset[str]
    participations: int
    amount: Decimal


def make_file(name: str, rows: int, chance: random.Random) -> Made:
    """About `rows` rows, one in fifty of them a duplicate; keys begin with the file's name."""
    lines: list[str] = []
    duplicates = participations = 0
    amount = Decimal()
    keys = []
    while len(lines) < rows:
        keys.append(f"{name}-{len(keys):06}")
        deal, money = _deal(keys[-1], max(rows // 6, 1), chance)
        amount += money
        funds = chance.sample(range(max(rows // 12, 3)), chance.choice((1, 2, 2, 3)))
        participations += len(funds)
        lines += [f"{deal},{name} Fund {fund},{COUNTRIES[fund % 7]}" for fund in funds]
        if chance.random() < 0.04:
            lines.append(lines[-1])
            duplicates += 1
    chance.shuffle(lines)
    data = "\n".join([HEADER, *lines, ""]).encode()
    return Made(name, data, len(lines), duplicates, frozenset(keys), participations, amount)


def _deal(key: str, companies: int, chance: random.Random) -> tuple[str, Decimal]:
    company = chance.randrange(companies)
    day = (
        f"{chance.randrange(2010, 2024)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    )
    tenths = chance.randrange(1, 9_000) if chance.random() < 0.6 else 0
    amount = f"{Decimal(tenths) / 10}m" if tenths else ""
    where = COUNTRIES[company % 10]
    # The round does not belong to the key, so that equal companies still have unlike deals.
    text = f"{key},Chaos Company {company},{where},{day},{amount},USD,{chance.choice(ROUNDS)}"
    return text, Decimal(tenths) * 100_000


def profile_text(name: str) -> str:
    """The profile under which a file of `make_file` is imported; one feed for each name."""
    return PROFILE.format(name=name)
