"""Things in a row by how many deals they have: plain values, and the same as a Plotly figure."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from deals.charts.plotly import axis, plain

ROW_PIXELS = 28


@dataclass(frozen=True, slots=True)
class Entry:
    """One bar. `value` is what stands at its end, `said` what it says to those who point at it.

    `unknown` bars stand for what nobody stated, and are hatched.
    """

    label: str
    n: int
    value: str
    href: str
    said: str
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """Bars from top to bottom; `most` is what the axis reaches at least."""

    title: str
    description: str
    hue: str
    entries: tuple[Entry, ...]
    most: int = 0


def ranked_figure(ranked: Ranked) -> dict[str, Any]:
    """Horizontal bars; their places are numbers, since two organizations may have one name."""
    entries = ranked.entries
    places = list(range(len(entries)))
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": [entry.n for entry in entries],
        "y": places,
        "text": [plain(entry.value) for entry in entries],
        "textposition": "outside",
        "marker": {"pattern": {"shape": ["/" if entry.unknown else "" for entry in entries]}},
        "customdata": [entry.href for entry in entries],
        "hovertext": [plain(entry.said) for entry in entries],
        "hoverinfo": "text",
        "meta": {"hue": ranked.hue},
    }
    layout = {
        "showlegend": False,
        "height": 90 + ROW_PIXELS * len(entries),
        # Numbers stand behind the bars, and an axis that ended with the longest would cut its own.
        "xaxis": axis(_("Deals"), range=[0, 1.3 * max(1, *(entry.n for entry in entries))]),
        "yaxis": axis(
            autorange="reversed", tickvals=places, showgrid=False, automargin=True,
            ticktext=[plain(entry.label) for entry in entries],
        ),
        "shapes": [],
    }  # fmt: skip
    return {"data": [bars], "layout": layout}
