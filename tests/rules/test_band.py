from collections.abc import Sequence
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.rules.band import Band, Part, band
from deals.rules.errors import RuleError


def test_a_case_worked_by_hand() -> None:
    # 100 in all: X states 20, a local states 30; of three silent investors one is from X.
    parts = [
        Part(True, D(20)), Part(False, D(30)),
        Part(True, None), Part(False, None), Part(False, None),
    ]  # fmt: skip
    assert band(D(100), parts, list_complete=True) == Band(D("20.00"), D("36.67"), D("100.00"))


def test_the_rest_is_certain_only_when_the_list_is_complete_and_all_silent_are_from_x() -> None:
    parts = [Part(False, D(40)), Part(True, None)]
    assert band(D(100), parts, list_complete=True).low == D(60)
    assert band(D(100), parts, list_complete=False).low == D(0)
    assert band(D(100), [*parts, Part(False, None)], list_complete=True).low == D(0)


def test_a_sole_investor_from_x_makes_the_band_one_number() -> None:
    assert band(D(100), [Part(True, None)], True) == Band(D(100), D(100), D(100))


def test_with_all_contributions_stated_the_unexplained_rest_is_not_given_to_x() -> None:
    parts = [Part(True, D(30)), Part(False, D(20))]
    assert band(D(100), parts, True) == Band(D(30), D(30), D(100))


def test_an_unknown_amount_takes_what_x_stated_as_at_least() -> None:
    parts = [Part(True, D(5)), Part(False, D(7)), Part(True, None)]
    assert band(None, parts, True) == Band(D(5), D(5), D(5))


def test_a_deal_without_an_investor_from_x_has_no_value_in_the_flow() -> None:
    assert band(D(100), [Part(False, None)], True) == Band(D(0), D(0), D(0))


def test_contributions_above_the_amount_are_refused_with_both_sums() -> None:
    with pytest.raises(RuleError) as error:
        band(D(1000), [Part(True, D(600)), Part(False, D("500.50"))], True)
    assert error.value.code == "contributions_exceed_amount"
    assert "1,100.50" in error.value.message
    assert "1,000.00" in error.value.message


def test_half_a_cent_rounds_up_as_in_the_database() -> None:
    assert band(D("0.01"), [Part(True, None), Part(False, None)], False).split == D("0.01")
    assert band(D("0.25"), [Part(True, None), Part(False, None)], False).split == D("0.13")


cents = st.integers(0, 10**14).map(lambda value: D(value) / 100)
part = st.builds(Part, st.booleans(), st.none() | cents)


@given(st.lists(part, max_size=8), cents, st.booleans())
@settings(max_examples=300, deadline=None)
def test_the_band_is_ordered_and_agrees_with_a_naive_second_calculation(
    parts: list[Part], extra: D, complete: bool
) -> None:
    stated = sum((p.contribution for p in parts if p.contribution is not None), D(0))
    found = band(stated + extra, parts, complete)
    assert found.low <= found.split <= found.high
    assert found == _naive(stated + extra, parts, complete)


def _naive(amount: D, parts: Sequence[Part], complete: bool) -> Band:
    if not any(p.from_x for p in parts):
        return Band(D(0), D(0), D(0))
    silent = [p.from_x for p in parts if p.contribution is None]
    from_x = sum(Fraction(p.contribution) for p in parts if p.from_x and p.contribution is not None)
    others = sum(
        Fraction(p.contribution) for p in parts if not p.from_x and p.contribution is not None
    )
    rest = Fraction(amount) - from_x - others
    split = from_x
    for one in silent:
        split += rest / len(silent) if one else 0
    certain = complete and silent and all(silent)
    return Band(*(_cents(value) for value in (from_x + (rest if certain else 0), split, amount)))


def _cents(value: Fraction | D | int) -> D:
    return D(int(Fraction(value) * 100 + Fraction(1, 2))) / 100
