"""How often the question is worth asking, on real rounds that a second supplier tells otherwise.

The second supplier is made from the first by the ways in which suppliers are known to differ, so
that which of its rounds is which is known for certain.
"""

import csv
import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from deals.entry.likely_score import WINDOW_DAYS, WORTH_ASKING, Side, alike
from deals.feeds.likeness import Likened
from deals.rules import vocab
from deals.rules.errors import RuleError

RATE = Decimal("0.88")
SHIFTS = (0, 0, 0, 0, 1, 1, 2, 3, -1, -2, 5, 9, 20, -12)
# Keys of the second supplier's rounds and companies lie above those of the first.
APART = 100_000


def test_of_the_pairs_that_are_asked_about_nearly_all_are_one_round(shared_data):
    first = rounds(shared_data)
    second = told_otherwise(first, random.Random(5))
    by_target = defaultdict(list)
    for side in first:
        by_target[side.target].append(side)
    asked = [
        (one.deal + APART == other.deal)
        for other in second
        for one in by_target[other.target % APART]
        if near(one, other) and alike(one, other)[0] >= WORTH_ASKING
    ]
    # docs/desk.md tells these figures.
    assert sum(asked) / len(asked) > 0.97
    assert sum(asked) / len(second) > 0.95


def test_one_supplier_by_itself_is_hardly_asked_about(shared_data):
    by_target = defaultdict(list)
    for side in rounds(shared_data):
        by_target[side.target].append(side)
    asked = [
        (one, other)
        for sides in by_target.values()
        for at, one in enumerate(sides)
        for other in sides[at + 1 :]
        if near(one, other) and alike(one, other)[0] >= WORTH_ASKING
    ]
    assert len(asked) <= 5


def rounds(folder) -> list[Side]:
    with (folder / "feeds" / "unicorn_rounds.csv").open(encoding="utf-8-sig") as file:
        return [side(number, row) for number, row in enumerate(csv.DictReader(file), 1)]


def side(number: int, row: dict[str, str]) -> Side:
    day = datetime.strptime(row["date"], "%b %d, %Y").date() if row["date"] else None
    digits = row["amount"].replace(",", "")
    amount = Decimal(digits) if digits.isdigit() and int(digits) else None
    try:
        round_type = vocab.round_type(row["type"].strip().split(" - ")[0]) or ""
    except RuleError:
        round_type = "other"
    named = row["investor"] != "Not Published"
    return Side(
        deal=number,
        target=int(row["company_id"]),
        likened=Likened((row["company"],), row["company_country"][:2].upper()),
        first=day,
        last=day,
        kind="funding_round",
        round_type=round_type,
        currency="USD" if amount else "",
        stated=(amount, amount) if amount else None,
        euros=(amount * RATE, amount * RATE) if amount else None,
        investors=frozenset({row["investor"]}) if named else frozenset(),
        keys=frozenset({(1, str(number))}),
    )


def told_otherwise(first: list[Side], rng: random.Random) -> list[Side]:
    """Three rounds of five, days off, some to the month, amounts rounded, converted or left out,
    rounds not named, other investors, and company names with another legal form."""
    return [otherwise(one, rng) for one in first if rng.random() >= 0.4]


def otherwise(one: Side, rng: random.Random) -> Side:
    number = one.deal + APART
    other = replace(one, deal=number, keys=frozenset({(2, str(number))}))
    if one.first:
        day = one.first + timedelta(days=rng.choice(SHIFTS))
        other = replace(other, first=day, last=day)
        if rng.random() < 0.15:
            other = replace(other, first=day.replace(day=1), last=end_of_month(day))
    chance = rng.random()
    if one.stated and chance < 0.45:
        amount, currency = one.stated[0], "USD"
        if chance >= 0.3:
            amount, currency = amount * RATE * rng.choice((Decimal("0.97"), Decimal(1))), "EUR"
        elif chance >= 0.15:
            amount = Decimal(f"{amount:.1e}")
        euros = amount if currency == "EUR" else amount * RATE
        other = replace(other, currency=currency, stated=(amount, amount), euros=(euros, euros))
        if chance < 0.15:
            other = replace(other, currency="", stated=None, euros=None)
    chance = rng.random()
    if chance < 0.35:
        other = replace(other, round_type="venture" if chance < 0.2 else "")
    if rng.random() < 0.4:
        other = replace(other, investors=frozenset({f"other {number}"}))
    if rng.random() < 0.3:
        names = (f"{one.likened.names[0]} Inc.",)
        other = replace(
            other, target=one.target + APART, likened=Likened(names, one.likened.country)
        )
    return other


def end_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def near(one: Side, other: Side) -> bool:
    if not (one.first and other.first and one.last and other.last):
        return True
    window = timedelta(days=WINDOW_DAYS)
    return other.first - window <= one.last and one.first - window <= other.last
