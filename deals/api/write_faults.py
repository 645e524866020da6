"""Where in a body a fault is that the desk's readers have found in the form."""

import re
from typing import Any

from deals.api.body import Object, step
from deals.api.problems import Wrong
from deals.entry.facts import CITABLE
from deals.entry.reading import Fault
from deals.feeds.fields import AI, DATE_BASES, INVESTOR_LISTS
from deals.rules.counting import KINDS, STATUSES
from deals.rules.vocab import ROUND_TYPES, SECTORS

_ROW = re.compile(r"(?P<list>status_history|investors|sources)-(?P<row>\d+)-(?P<part>\w+)")
ELSEWHERE = {"date_basis": ("date", "basis"), "currency": ("amount", "currency")}
RENAMED = {"stake": "stake_percent"}
WORDS: dict[str, tuple[str, ...]] = {
    "/kind": tuple(KINDS),
    "/status": tuple(STATUSES),
    "/round_type": tuple(ROUND_TYPES),
    "/ai": AI,
    "/investor_list": INVESTOR_LISTS,
    "/date/basis": DATE_BASES,
    "/sectors": tuple(SECTORS),
    "/status_history/#/status": tuple(STATUSES),
    "/sources/#/field": CITABLE,
}


def wrong_of(fault: Fault, given: Object) -> Wrong:
    """A fault with its pointer, what the body has there, and the words that would do."""
    pointer = ""
    value: Any = given
    for name in _steps(fault.field):
        if isinstance(value, dict):
            inner = value.get(str(name))
        elif isinstance(value, list) and isinstance(name, int) and name < len(value):
            inner = value[name]
        else:
            # What is missing is shown where it would be, but not inside what is not there.
            break
        pointer, value = step(pointer, name), inner
    allowed = WORDS.get(re.sub(r"/\d+", "/#", pointer), ())
    return Wrong(pointer, fault.message, None if isinstance(value, dict | list) else value, allowed)


def _steps(field: str) -> list[str | int]:
    """The way to a field of the form: investors-0-stake → investors, 0, stake_percent."""
    if row := _ROW.fullmatch(field):
        return [row["list"], int(row["row"]), RENAMED.get(row["part"], row["part"])]
    if field.startswith(("target-", "choice-")):
        head, _, part = field.partition("-")
        return ["choices" if head == "choice" else head, part]
    return list(ELSEWHERE.get(field, (field,))) if field else []
