"""A chain of owners as a small drawing: owners above, holdings below, one line of boxes each.

A tree in lines fits a phone as it fits a desk; each further step is set in by a little. Control is
a solid line and a stake without control a dashed one; what a line says is written beside the box.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from deals.svg.elements import drawing, linked, tag
from deals.svg.text import shortened

# Pixels: a box, the room between two lines of boxes, and where the line leaves a box.
BOX_HEIGHT, GAP, STUB = 44, 14, 12
WIDE, NARROW = 720, 340
STEP = {WIDE: 32, NARROW: 16}
BOX_WIDTH = 280
LABEL_HEIGHT = 18
# Names are bold, so they take a little more than their 14 pixels say.
NAME_SIZE, LABEL_SIZE = 15, 12.5


@dataclass(frozen=True, slots=True)
class Box:
    """One organization in one line.

    `label` says what it holds, or what is held of it; `joins` is the place of the box that its
    line leads to (None for the organization in the middle); `depth` counts from the top.
    """

    name: str
    below_name: str
    address: str
    label: str
    depth: int
    joins: int | None
    controls: bool
    state_linked: bool


def chain(boxes: Sequence[Box], title: str, description: str) -> tuple[SafeString, SafeString]:
    """The drawing for wide and for narrow screens."""
    return (
        _chain(boxes, title, description, WIDE),
        _chain(boxes, title, description, NARROW),
    )


def _chain(boxes: Sequence[Box], title: str, description: str, width: int) -> SafeString:
    narrow = width == NARROW
    line = BOX_HEIGHT + GAP + (LABEL_HEIGHT if narrow else 0)
    size = "narrow" if narrow else "wide"
    lines = [_line(boxes, place, line, width) for place in range(len(boxes))]
    drawn = [_box(box, place * line, width) for place, box in enumerate(boxes)]
    height = line * len(boxes)
    parts = [part for part in lines if part] + drawn
    return drawing(f"chain-{size}", size, title, description, (width, height), parts)


def _left(box: Box, width: int) -> float:
    return 1 + box.depth * STEP[width]


def _line(boxes: Sequence[Box], place: int, line: int, width: int) -> SafeString | None:
    """From the owner's lower left corner down and into the side of what it owns."""
    box = boxes[place]
    if box.joins is None:
        return None
    upper, lower = sorted((place, box.joins))
    x = _left(boxes[upper], width) + STUB
    top = upper * line + BOX_HEIGHT
    middle = lower * line + BOX_HEIGHT / 2
    path = f"M{x:.0f} {top}V{middle:.0f}H{_left(boxes[lower], width):.0f}"
    return tag("path", d=path, class_="chain-line" if box.controls else "chain-line dashed")


def _box(box: Box, top: int, width: int) -> SafeString:
    left = _left(box, width)
    wide = min(BOX_WIDTH, width - left - 1)
    look = "chain-box"
    look += " centre" if box.joins is None else ""
    look += " state" if box.state_linked else ""
    said = ", ".join(part for part in (box.name, box.below_name, box.label) if part)
    inner = wide - 2 * STUB
    parts = [
        tag("rect", x=left, y=top + 0.5, width=wide, height=BOX_HEIGHT - 1, rx=3, class_=look),
        tag("text", shortened(box.name, inner, NAME_SIZE), x=left + STUB, y=top + 19,
            class_="chain-name"),
        tag("text", shortened(box.below_name, inner, LABEL_SIZE), x=left + STUB, y=top + 36,
            class_="chain-label"),
    ]  # fmt: skip
    return tag("g", linked(box.address, said, *parts), _label(box, left, wide, top, width))


def _label(box: Box, left: float, wide: float, top: int, width: int) -> SafeString:
    """Beside the box where there is room for it, else below."""
    if width == NARROW:
        x, y = left + STUB + 8, top + BOX_HEIGHT + 15
    else:
        x, y = left + wide + STUB, top + BOX_HEIGHT // 2 + 4
    text = shortened(box.label, width - x, LABEL_SIZE)
    return tag("text", text, x=x, y=y, class_="chain-label")
