"""How likely two deals are one: the rules as a table, and how often they are right."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from deals.entry.likely_score import WORTH_ASKING, Side, alike
from deals.entry.likely_words import Reason, reason_of
from deals.feeds.likeness import Likened

D = Decimal


def money(low: str, high: str = "") -> tuple[Decimal, Decimal]:
    return D(low), D(high or low)


BASE = Side(
    deal=1,
    target=7,
    likened=Likened(("Horizon Robotics",), "CN"),
    first=date(2019, 5, 13),
    last=date(2019, 5, 13),
    kind="funding_round",
    round_type="series_a",
    currency="USD",
    stated=money("10000000"),
    euros=money("8900000"),
    investors=frozenset({1, 2}),
    list_complete=True,
    keys=frozenset({(1, "a")}),
)
OTHER = replace(BASE, deal=2, keys=frozenset({(2, "x")}))
MONTH = {"first": date(2019, 5, 1), "last": date(2019, 5, 31)}
NOT_ALIKE = {"target": 8, "likened": Likened(("Cambricon",), "CN")}


def on(day: date) -> dict[str, date]:
    return {"first": day, "last": day}


# What the other deal says differently, whether a person is asked, and a sentence that is given.
RULES = [
    ({}, True, "Same target. Same day. Same amount. Same round: Series A."),
    (on(date(2019, 5, 16)), True, "3 days apart."),
    (on(date(2019, 5, 14)), True, "1 day apart."),
    (MONTH, True, "The dates can be the same, as far as they are known."),
    (on(date(2019, 9, 13)), False, "123 days apart."),
    ({"first": None, "last": None}, True, "The date of one is not known."),
    ({"stated": money("9900000")}, True, "Amounts within 1 %."),
    ({"stated": money("5000000", "50000000")}, True, "The amounts can be the same"),
    (
        {"currency": "EUR", "stated": money("8000000"), "euros": money("8000000")},
        True,
        "Amounts within 11 %, converted to euros.",
    ),
    ({"currency": "TWD", "euros": None}, True, "currencies that cannot be compared"),
    ({"stated": None, "euros": None}, True, "Same target. Same day."),
    (
        {"stated": money("90000000"), "round_type": "series_c", "investors": frozenset({9})},
        False,
        "Different rounds: Series A and Series C.",
    ),
    (
        {"round_type": "series_b", "stated": money("8000000")} | on(date(2019, 5, 30)),
        False,
        "Different rounds",
    ),
    ({"round_type": "venture"}, True, "Same day."),
    ({"kind": "acquisition", "stated": None, "investors": frozenset({9})} | MONTH, False, "kinds"),
    ({"investors": frozenset({1})}, True, "1 investor in common."),
    ({"investors": frozenset({9})}, True, "No investor in common."),
    ({"keys": frozenset({(1, "b")})}, True, "One supplier lists them under different ids."),
    (
        {"keys": frozenset({(1, "b")}), "stated": None, "investors": frozenset({9})} | MONTH,
        False,
        "different ids",
    ),
    ({"part_of": 1}, False, ""),
    (NOT_ALIKE, False, ""),
    (
        {"target": 8, "likened": Likened(("Horizon Robotics Inc",), "CN")},
        True,
        "The targets may be one: “Horizon Robotics” and “Horizon Robotics Inc”.",
    ),
]


@pytest.mark.parametrize(("says", "asked", "sentence"), RULES)
def test_the_rules(says, asked, sentence):
    score, reasons = alike(BASE, replace(OTHER, **says))
    said = " ".join(reason.text for reason in reasons)
    assert (score >= WORTH_ASKING) is asked, (score, said)
    assert sentence in said
    assert bool(reasons) is bool(sentence)


@pytest.mark.parametrize(("says", "asked", "sentence"), RULES)
def test_it_is_the_same_both_ways_round(says, asked, sentence):
    other = replace(OTHER, **says)
    one_way, other_way = alike(BASE, other), alike(other, BASE)
    assert one_way == other_way
    assert 0 <= one_way[0] <= 100


def test_parts_of_one_round_are_never_one_deal():
    assert alike(replace(BASE, part_of=9), replace(OTHER, part_of=9)) == (0, [])


def test_a_name_that_is_being_typed_finds_the_company_that_bears_it():
    typed = Side(likened=Likened(("HORIZON ROBOTICS",)))
    assert alike(typed, BASE)[0] == 40
    abroad = Side(likened=Likened(("Horizon Robotics",), "US"))
    assert alike(abroad, BASE)[0] < 40


def test_a_reason_is_read_in_the_language_of_whoever_looks():
    stored = Reason("days_apart", {"days": 3}).stored()
    assert stored["text"] == "3 days apart."
    assert reason_of(stored) == Reason("days_apart", {"days": 3})
    assert Reason("days_apart", {"days": 40}).against
    with translation.override("de"):
        assert reason_of(stored).text
