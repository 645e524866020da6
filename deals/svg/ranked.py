"""Ranked bars: the label at the left (on a phone above), the number at the end of the bar."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from deals.charts.ranked import Entry, Ranked
from deals.svg.elements import drawing, hatching, linked, tag
from deals.svg.text import text_width, wrapped

LINE = 15
BAR = 18
GAP = 8


@dataclass(frozen=True, slots=True)
class Layout:
    """One drawing: its width, and how wide labels at the left are; 0 puts them above the bars."""

    code: str
    width: int
    labels: int

    def lines(self, label: str) -> list[str]:
        if not self.labels:
            return wrapped(label, self.width, lines=2)
        return wrapped(label, self.labels - 12, lines=2)


WIDE = Layout("wide", 720, 250)
HALF = Layout("wide", 540, 200)
NARROW = Layout("narrow", 340, 0)


def ranked_chart(ranked: Ranked, name: str, layout: Layout = WIDE) -> SafeString:
    """The drawing, or nothing when there are no entries."""
    if not ranked.entries:
        return mark_safe("")
    prefix = f"{name}-{layout.code}"
    numbers = max(text_width(entry.value) for entry in ranked.entries) + 10
    room = layout.width - layout.labels - numbers
    most = max(ranked.most, *(entry.n for entry in ranked.entries), 1)
    pattern = f"{prefix}-hatch"
    parts = [tag("g", hatching(pattern), class_="hue-unknown")]
    top = 4.0
    for entry in ranked.entries:
        lines = layout.lines(entry.label)
        height = _height(lines, layout)
        width = max(room * entry.n / most, 1.5 if entry.n else 0.0)
        marks = [
            tag("rect", x=0, y=top, width=layout.width, height=height, class_="hit"),
            *_label(lines, top, height, layout),
            *_bar(entry, top, height, width, layout, pattern),
        ]
        parts.append(linked(entry.href, entry.said, *marks))
        top += height + GAP
    axis = tag("line", x1=layout.labels, x2=layout.labels, y1=0, y2=top - 4, class_="axis")
    return drawing(
        prefix, layout.code, ranked.title, ranked.description, (layout.width, top),
        [tag("g", *parts, axis, class_=ranked.hue)],
    )  # fmt: skip


def _height(lines: Sequence[str], layout: Layout) -> float:
    if not layout.labels:
        return LINE * len(lines) + BAR + 2.0
    return max(BAR, LINE * len(lines)) + 2.0


def _label(lines: Sequence[str], top: float, height: float, layout: Layout) -> list[SafeString]:
    if not layout.labels:
        return [
            tag("text", line, x=0, y=top + 12 + LINE * at, class_="label")
            for at, line in enumerate(lines)
        ]
    first = top + height / 2 - LINE * (len(lines) - 1) / 2 + 4.5
    return [
        tag("text", line, x=layout.labels - 9, y=first + LINE * at, class_="label end")
        for at, line in enumerate(lines)
    ]


def _bar(
    entry: Entry, top: float, height: float, width: float, layout: Layout, pattern: str
) -> list[SafeString]:
    y = top + height - BAR - 1 if not layout.labels else top + (height - BAR) / 2
    look = {"class_": "bar"}
    if entry.unknown:
        look["style"] = f"fill:url(#{pattern})"
    return [
        tag("rect", x=layout.labels, y=y, width=width, height=BAR, **look),
        tag("text", entry.value, x=layout.labels + width + 6, y=y + 13.5, class_="value"),
    ]
