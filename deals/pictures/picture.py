"""A chart in every form that a page, a download and an embed need.

A picture has one panel or several; a panel is drawn on the server, once for all screens or twice,
for wide and for narrow ones, and has the same numbers as a table.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from deals.charts.years import Marker
from deals.pictures.table import Table


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend. `look` is a class of charts.css beside `hue`: "", "young", "seq-3"."""

    label: str
    hue: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing, its Plotly figure if it has one, and its table.

    `narrow` is nothing where `wide` fits a phone as well. `name` is unique in the picture and
    begins every id inside the drawings. A panel without deals has no drawings, and `empty` says so
    in a sentence.
    """

    name: str
    title: str
    wide: SafeString
    narrow: SafeString
    figure: dict[str, Any] | None
    table: Table
    hue: str
    legend: tuple[Key, ...] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """`title` is the finding; `subtitle` measure, unit, period and population; `summary` the chart
    in words; `events` are explained in a list below; `api` is the address of the same numbers;
    `seq` the point of the ledger it was drawn at, 0 where nobody said; `begin` where a reader goes
    on who has to choose first, as words and addresses."""

    code: str
    title: str
    subtitle: str
    summary: str
    panels: tuple[Panel, ...]
    notes: tuple[str, ...]
    events: tuple[Marker, ...] = ()
    api: str = ""
    seq: int = 0
    begin: tuple[tuple[str, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        return not any(panel.wide for panel in self.panels)

    @property
    def is_long(self) -> bool:
        """Whether the tables are better opened by who wants them."""
        return any(panel.table.is_long for panel in self.panels)
