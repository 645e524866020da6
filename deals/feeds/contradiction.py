"""Two rows of one deal that cannot both be right."""

from typing import Any

from deals.rules.amounts import Amount


class Contradiction(Exception):
    """Two rows of one deal state different values; `name` is the fact."""

    def __init__(self, name: str, earlier: Any, later: Any) -> None:
        self.name = name
        super().__init__(f"{name} is {said(later)} here and {said(earlier)} there")


def said(value: Any) -> str:
    """A fact in a few words."""
    if isinstance(value, Amount):
        ends = dict.fromkeys(f"{end:,.2f}" for end in (value.low, value.high) if end is not None)
        return f"{value.currency} {' to '.join(ends)}"
    if isinstance(value, (list, tuple)):
        return ", ".join(getattr(item, "name", str(item)) or "not named" for item in value)[:120]
    return str(value)[:120] or "blank"
