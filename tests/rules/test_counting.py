from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from deals.rules.counting import (
    DEFAULT_KIND,
    EVER_COMPLETED_STATUSES,
    KINDS,
    STATUSES,
    VALUE_KINDS,
    share,
)


def test_the_share_of_the_reference_result() -> None:
    assert share(81, 2165) == "0.037413"


def test_nothing_out_of_nothing_is_no_share() -> None:
    assert share(0, 0) is None
    assert share(0, 5) == "0.000000"


def test_halves_round_to_even() -> None:
    assert share(1, 2_000_000) == "0.000000"
    assert share(3, 2_000_000) == "0.000002"
    assert share(Decimal("2.5"), Decimal(1_000_000)) == "0.000002"


@given(st.integers(0, 10**7), st.integers(1, 10**7))
@settings(max_examples=200, deadline=None)
def test_a_share_is_within_half_of_the_last_place(n: int, total: int) -> None:
    text = share(n, total)
    assert text is not None
    assert len(text.split(".")[1]) == 6
    assert abs(Fraction(text) - Fraction(n, total)) <= Fraction(1, 2_000_000)


def test_a_deal_counts_once_it_has_ever_been_completed() -> None:
    assert {"completed", "divestment_ordered", "unwound"} == EVER_COMPLETED_STATUSES
    assert STATUSES.keys() - EVER_COMPLETED_STATUSES == {
        "rumoured", "announced", "withdrawn", "blocked", "terminated",
    }  # fmt: skip


def test_only_kinds_that_buy_equity_have_a_value() -> None:
    assert DEFAULT_KIND in VALUE_KINDS
    assert KINDS.keys() - VALUE_KINDS == {
        "debt", "grant", "ipo", "greenfield", "licence", "partnership", "exit",
    }  # fmt: skip
