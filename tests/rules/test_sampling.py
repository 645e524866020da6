"""The interval of Clopper and Pearson against values that were worked out otherwise."""

from decimal import Decimal

import pytest

from deals.rules.sampling import clopper_pearson

NEAR = Decimal("0.0000005")


@pytest.mark.parametrize(
    ("wrong", "looked_at", "low", "high"),
    [
        # With none wrong the upper end is 1 − 0.025^(1/n), with all wrong the lower 0.025^(1/n).
        (0, 20, "0", "0.168433"),
        (20, 20, "0.831567", "1"),
        (0, 1, "0", "0.975"),
        (1, 1, "0.025", "1"),
        # Tables of quantiles of the beta distribution.
        (1, 20, "0.001265", "0.248733"),
        (5, 20, "0.086571", "0.491046"),
        (10, 20, "0.271958", "0.728042"),
        (3, 1000, "0.000619", "0.008742"),
        (500, 1000, "0.468549", "0.531451"),
    ],
)
def test_the_ends_are_those_of_the_tables(wrong, looked_at, low, high) -> None:
    found = clopper_pearson(wrong, looked_at)
    assert abs(found[0] - Decimal(low)) <= NEAR
    assert abs(found[1] - Decimal(high)) <= NEAR


@pytest.mark.parametrize("looked_at", [1, 5, 20, 60])
def test_each_end_leaves_a_fortieth_outside(looked_at) -> None:
    """By adding up the chances themselves, in fractions of whole numbers."""
    from fractions import Fraction
    from math import comb

    def chance(numbers, share):
        return sum(comb(looked_at, k) * share**k * (1 - share) ** (looked_at - k) for k in numbers)

    for wrong in range(looked_at + 1):
        low, high = (Fraction(end) for end in clopper_pearson(wrong, looked_at))
        if wrong:
            assert abs(chance(range(wrong, looked_at + 1), low) - Fraction(1, 40)) < 1e-9
        if wrong < looked_at:
            assert abs(chance(range(wrong + 1), high) - Fraction(1, 40)) < 1e-9


def test_more_wrong_ones_never_narrow_what_may_be_wrong() -> None:
    ends = [clopper_pearson(wrong, 20) for wrong in range(21)]
    assert ends == sorted(ends)
    assert [high for _, high in ends] == sorted(high for _, high in ends)


def test_nothing_looked_at_says_nothing() -> None:
    assert clopper_pearson(0, 0) == (0, 1)


@pytest.mark.parametrize(("wrong", "looked_at"), [(-1, 20), (21, 20), (1, 0)])
def test_no_part_of_a_sample_is_refused(wrong, looked_at) -> None:
    with pytest.raises(ValueError, match="no part of a sample"):
        clopper_pearson(wrong, looked_at)
