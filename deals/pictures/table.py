"""The table of a chart: its numbers as rows, for a page and for a file.

A row holds a raw value under the name of each column, `deals` (the address of its deals, "" for
none) and perhaps `marks` (a word or two about the row) and `page` (of what the row is about). Only
what is shown is formatted here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from deals.templatetags.formats import money, number, percent

NUMERIC = frozenset({"number", "percent", "money"})
NOTHING = "–"
# Rows that a page shows open, and at most.
LONG, MOST_LINES = 40, 100


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is "text", "number", "percent", "money" or "name"; `unit` a currency for money."""

    name: str
    title: str
    kind: str
    unit: str = ""

    def shown(self, value: Any) -> str:
        """The value as a reader sees it; a number that is not there is a dash, never a zero."""
        if value is None or value == "":
            return NOTHING if self.kind in NUMERIC else ""
        match self.kind:
            case "number":
                return number(value)
            case "percent":
                return percent(value)
            case "money":
                return money(value, self.unit)
        return str(value)

    @property
    def look(self) -> str:
        """A class of parts.css: in a table of numbers only what is no number has one."""
        return "" if self.kind in NUMERIC else "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as shown, with its class; `href` leads to the deals counted or to what is named."""

    text: str
    look: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows, and a last line with the totals where there are any."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]
    foot: Mapping[str, Any] | None

    @property
    def head(self) -> list[Cell]:
        titles = [Cell(column.title, column.look) for column in self.columns]
        return [*titles, Cell(_("Note"), "note")] if self.marked else titles

    @property
    def marked(self) -> bool:
        return any(row.get("marks") for row in self.rows)

    @property
    def lines(self) -> list[list[Cell]]:
        """The rows of a page: all, or the first ones of a table that would be a page of its own."""
        return [self._line(row) for row in self.rows[:MOST_LINES]]

    @property
    def is_long(self) -> bool:
        """Whether the table is better opened by who wants it."""
        return len(self.rows) > LONG

    @property
    def cut(self) -> str:
        """That there are more rows than on the page, as a sentence; "" where there are not."""
        if len(self.rows) <= MOST_LINES:
            return ""
        return _("The first %(shown)s of %(all)s rows; the CSV has all of them.") % {
            "shown": number(MOST_LINES),
            "all": number(len(self.rows)),
        }

    @property
    def last_line(self) -> list[Cell]:
        return self._line(self.foot) if self.foot else []

    def _line(self, row: Mapping[str, Any]) -> list[Cell]:
        counted = self._counted()
        cells: list[Cell] = []
        for column in self.columns:
            value = row.get(column.name)
            leads = column.name == counted and bool(value)
            href = row.get("deals", "") if leads else ""
            if not cells:
                href = row.get("page", "")
            cells.append(Cell(column.shown(value), column.look, href))
        return [*cells, Cell(row.get("marks", ""), "note")] if self.marked else cells

    def _counted(self) -> str:
        """The column whose numbers lead to deals: n, or else the first of numbers."""
        names = [column.name for column in self.columns if column.kind == "number"]
        return "n" if "n" in names else next(iter(names), "")


def total_row(first: str, title: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The last line of a table: the distinct deals of an answer under the title of its rows."""
    return {first: title, **answer["total"], "deals": answer["links"]["deals"]}


def value_columns(currency: str) -> tuple[Column, ...]:
    """How much was disclosed, and the band of the value (rule 5)."""
    return (
        Column("disclosed_n", _("Disclosed"), "number"),
        Column("low", _("Low (%(currency)s)") % {"currency": currency}, "money", currency),
        Column("split", _("Split (%(currency)s)") % {"currency": currency}, "money", currency),
        Column("high", _("High (%(currency)s)") % {"currency": currency}, "money", currency),
    )
