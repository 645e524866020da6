"""Flows between columns of nodes as plain values, and the same as a Plotly figure."""

from dataclasses import dataclass
from typing import Any

from deals.charts.plotly import plain


@dataclass(frozen=True, slots=True)
class Node:
    """One box. `text` is its number of distinct deals as shown, "" where that is not known.

    `n` is that number, 0 where it is not known; `unknown` boxes stand for what nobody stated.
    """

    label: str
    n: int
    text: str
    href: str
    said: str
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Ribbon:
    """From the node `a` of a column to the node `b` of the next, both as places in their column."""

    a: int
    b: int
    n: int
    href: str
    said: str
    hue: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One column of nodes with its heading, and the ribbons from it to the next column."""

    heading: str
    nodes: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...] = ()


@dataclass(frozen=True, slots=True)
class Sankey:
    """Columns from left to right."""

    title: str
    description: str
    hue: str
    stages: tuple[Stage, ...]

    def weights(self, at: int) -> list[int]:
        """How high the nodes of a column must be: a deal may be in several of their ribbons."""
        found = [node.n for node in self.stages[at].nodes]
        for place in range(len(found)):
            into = [r.n for r in self.stages[at - 1].ribbons if r.b == place] if at else []
            out = [r.n for r in self.stages[at].ribbons if r.a == place]
            found[place] = max(found[place], sum(into), sum(out))
        return found


def sankey_figure(sankey: Sankey) -> dict[str, Any]:
    """Nodes numbered through all columns; without a name twice, as plotly.js joins none."""
    starts = [0]
    for stage in sankey.stages:
        starts.append(starts[-1] + len(stage.nodes))
    nodes = [node for stage in sankey.stages for node in stage.nodes]
    ribbons = [
        (starts[at] + ribbon.a, starts[at + 1] + ribbon.b, ribbon)
        for at, stage in enumerate(sankey.stages)
        for ribbon in stage.ribbons
    ]
    trace = {
        "type": "sankey",
        # A node that can be dragged takes no click, and a click opens its deals.
        "arrangement": "fixed",
        "node": {
            "label": [plain(f"{node.label} {node.text}".rstrip()) for node in nodes],
            "customdata": [node.href for node in nodes],
            "hovertemplate": "%{label}<extra></extra>",
            "thickness": 12,
            "pad": 10,
        },
        "link": {
            "source": [source for source, _target, _ribbon in ribbons],
            "target": [target for _source, target, _ribbon in ribbons],
            "value": [ribbon.n for _source, _target, ribbon in ribbons],
            "label": [plain(ribbon.said) for _source, _target, ribbon in ribbons],
            "customdata": [ribbon.href for _source, _target, ribbon in ribbons],
            "hovertemplate": "%{label}<extra></extra>",
        },
        "meta": {"hue": sankey.hue},
    }
    return {"data": [trace], "layout": {"showlegend": False, "height": 520, "shapes": []}}
