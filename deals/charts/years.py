"""Counts of deals by year, and shares: plain values, and the same as a Plotly figure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from deals.charts.plotly import plain

DAYS_A_YEAR = 366


@dataclass(frozen=True, slots=True)
class Bars:
    """Counts of deals, one for each year of the chart; `hue` is a class of charts.css.

    `links` are the addresses of each year's deals and `said` what each bar says to those who point
    at or hear it; without them the bars are plain.
    """

    name: str
    hue: str
    values: tuple[int, ...]
    links: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """Shares from 0 to 1, one for each year; None where there is none. `labels` are the same as
    readers see them, where they are to be written beside the points."""

    name: str
    values: tuple[Decimal | None, ...]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marker:
    """A numbered event on the axis; the text stands in a list below the chart."""

    number: int
    on: date
    text: str


@dataclass(frozen=True, slots=True)
class YearChart:
    """Everything a drawing needs. `title` says what is shown, `description` what it shows.

    `most` and `most_share` are what the axes reach at least, so that charts share a scale.
    """

    title: str
    description: str
    years: tuple[int, ...]
    bars: tuple[Bars, ...]
    line: Line | None = None
    markers: tuple[Marker, ...] = ()
    provisional: frozenset[int] = frozenset()
    most: int = 0
    most_share: Decimal = Decimal(0)

    def position(self, day: date) -> float:
        """Where a day lies on the axis: 0.0 is the first day of the first year, 1.0 of the next."""
        return day.year - self.years[0] + (day.timetuple().tm_yday - 1) / DAYS_A_YEAR


def figure(chart: YearChart) -> dict[str, Any]:
    """The chart for plotly.js: `data` and `layout` of lists, texts and finite numbers only."""
    years = list(chart.years)
    lower = [0.0, 0.56] if chart.line else [0.0, 1.0]
    layout: dict[str, Any] = {
        "barmode": "group",
        "showlegend": len(chart.bars) > 1,
        "xaxis": {
            "type": "linear",
            "tickmode": "linear",
            "tick0": years[0],
            "dtick": max(1, len(years) // 12),
            "showgrid": False,
        },
        "yaxis": {"title": {"text": _("Deals")}, "rangemode": "tozero", "domain": lower},
        "shapes": [_event_line(chart, marker) for marker in chart.markers],
        "annotations": [_event_number(chart, marker) for marker in chart.markers],
    }
    data: list[dict[str, Any]] = [_bar_trace(chart, bars) for bars in chart.bars]
    if chart.line:
        layout["yaxis2"] = {
            "title": {"text": _("Share")},
            "rangemode": "tozero",
            "tickformat": ".1%",
            "domain": [0.66, 1.0],
        }
        data.append(_line_trace(chart, chart.line))
    return {"data": data, "layout": layout}


def _bar_trace(chart: YearChart, bars: Bars) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": plain(bars.name),
        "x": list(chart.years),
        "y": list(bars.values),
        "marker": {
            "pattern": {"shape": ["/" if year in chart.provisional else "" for year in chart.years]}
        },
        "meta": {"hue": bars.hue},
        # A click opens the deals of the bar.
        "customdata": list(bars.links),
        "hovertext": [plain(said) for said in bars.said],
        "hoverinfo": "text" if bars.said else "x+y",
    }


def _line_trace(chart: YearChart, line: Line) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": plain(line.name),
        "x": list(chart.years),
        # A float is precise enough to be drawn; the table beside the chart has the exact decimals.
        "y": [None if share is None else float(share) for share in line.values],
        "yaxis": "y2",
        "meta": {"hue": chart.bars[0].hue},
        "hovertemplate": "%{x}: %{y:.1%}<extra></extra>",
        "customdata": list(chart.bars[0].links),
    }


def _event_line(chart: YearChart, marker: Marker) -> dict[str, Any]:
    x = chart.years[0] - 0.5 + chart.position(marker.on)
    return {
        "type": "line", "xref": "x", "yref": "paper", "x0": x, "x1": x, "y0": 0, "y1": 1,
        "line": {"width": 1, "dash": "dot"}, "layer": "below",
    }  # fmt: skip


def _event_number(chart: YearChart, marker: Marker) -> dict[str, Any]:
    return {
        "x": chart.years[0] - 0.5 + chart.position(marker.on),
        "xref": "x",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "text": str(marker.number),
        "hovertext": plain(f"{marker.number}. {marker.text}"),
    }
