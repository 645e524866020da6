"""The value of a flow is a band: what X certainly put in, a fair split, and all of the deal."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from deals.rules.errors import RuleError

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Part:
    """One investor's part in a deal: from the investing side X or not, and how much, if stated."""

    from_x: bool
    contribution: Decimal | None


@dataclass(frozen=True, slots=True)
class Band:
    """low ≤ split ≤ high, in the currency of the amount, to two places."""

    low: Decimal
    split: Decimal
    high: Decimal


def band(amount: Decimal | None, parts: Sequence[Part], list_complete: bool) -> Band:
    """The band of one deal for the investors from X; the methodology's rule 5.

    A is ``amount``, S all stated contributions, Sx those from X, R = A − S, u the investors
    without a stated contribution (those of unknown country included) and ux those of them from X.
    low = Sx, plus R when the list of investors is complete and all of u are from X;
    split = Sx + R·ux/u, or Sx when u = 0; high = A. When A is not known all three are Sx, to be
    read as "at least". A deal without an investor from X is not in the flow: all three are 0.

    Amount and contributions are in one currency. Rounds half up, as PostgreSQL's round() does.
    Raises RuleError "contributions_exceed_amount" when S > A.
    """
    stated = sum((part.contribution for part in parts if part.contribution is not None), Decimal(0))
    if amount is not None and stated > amount:
        raise RuleError(
            "contributions_exceed_amount",
            f"The stated contributions add up to {stated:,.2f}, more than the deal's amount of "
            f"{amount:,.2f}: correct one of them.",
        )
    of_x = [part for part in parts if part.from_x]
    sx = sum((part.contribution for part in of_x if part.contribution is not None), Decimal(0))
    if amount is None or not of_x:
        return Band(_cents(sx), _cents(sx), _cents(sx))
    u = sum(part.contribution is None for part in parts)
    ux = sum(part.contribution is None for part in of_x)
    rest = amount - stated
    low = sx + rest if list_complete and u and ux == u else sx
    split = sx + rest * ux / u if u else sx
    return Band(_cents(low), _cents(split), _cents(amount))


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
