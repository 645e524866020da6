"""Money as suppliers and people write it, turned into an exact statement of what is known."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class AmountState(StrEnum):
    """How well the amount of a deal is known."""

    exact = "exact"
    approximate = "approximate"
    range = "range"
    undisclosed = "undisclosed"


@dataclass(frozen=True, slots=True)
class Amount:
    """What a source says about an amount, in units of ``currency`` (ISO 4217), two decimals.

    exact and approximate have ``low == high``, range has ``low < high``, undisclosed has neither.
    """

    state: AmountState
    low: Decimal | None
    high: Decimal | None
    currency: str | None
