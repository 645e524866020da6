"""Dates as suppliers write them: a closed interval of days, and how precise the source was."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


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
        """Whether any day of the interval lies in ``first``..``last``; an undated deal may."""
        if self.first is None or self.last is None:
            return True
        return (last is None or self.first <= last) and (first is None or first <= self.last)

    def __str__(self) -> str:
        """The shortest text that parses back to this date: 2021-09-09, 2021-09, 2024-Q1, 2021,
        2021-03-01/2021-05-31, or nothing."""
        if self.first is None or self.last is None:
            return ""
        match self.precision:
            case Precision.day:
                return self.first.isoformat()
            case Precision.month:
                return self.first.isoformat()[:7]
            case Precision.quarter:
                return f"{self.first.year:04d}-Q{(self.first.month + 2) // 3}"
            case Precision.year:
                return f"{self.first.year:04d}"
        return f"{self.first.isoformat()}/{self.last.isoformat()}"
