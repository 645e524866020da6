"""Converting a deal's amount to EUR, USD and CNY; the methodology's rule 15."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import Literal

from deals.rules.dates import DealDate, Precision
from deals.rules.rates import (
    CNY_PER_USD,
    FIRST_CNY_DAY,
    LAST_RATE_DAY,
    Rate,
    awaited,
    quoted,
    series,
)

__all__ = ["LAST_RATE_DAY", "TARGETS", "Rates", "rates_for"]

Kind = Literal["day", "mean", "peg", "identity"]
Status = Literal["ok", "pending", "not_convertible", "undated"]

TARGETS = ("EUR", "USD", "CNY")
FIRST_YEAR = 1999
STALE = timedelta(days=7)
SIGNIFICANT = Context(prec=12, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Rates:
    """How to convert one unit of the original currency.

    ``eur``, ``usd`` and ``cny`` are units of those per unit of the original, to 12 significant
    digits. The original currency itself is always 1, also when no rate is known; the others are
    then None and ``status`` says why. ``on`` is the day of the ECB rate, or the last day of a
    mean. ``note`` is the sentence that a page shows beside a converted amount.

    ``kind`` is "day" for the rate of a day, "mean" for that of a period, "peg" for a yuan amount
    converted through the dollar, and "identity" when no rate was used at all.
    """

    eur: Decimal | None
    usd: Decimal | None
    cny: Decimal | None
    on: date | None
    kind: Kind
    provisional: bool
    status: Status
    note: str


@lru_cache(maxsize=65536)
def rates_for(currency: str, when: DealDate, *, today: date) -> Rates:
    """The rates that convert an amount in an ISO 4217 currency on a deal's date.

    A day takes its ECB reference rate or the last before it, never a later one. A month, quarter,
    year or range takes the mean of its daily rates, provisional until the period has ended and
    its rates are loaded. A rate more than 7 days older than the date is "pending".
    """
    try:
        return _converted(currency, when, today)
    except _NoRateError as error:
        # The original currency needs no rate, so an undated dollar amount stays a dollar amount.
        eur, usd, cny = (Decimal(1) if currency == target else None for target in TARGETS)
        return Rates(eur, usd, cny, None, "identity", False, error.status, error.reason)


class _NoRateError(Exception):
    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason


def _converted(currency: str, when: DealDate, today: date) -> Rates:
    if currency != "EUR" and currency not in quoted():
        raise _NoRateError(
            "not_convertible", f"The ECB publishes no reference rate for {currency}."
        )
    if when.first is None or when.last is None:
        raise _NoRateError("undated", "The deal has no date, so no exchange rate applies.")
    first, last, by_day = when.first, when.last, when.precision == Precision.day
    wanted = dict.fromkeys(code for code in (currency, "USD", "CNY") if code != "EUR")
    found = {code: _rate(code, first, last, by_day) for code in wanted}
    base = next(iter(found.values()))
    pegged = (found["CNY"].since or found["CNY"].on) < FIRST_CNY_DAY
    provisional = awaited(last) or (not by_day and last >= today)
    kind: Kind = "peg" if pegged and currency == "CNY" else "day" if by_day else "mean"
    note = _head(base, first) + _quotes(found, pegged, provisional)
    eur, usd, cny = (_cross(found, currency, target) for target in TARGETS)
    return Rates(eur, usd, cny, base.on, kind, provisional, "ok", note)


def _rate(code: str, first: date, last: date, by_day: bool) -> Rate:
    column = series(code)
    newest = column.last_before(last)
    if first.year < FIRST_YEAR or newest is None:
        reason = f"The ECB's reference rates for {code} begin on {column.days[0]}."
        raise _NoRateError("not_convertible", reason)
    rate = newest if by_day else column.mean(first, last)
    if rate is None or _stale(rate, first, last):
        reason = f"Rate pending: the ECB's last {code} rate before {last} is of {newest.on}."
        raise _NoRateError("pending", reason)
    if rate.since is not None and rate.since - first > STALE:
        reason = f"The ECB has no {code} rates for the whole period, only from {rate.since}."
        raise _NoRateError("not_convertible", reason)
    return rate


def _stale(rate: Rate, first: date, last: date) -> bool:
    # A period that is still running is measured against the newest rate there can be.
    due = first if rate.since is None else min(last, LAST_RATE_DAY())
    return due - rate.on > STALE


def _cross(found: dict[str, Rate], currency: str, target: str) -> Decimal:
    if currency == target:
        return Decimal(1)
    euros = Decimal(1) if currency == "EUR" else found[currency].value
    units = Decimal(1) if target == "EUR" else found[target].value
    return SIGNIFICANT.divide(units, euros)


def _head(rate: Rate, first: date) -> str:
    if rate.since is not None:
        days = "1 day" if rate.days == 1 else f"{rate.days} days"
        return f"Mean of the ECB reference rates of {days}, {rate.since} to {rate.on}"
    fallen_back = "" if rate.on == first else f", the last before {first}"
    return f"ECB reference rate of {rate.on}{fallen_back}"


def _quotes(found: dict[str, Rate], pegged: bool, provisional: bool) -> str:
    quotes = [f"{_shown(rate.value)} {code}" for code, rate in found.items()]
    peg = f"CNY before {FIRST_CNY_DAY} by its official peg of {CNY_PER_USD} per USD"
    notes = [peg] * pegged + ["provisional until later rates are loaded"] * provisional
    return "; ".join([f": 1 EUR = {' = '.join(quotes)}", *notes])


def _shown(value: Decimal) -> str:
    # The ECB publishes at most six places; only means and the peg have more.
    exponent = value.as_tuple().exponent
    many = isinstance(exponent, int) and exponent < -6
    return str(value.quantize(Decimal("0.0001")) if many else value)
