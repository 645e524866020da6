"""Facts in words: exact where they are compared, and only what differs of long lists."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.desk.fact_words import TITLES, differences, line
from tests.desk.runs import FACTS


def sides(name, *values):
    (found,) = differences([name], *({**FACTS, name: value} for value in values))
    return found


def test_amounts_that_round_to_the_same_stay_apart() -> None:
    amounts = [
        {"state": "exact", "low": low, "high": low, "currency": "USD"}
        for low in ("12340000.00", "12340000.50")
    ]
    assert sides("amount", *amounts).sides == (("USD 12,340,000",), ("USD 12,340,000.50",))


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ({"state": "undisclosed", "low": None, "high": None, "currency": ""}, "undisclosed"),
        ({"state": "approximate", "low": "1e6", "high": "1e6", "currency": "CNY"},
         "about CNY 1,000,000"),
        ({"state": "range", "low": "10", "high": "90", "currency": "EUR"}, "EUR 10 to EUR 90"),
    ],
)  # fmt: skip
def test_every_state_of_an_amount_has_words(amount, said) -> None:
    assert sides("amount", amount).sides == ((said,),)


def test_of_two_lists_only_what_differs_is_spelled_out() -> None:
    one = [["A", "DE", "stated", None, None, None], ["B", "FR", "stated", True, "5.00", "12"]]
    other = [one[0], ["C", None, "unknown", None, None, None]]
    found = sides("investors", one, other)
    assert found.sides == (("B (France), lead, USD 5, 12 %",), ("C (not known)",))
    assert found.same == 1


def test_a_side_that_is_missing_stays_empty() -> None:
    (found,) = differences(["kind"], None, FACTS)
    assert found.sides == ((), ("Funding round",))


def test_a_deal_in_a_line() -> None:
    said = line(FACTS)
    assert (said.target, said.country, said.date) == ("智行者", "China", "13 May 2019")
    assert (said.what, said.amount, said.investors) == ("Series A", "USD 12,340,000", "Bosch (DE)")


def test_a_date_of_completion_is_told_from_one_of_announcement() -> None:
    day = {"first": "2019-05-13", "last": "2019-05-13", "precision": "day"}
    found = sides("date", {**day, "basis": "announced"}, {**day, "basis": "completed"})
    assert found.sides == (("13 May 2019",), ("13 May 2019, date of completion",))


def test_nothing_at_all_is_still_a_line() -> None:
    assert line({}).target == "not stated"


NAMES = st.lists(st.sampled_from(sorted(TITLES)), max_size=4, unique=True)


@settings(max_examples=50, deadline=None)
@given(NAMES, st.booleans())
def test_every_fact_has_words_on_every_side(names, missing) -> None:
    other = None if missing else FACTS
    for found in differences(names, FACTS, other):
        assert len(found.sides) == 2
        assert all(text for side in found.sides for text in side)
