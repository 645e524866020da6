"""Dates of the form: from what is typed to days and precision, and back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from deals.rules.dates import DealDate, Precision, parse_date
from deals.rules.errors import RuleError, quoted


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
