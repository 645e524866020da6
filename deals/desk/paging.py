"""Long lists of the desk, newest first, a page at a time from behind a row."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page; `last` is the id to go on behind, None at the end."""

    rows: list[Row]
    last: int | None


def page(found: QuerySet[Row], sent: str, size: int, *, by: str, oldest: bool = False) -> Page[Row]:
    """The page behind the row whose id was `sent`, in the order of the time `by`, then of ids.

    An id that is not in the list begins at the beginning.
    """
    start = _row(found, sent, by)
    if start is not None:
        moment, pk = start
        side = "gt" if oldest else "lt"
        found = found.filter(Q(**{f"{by}__{side}": moment}) | Q(**{by: moment, f"pk__{side}": pk}))
    sign = "" if oldest else "-"
    rows = list(found.order_by(f"{sign}{by}", f"{sign}pk")[: size + 1])
    return Page(rows[:size], rows[size - 1].pk if len(rows) > size else None)


def whole(text: str) -> int | None:
    """A number as an address carries it; None for anything else, or too large for an id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _row(found: QuerySet[Row], sent: str, by: str) -> tuple[Any, int] | None:
    pk = whole(sent)
    return found.filter(pk=pk).values_list(by, "pk").first() if pk is not None else None
