"""Dates of the form: from what is typed to days and precision, and back."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from deals.rules.dates import DealDate, Precision, parse_date
from deals.rules.errors import RuleError, quoted

# The part of a month that an article names, whose days are not the same for everybody.
PART_OF_MONTH = re.compile(
    r"\b(?:early|late|mid|(?:middle|end|beginning|start)(?: of)?|anfang|mitte|ende|début|mi|fin)"
    r"\b[\s-]*|(?<=月)(?:[初底末中]|[上中下]旬)",
    re.IGNORECASE,
)


def read_date(text: str) -> DealDate:
    """A date as an article writes it: "early September 2021" is in September 2021, no less is
    claimed, and the page says so at once. Raises RuleError like `parse_date`."""
    try:
        return parse_date(text)
    except RuleError as refusal:
        month = _month_around(text) if refusal.code == "vague_date" else None
        if month is None:
            raise
        return month


def _month_around(text: str) -> DealDate | None:
    try:
        found = parse_date(PART_OF_MONTH.sub("", text))
    except RuleError:
        return None
    return found if found.precision is Precision.month else None


def deal_date(when: Mapping[str, Any]) -> DealDate:
    """{"first", "last", "precision"} of facts as a date."""
    first, last = (
        date.fromisoformat(when[end]) if when[end] else None for end in ("first", "last")
    )
    return DealDate(first, last, Precision(when["precision"]))


def typed_date(when: Mapping[str, Any]) -> str:
    """{"first", "last", "precision"} as the shortest text: 2021-09-09, 2021-09, 2024-Q1, 2021."""
    return str(deal_date(when))


def date_facts(found: DealDate) -> dict[str, str | None]:
    """{"first", "last", "precision"} of a date."""
    first, last = (day.isoformat() if day else None for day in (found.first, found.last))
    return {"first": first, "last": last, "precision": str(found.precision)}


def single_day(text: str) -> date | None:
    """One day, None for a blank. Raises RuleError "not_a_day" for what is less precise."""
    found = parse_date(text)
    if found.first != found.last:
        raise RuleError("not_a_day", f"{quoted(text)} is not one day: write it like 2021-09-09.")
    return found.first
