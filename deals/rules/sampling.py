"""How many of all may be wrong, when so many of a random sample were."""

from collections.abc import Callable
from decimal import Decimal

CONFIDENCE = Decimal("0.95")
# Halvings of an interval of 1: the result is exact to 12 digits.
STEPS = 44


def clopper_pearson(
    wrong: int, looked_at: int, confidence: Decimal = CONFIDENCE
) -> tuple[Decimal, Decimal]:
    """The interval of shares, between 0 and 1, that a sample of `looked_at` with `wrong` allows.

    Exact for a binomial number (C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial
    limits illustrated in the case of the binomial", Biometrika 26, 1934), so on the safe side for a
    sample that is a large part of all. Nothing looked at says nothing: (0, 1).
    """
    if not 0 <= wrong <= looked_at:
        raise ValueError(f"{wrong} of {looked_at} is no part of a sample.")
    if not looked_at:
        return Decimal(0), Decimal(1)
    tail = (1 - confidence) / 2
    low = Decimal(0) if not wrong else _where(tail, lambda p: _at_least(wrong, looked_at, p))
    high = (
        Decimal(1)
        if wrong == looked_at
        else 1 - _where(tail, lambda p: _at_least(looked_at - wrong, looked_at, p))
    )
    return low, high


def _where(tail: Decimal, rising: Callable[[Decimal], Decimal]) -> Decimal:
    """Where a function that rises from 0 to 1 between 0 and 1 passes `tail`."""
    low, high = Decimal(0), Decimal(1)
    for _ in range(STEPS):
        middle = (low + high) / 2
        if rising(middle) < tail:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_least(wrong: int, looked_at: int, share: Decimal) -> Decimal:
    """How likely so many or more are, when each is with this share; the shorter side is added."""
    if wrong > looked_at / 2:
        # So few or fewer are right.
        return _at_most(looked_at - wrong, looked_at, 1 - share)
    return 1 - _at_most(wrong - 1, looked_at, share)


def _at_most(number: int, of: int, share: Decimal) -> Decimal:
    """Each term of the binomial sum from the one before, since powers would take seconds."""
    odds = share / (1 - share)
    term = total = (1 - share) ** of
    for k in range(number):
        term = term * (of - k) / (k + 1) * odds
        total += term
    return total
