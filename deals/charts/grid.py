"""A matrix of countries: plain values, and the same as a Plotly heat map."""

from dataclasses import dataclass
from typing import Any

from deals.charts.plotly import axis, plain

ROW_PIXELS = 30


@dataclass(frozen=True, slots=True)
class Square:
    """One cell that has deals; `step` is its class of colour from 1 to 5."""

    row: int
    column: int
    n: int
    text: str
    step: int
    href: str
    said: str


@dataclass(frozen=True, slots=True)
class Total:
    """The distinct deals of a row or column."""

    text: str
    href: str
    said: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Names and totals of rows and columns, and the cells that are not empty."""

    title: str
    description: str
    hue: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    squares: tuple[Square, ...]
    row_totals: tuple[Total, ...]
    column_totals: tuple[Total, ...]
    all_label: str


def grid_figure(grid: Grid) -> dict[str, Any]:
    """A heat map over places, since plotly.js would merge rows of the same name."""
    n: list[list[int | None]] = [[None] * len(grid.columns) for _ in grid.rows]
    texts = [[""] * len(grid.columns) for _ in grid.rows]
    hrefs = [[""] * len(grid.columns) for _ in grid.rows]
    said = [[""] * len(grid.columns) for _ in grid.rows]
    for square in grid.squares:
        n[square.row][square.column] = square.n
        texts[square.row][square.column] = plain(square.text)
        hrefs[square.row][square.column] = square.href
        said[square.row][square.column] = plain(square.said)
    heat = {
        "type": "heatmap", "z": n, "text": texts, "texttemplate": "%{text}", "customdata": hrefs,
        "hovertext": said, "hoverinfo": "text", "hoverongaps": False, "xgap": 1, "ygap": 1,
        "showscale": False, "meta": {"hue": grid.hue},
    }  # fmt: skip
    layout = {
        "showlegend": False,
        "height": 160 + ROW_PIXELS * len(grid.rows),
        "xaxis": axis(
            side="top", showgrid=False, automargin=True, tickangle=-45, **_ticks(grid.columns)
        ),
        "yaxis": axis(autorange="reversed", showgrid=False, automargin=True, **_ticks(grid.rows)),
        "shapes": [],
    }
    return {"data": [heat], "layout": layout}


def _ticks(names: tuple[str, ...]) -> dict[str, Any]:
    return {"tickvals": list(range(len(names))), "ticktext": [plain(name) for name in names]}
