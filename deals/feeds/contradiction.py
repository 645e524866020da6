"""Two rows of one deal that cannot both be right."""

from decimal import Decimal
from typing import Any


class Contradiction(Exception):
    """Two rows of one deal state different values; `name` is the fact."""

    def __init__(self, name: str, earlier: Any, later: Any) -> None:
        self.name = name
        super().__init__(f"{name} is {said(later)} here and {said(earlier)} there")


def said(value: Any) -> str:
    """A fact, as it stands in `deals.feeds.facts`, in a few words."""
    if isinstance(value, dict) and "currency" in value:
        ends = dict.fromkeys(value[end] for end in ("low", "high") if value[end] is not None)
        return f"{value['currency']} {' to '.join(f'{Decimal(end):,.2f}' for end in ends)}"
    if isinstance(value, dict) and "first" in value:
        return " to ".join(dict.fromkeys(str(value[end]) for end in ("first", "last")))
    if isinstance(value, list):
        return ", ".join(map(_item, value))[:120] or "blank"
    return str(value)[:120] or "blank"


def _item(item: Any) -> str:
    """An investor by name, a step of a history by its word, a page by its address."""
    if isinstance(item, dict):
        return str(item.get("status", ""))
    if isinstance(item, list):
        return str(item[0]) or "not named"
    return str(getattr(item, "name", item)) or "not named"
