"""Dates and amounts of a body as the text that a person would have typed."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from deals.api.body import step
from deals.api.problems import Wrong
from deals.entry.money import typed_amount
from deals.rules.amounts import AmountState
from deals.rules.dates import DealDate, Precision, parse_date
from deals.rules.errors import RuleError

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PLAIN = re.compile(r"[0-9]{1,16}(?:\.[0-9]{1,2})?")
CENT = Decimal("0.01")
ENDS = ("low", "high")
UNSTATED = ("", str(AmountState.undisclosed))
NOT_A_DAY = "This must be a day, such as 2024-03-31, or null."
NOT_MONEY = 'This must be a number as a text, without signs, such as "12500000.00", or null.'

Found = tuple[str, list[Wrong]]


def date_typed(value: Mapping[str, Any], given: Mapping[str, Any], at: str) -> Found:
    """{"first", "last", "precision"} as the shortest text, "" for undated; and what is wrong.

    The precision counts where the body names it (`given`), and else is what the days say.
    """
    wrong, days = [], {}
    for end in ("first", "last"):
        try:
            days[end] = _day(value.get(end))
        except ValueError:
            wrong.append(Wrong(step(at, end), NOT_A_DAY, value.get(end)))
    wanted = value.get("precision") if "precision" in given else None
    if wanted is not None and wanted not in list(Precision):
        allowed = tuple(map(str, Precision))
        wrong.append(Wrong(step(at, "precision"), "No such precision.", wanted, allowed))
    if wrong:
        return "", wrong
    first, last = days["first"], days["last"] or days["first"]
    if first is None or last is None:
        said = "Give the first day, too." if last or wanted else ""
        return "", [Wrong(step(at, "first"), said)] if said else []
    if first > last:
        said = "The last day is before the first one."
        return "", [Wrong(step(at, "last"), said, value.get("last"))]
    fits = [one for one in Precision if _says(one, first, last)]
    if not fits:
        said = "Days of a deal are between the years 1900 and 2100."
        return "", [Wrong(step(at, "first"), said, value.get("first"))]
    if wanted is not None and wanted not in fits:
        said = f"These days are no {wanted}."
        return "", [Wrong(step(at, "precision"), said, wanted, tuple(map(str, fits)))]
    return str(DealDate(first, last, Precision(wanted or fits[0]))), []


def amount_typed(texts: Mapping[str, str], given: Mapping[str, Any], at: str) -> Found:
    """{"state", "low", "high", "currency", "text"} as a text; and what is wrong.

    A text without numbers is read; beside numbers it has to say the same.
    """
    if texts["text"] and "text" in given and not any(given.get(end) for end in ENDS):
        return texts["text"], []
    wrong = [
        Wrong(step(at, end), NOT_MONEY, texts[end])
        for end in ENDS
        if texts[end] and not PLAIN.fullmatch(texts[end])
    ]
    if wrong:
        return "", wrong
    low, high = (Decimal(texts[end]).quantize(CENT) if texts[end] else None for end in ENDS)
    if low is None:
        stated = high is not None or ("state" in given and texts["state"] not in UNSTATED)
        said = "Give the low end, too: the same number where the amount is one."
        return "", [Wrong(step(at, "low"), said)] if stated else []
    high = low if high is None else high
    if low > high:
        return "", [Wrong(step(at, "high"), "This is below the low end.", texts["high"])]
    fits = ("range",) if low < high else ("exact", "approximate")
    state = texts["state"] if texts["state"] in fits or "state" in given else fits[0]
    if state not in fits:
        said = f"These numbers are no amount that is {state[:40]}."
        return "", [Wrong(step(at, "state"), said, texts["state"], fits)]
    amount = {
        "state": str(AmountState(state)),
        "low": format(low, "f"),
        "high": format(high, "f"),
        "currency": texts["currency"].strip().upper(),
        "text": texts["text"],
    }
    typed = typed_amount(amount)
    if given.get("text") and typed != texts["text"]:
        said = "This says another amount than low and high: leave one of them out."
        return "", [Wrong(step(at, "text"), said, texts["text"])]
    return typed, []


def _day(text: Any) -> date | None:
    if text is None:
        return None
    if not isinstance(text, str) or not DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _says(precision: Precision, first: date, last: date) -> bool:
    """Whether two days are a whole one of this precision, so that its text reads back as them."""
    if precision is Precision.none:
        return False
    try:
        found = parse_date(str(DealDate(first, last, precision)))
    except RuleError:
        return False
    return (found.first, found.last, found.precision) == (first, last, precision)
