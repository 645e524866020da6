"""A flow diagram: boxes in columns, and ribbons between them as wide as their deals.

Boxes are as high as the ribbons that meet at them, and never lower than a line of text needs. On a
phone the columns stand two and two, one pair below the other.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString, mark_safe

from deals.charts.sankey import Node, Ribbon, Sankey, Stage
from deals.svg.elements import drawing, hatching, linked, tag
from deals.svg.text import shortened, text_width

HEAD = 26.0
LINE = 17.0
GAP = 7.0
# The place of a ribbon at one side, and at the other.
Order = Callable[[Ribbon], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Layout:
    """One drawing: its width, where its columns of boxes begin, and about how high it is."""

    code: str
    width: int
    columns: tuple[int, ...]
    bar: int
    height: int


WIDE = Layout("wide", 720, (138, 336, 534), 11, 380)
NARROW = Layout("narrow", 340, (122, 188), 8, 300)


@dataclass(frozen=True, slots=True)
class Box:
    """Where a node stands, and its middle, which its label has."""

    x: float
    top: float
    height: float
    middle: float


def flow_diagram(sankey: Sankey, name: str) -> SafeString:
    """The drawing for wide screens, or nothing when nothing flows."""
    if not _flows(sankey):
        return mark_safe("")
    prefix = f"{name}-wide"
    marks, bottom = _drawn(sankey, WIDE, prefix, 0.0)
    whole = tag("g", *marks, class_=f"flow {sankey.hue}")
    extent = (WIDE.width, bottom)
    return drawing(prefix, "wide", sankey.title, sankey.description, extent, [whole])


def phone_diagram(sankey: Sankey, name: str) -> SafeString:
    """The drawing for phones: each column with the next."""
    if not _flows(sankey):
        return mark_safe("")
    prefix = f"{name}-narrow"
    marks: list[SafeString] = []
    bottom = 0.0
    for at in range(len(sankey.stages) - 1):
        last = replace(sankey.stages[at + 1], ribbons=())
        pair = replace(sankey, stages=(sankey.stages[at], last))
        found, bottom = _drawn(pair, NARROW, f"{prefix}-{at}", bottom + (24 if at else 0))
        marks += found
    whole = tag("g", *marks, class_=f"flow {sankey.hue}")
    extent = (NARROW.width, bottom)
    return drawing(prefix, "narrow", sankey.title, sankey.description, extent, [whole])


def _flows(sankey: Sankey) -> bool:
    return any(stage.ribbons for stage in sankey.stages)


def _drawn(
    sankey: Sankey, layout: Layout, prefix: str, top: float
) -> tuple[list[SafeString], float]:
    """All marks, and how far down they reach. Boxes come first, since a keyboard meets them so."""
    scale = scale_of(sankey, layout)
    boxes = boxes_of(sankey, layout, scale, top + HEAD)
    pattern = f"{prefix}-hatch"
    marks = [tag("g", hatching(pattern), class_="hue-unknown")]
    for at, stage in enumerate(sankey.stages):
        marks.append(_heading(stage, at, layout, top))
        marks += _nodes(stage, boxes[at], at, layout, pattern)
    for at, stage in enumerate(sankey.stages[:-1]):
        marks += _ribbons(stage, boxes[at], boxes[at + 1], scale, layout)
    # What stands on ribbons is drawn after them.
    for at, stage in enumerate(sankey.stages):
        if _is_inside(at, layout):
            marks += _labels(stage, boxes[at], at, layout)
    return marks, max(box.top + box.height for column in boxes for box in column) + 6


def scale_of(sankey: Sankey, layout: Layout) -> float:
    """Pixels for one deal, so that the fullest column is about as high as the drawing."""
    found = []
    for at, stage in enumerate(sankey.stages):
        room = layout.height - GAP * (len(stage.nodes) - 1)
        found.append(max(room, 120.0) / max(sum(sankey.weights(at)), 1))
    return min(found)


def boxes_of(sankey: Sankey, layout: Layout, scale: float, top: float) -> list[list[Box]]:
    """Each column from top to bottom, in the middle of the highest."""
    columns = []
    for at in range(len(sankey.stages)):
        heights = [scale * weight for weight in sankey.weights(at)]
        slots = [max(height, LINE) for height in heights]
        columns.append((heights, slots, sum(slots) + GAP * (len(slots) - 1)))
    highest = max(whole for _heights, _slots, whole in columns)
    found = []
    for x, (heights, slots, whole) in zip(layout.columns, columns, strict=False):
        y = top + (highest - whole) / 2
        boxes = []
        for height, slot in zip(heights, slots, strict=True):
            boxes.append(Box(x, y + (slot - height) / 2, height, y + slot / 2))
            y += slot + GAP
        found.append(boxes)
    return found


def _is_inside(at: int, layout: Layout) -> bool:
    """Whether labels of a column stand on the ribbons to the next one."""
    return 0 < at < len(layout.columns) - 1


def _heading(stage: Stage, at: int, layout: Layout, top: float) -> SafeString:
    x = layout.columns[at] + (layout.bar if at == 0 else 0)
    look = "axis-title end" if at == 0 else "axis-title"
    return tag("text", stage.heading, x=x, y=top + 13, class_=look)


def _nodes(
    stage: Stage, boxes: Sequence[Box], at: int, layout: Layout, pattern: str
) -> Iterator[SafeString]:
    for node, box in zip(stage.nodes, boxes, strict=True):
        height = max(box.height, 1.5)
        style = f"fill:url(#{pattern})" if node.unknown else None
        bar = tag("rect", x=box.x, y=box.middle - height / 2, width=layout.bar, height=height,
                  class_="bar node", style=style)  # fmt: skip
        label = [] if _is_inside(at, layout) else [_label(node, box, at, layout)]
        yield linked(node.href, node.said, bar, *label)


def _labels(stage: Stage, boxes: Sequence[Box], at: int, layout: Layout) -> Iterator[SafeString]:
    for node, box in zip(stage.nodes, boxes, strict=True):
        yield tag("g", _label(node, box, at, layout), class_="on-ribbons", aria_hidden="true")


def _label(node: Node, box: Box, at: int, layout: Layout) -> SafeString:
    """Name and number; the name gives way when both have no room."""
    first = at == 0
    x = box.x - 6 if first else box.x + layout.bar + 6
    right = layout.columns[at + 1] if _is_inside(at, layout) else layout.width
    room = (x if first else right - x) - text_width(node.text) - 4
    number = [" ", tag("tspan", node.text, class_="value")] if node.text else []
    look = "label end" if first else "label"
    return tag("text", shortened(node.label, room), *number, x=x, y=box.middle + 4.5, class_=look)


def _ribbons(
    stage: Stage, left: Sequence[Box], right: Sequence[Box], scale: float, layout: Layout
) -> Iterator[SafeString]:
    starts = _stacked(stage.ribbons, left, scale, lambda ribbon: (ribbon.a, ribbon.b))
    ends = _stacked(stage.ribbons, right, scale, lambda ribbon: (ribbon.b, ribbon.a))
    for ribbon in stage.ribbons:
        x, end = left[ribbon.a].x + layout.bar, right[ribbon.b].x
        path = _ribbon(x, starts[ribbon], end, ends[ribbon], scale * ribbon.n)
        mark = tag("path", d=path, class_="ribbon")
        yield linked(ribbon.href, ribbon.said, mark, look=ribbon.hue)


def _stacked(
    ribbons: Sequence[Ribbon], boxes: Sequence[Box], scale: float, order: Order
) -> dict[Ribbon, float]:
    """The upper edge of each ribbon at one side, in the order of the boxes at the other side."""
    found = {}
    for place, box in enumerate(boxes):
        own = sorted((r for r in ribbons if order(r)[0] == place), key=order)
        y = box.middle - scale * sum(ribbon.n for ribbon in own) / 2
        for ribbon in own:
            found[ribbon] = y
            y += scale * ribbon.n
    return found


def _ribbon(x: float, top: float, end: float, end_top: float, width: float) -> str:
    middle = (x + end) / 2
    there = _curve(middle, top, middle, end_top, end, end_top)
    back = _curve(middle, end_top + width, middle, top + width, x, top + width)
    return f"M{x:.1f} {top:.1f}{there}V{end_top + width:.1f}{back}Z"


def _curve(*points: float) -> str:
    return "C" + " ".join(f"{point:.1f}" for point in points)
