"""Dates as suppliers write them: a closed interval of days, and how precise the source was."""

import re
from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from deals.rules import date_words as words
from deals.rules.errors import RuleError, quoted

Order = Literal["ymd", "dmy", "mdy"]
FIRST_YEAR, LAST_YEAR = 1900, 2100
LONGEST = 60


class Precision(StrEnum):
    """How precisely a source dates a deal."""

    day = "day"
    month = "month"
    quarter = "quarter"
    year = "year"
    range = "range"
    none = "none"


@dataclass(frozen=True, slots=True)
class DealDate:
    """The closed interval of days in which a deal took place; both ends None when undated."""

    first: date | None
    last: date | None
    precision: Precision

    def within(self, first: date | None, last: date | None) -> bool:
        """Whether the whole interval lies in ``first``..``last`` (None is an open end).

        An undated deal lies only in the window that has no ends at all.
        """
        if self.first is None or self.last is None:
            return first is None and last is None
        return (first is None or first <= self.first) and (last is None or self.last <= last)

    def overlaps(self, first: date | None, last: date | None) -> bool:
        """Whether a day of the interval lies in ``first``..``last`` (None is an open end).

        An undated deal overlaps only the window that has no ends at all: it is counted as
        undated, not as too coarse.
        """
        if self.first is None or self.last is None:
            return first is None and last is None
        return (last is None or self.first <= last) and (first is None or first <= self.last)

    def __str__(self) -> str:
        """The shortest text that ``parse_date`` reads back as this date.

        2021-09-09, 2021-09, 2024-Q1, 2021, 2021-03/2021-05, 2021-03-02/2021-05-01 or nothing.
        """
        if self.first is None or self.last is None:
            return ""
        if self.precision is Precision.range:
            ends = self.first.isoformat(), self.last.isoformat()
            whole = self.first.day == 1 and self.last == _last_day(self.last.year, self.last.month)
            return "/".join(end[:7] if whole else end for end in ends)
        if self.precision is Precision.quarter:
            return f"{self.first.year}-Q{(self.first.month + 2) // 3}"
        length = {Precision.day: 10, Precision.month: 7, Precision.year: 4}[self.precision]
        return self.first.isoformat()[:length]


UNDATED = DealDate(None, None, Precision.none)


def parse_date(text: str, *, order: Order | None = None, unknown: Collection[str] = ()) -> DealDate:
    """The date in ``text``: 2013-10-17, 2013-10, Mar 24, 2025, 9 septembre 2021, 2018年5月.

    ``order`` decides what 03/04/2024 means. Blank texts and ``unknown`` words are undated. A time
    of day is dropped: the day is the one that the source states. Raises RuleError for anything
    else, for days that do not exist and for years outside 1900 to 2100.
    """
    if len(text) > LONGEST:
        raise _not_understood(text)
    clean = _fold(text)
    if clean in words.UNDATED or clean in {_fold(word) for word in unknown}:
        return UNDATED
    clean = words.BEFORE.sub("", words.TIME.sub("", clean)).strip()
    found = _single(clean, order, text) or _range(clean, order, text)
    if found is None:
        raise _explained(clean, text)
    return found


@lru_cache(maxsize=1024)
def parse_edge(text: str, *, end: bool) -> date:
    """The first day (``end`` false) or last day (``end`` true) of YYYY, YYYY-MM or YYYY-MM-DD.

    Both ends of a window are inclusive. Raises RuleError ``bad_window_date``.
    """
    match = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", text.strip())
    try:
        if match is None:
            raise _not_understood(text)
        year, month, day = map(_integer, match.groups())
        assert year is not None
        found = _calendar(year, month, day, text)
    except RuleError:
        raise RuleError(
            "bad_window_date",
            f"{quoted(text)} is not a date for a window: write a year, a month or a day, such as "
            f"2017, 2017-03 or 2017-03-31, between {FIRST_YEAR} and {LAST_YEAR}.",
        ) from None
    edge = found.last if end else found.first
    assert edge is not None
    return edge


def _fold(text: str) -> str:
    plain = text.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})
    return " ".join(plain.casefold().split())


def _single(clean: str, order: Order | None, text: str) -> DealDate | None:
    if match := words.NUMERIC.fullmatch(clean):
        return _calendar(
            int(match["y"]), *_numeric(int(match["a"]), int(match["b"]), order, text), text
        )
    for pattern in words.WRITTEN:
        if match := pattern.fullmatch(clean):
            part = match.groupdict()
            month = words.MONTHS[part["M"]] if part.get("M") else _integer(part.get("m"))
            return _calendar(int(part["y"]), month, _integer(part.get("d")), text)
    return _part_of_year(clean, text)


def _integer(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _part_of_year(clean: str, text: str) -> DealDate | None:
    for patterns, group, months in ((words.QUARTERS, "q", 3), (words.HALVES, "h", 6)):
        for pattern in patterns:
            if match := pattern.fullmatch(clean):
                number = words.ORDINALS.get(match[group]) or int(match[group])
                year = _year(int(match["y"]), text)
                first = date(year, (number - 1) * months + 1, 1)
                precision = Precision.quarter if months == 3 else Precision.range
                return DealDate(first, _last_day(year, number * months), precision)
    return None


def _range(clean: str, order: Order | None, text: str) -> DealDate | None:
    match = words.YEARS.fullmatch(clean) or words.BETWEEN.fullmatch(clean)
    if match is None:
        return None
    left, right = (_single(match[end].strip(), order, text) for end in ("a", "b"))
    if left is None or right is None or left.first is None or right.last is None:
        return None
    if left.first > right.last:
        raise RuleError(
            "backward_range",
            f"The range {quoted(text)} ends before it begins: write the earlier date first.",
        )
    if left.first == right.last:
        return DealDate(left.first, right.last, Precision.day)
    return DealDate(left.first, right.last, Precision.range)


def _numeric(a: int, b: int, order: Order | None, text: str) -> tuple[int, int]:
    """Month and day of a/b/year. A stated order holds even where only the other one would fit:
    in a file that mixes both, the days up to 12 would silently be wrong."""
    if order == "dmy" or (order != "mdy" and a > 12):
        return b, a
    if order == "mdy" or b > 12 or a == b:
        return a, b
    raise RuleError(
        "ambiguous_date",
        f'{quoted(text)} can be read day first or month first: set order = "dmy" or "mdy" '
        "under [dates] in the profile, or write the date as YYYY-MM-DD.",
    )


def _calendar(year: int, month: int | None, day: int | None, text: str) -> DealDate:
    _year(year, text)
    if month is None:
        return DealDate(date(year, 1, 1), date(year, 12, 31), Precision.year)
    if not 1 <= month <= 12:
        raise _no_such_date(text, f"there is no month {month}")
    last = _last_day(year, month)
    if day is None:
        return DealDate(date(year, month, 1), last, Precision.month)
    if not 1 <= day <= last.day:
        raise _no_such_date(text, f"{year:04d}-{month:02d} has {last.day} days")
    return DealDate(date(year, month, day), date(year, month, day), Precision.day)


def _year(year: int, text: str) -> int:
    if FIRST_YEAR <= year <= LAST_YEAR:
        return year
    raise RuleError(
        "date_out_of_range",
        f"{quoted(text)} lies outside {FIRST_YEAR} to {LAST_YEAR}: correct the year, or leave the "
        "date blank if it is not known.",
    )


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _no_such_date(text: str, why: str) -> RuleError:
    return RuleError(
        "no_such_date",
        f"{quoted(text)} is not a day of the calendar, {why}: correct it, or check order under "
        "[dates] in the profile.",
    )


def _explained(clean: str, text: str) -> RuleError:
    if words.TWO_DIGIT_YEAR.fullmatch(clean):
        return RuleError(
            "two_digit_year",
            f"{quoted(text)} has a year of two digits, which can mean two centuries: write all "
            "four.",
        )
    if re.fullmatch(r"[0-9]{5}(?:\.[0-9]+)?", clean):
        return RuleError(
            "spreadsheet_date",
            f"{quoted(text)} is a spreadsheet's day number: format the column as YYYY-MM-DD and "
            "save the file again.",
        )
    if words.VAGUE.search(clean) and re.search("[0-9]{4}", clean):
        return RuleError(
            "vague_date",
            f"{quoted(text)} does not say which months or days: write those that are meant, like "
            "2021-03/2021-05, or only the year.",
        )
    return _not_understood(text)


def _not_understood(text: str) -> RuleError:
    return RuleError(
        "date_not_understood",
        f"{quoted(text)} is not a date we can read: write it like 2021-09-09, 2021-09, Q1 2024 or "
        "2021, or leave it blank if it is not known.",
    )
