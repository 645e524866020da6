"""The chart by year: bars of counts, a line of shares above them, numbered events below."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from deals import localised
from deals.charts.years import Bars, Line, Marker, YearChart
from deals.svg.elements import drawing, hatching, linked, tag

MARKER_RADIUS = 8
TICKS = 4


@dataclass(frozen=True, slots=True)
class Size:
    """One drawing of a chart: its width, margins and the heights of its two panels."""

    code: str
    width: int
    left: int
    share_height: int
    bars_height: int


# A phone gets a drawing of its own, since a shrunken one has unreadable numbers.
WIDE = Size("wide", 720, 46, 110, 190)
NARROW = Size("narrow", 340, 36, 90, 150)
# One of two drawings side by side.
HALF = Size("wide", 540, 42, 100, 170)


def nice_top(largest: Decimal | int) -> Decimal:
    """The smallest 1, 2, 2.5, 5 or 10 times a power of ten, in steps of which 4 reach `largest`."""
    if largest <= 0:
        return Decimal(TICKS)
    step = Decimal(largest) / TICKS
    power = Decimal(10) ** step.adjusted()
    factor = next(f for f in ("1", "2", "2.5", "5", "10") if Decimal(f) * power >= step)
    return Decimal(factor) * power * TICKS


def ticks(largest: Decimal | int, *, whole: bool) -> list[Decimal]:
    """Values of the grid lines from 0 upwards; counts of deals have none between two deals."""
    top = nice_top(largest)
    step = top / TICKS
    if whole:
        step = Decimal(max(1, ceil(step)))
    return (
        [step * k for k in range(ceil(Decimal(largest) / step) + 1)]
        if largest
        else [Decimal(0), step]
    )


class _Drawing:
    """Positions of one chart in one size."""

    def __init__(self, chart: YearChart, size: Size) -> None:
        self.chart, self.size = chart, size
        self.band = (size.width - size.left - 8) / len(chart.years)
        # The name of an axis keeps clear of its topmost tick and of a value at the very top.
        self.share_top = 34.0 if chart.line else 24.0
        self.bars_top = self.share_top + (size.share_height + 40 if chart.line else 0)
        self.base = self.bars_top + size.bars_height
        self.rows = marker_rows(
            [size.left + chart.position(marker.on) * self.band for marker in chart.markers]
        )
        used = 1 + max(self.rows, default=-1)
        self.height = self.base + 26 + used * (2 * MARKER_RADIUS + 3) + 4

    def middle(self, position: int) -> float:
        return self.size.left + (position + 0.5) * self.band

    def day(self, marker: Marker) -> float:
        return self.size.left + self.chart.position(marker.on) * self.band


def marker_rows(positions: Sequence[float]) -> list[int]:
    """For markers in order from left to right, the first row in which none stands in the way."""
    ends: list[float] = []
    rows = []
    for x in positions:
        free = next((row for row, end in enumerate(ends) if x - end >= 2 * MARKER_RADIUS + 1), None)
        if free is None:
            free = len(ends)
            ends.append(x)
        ends[free] = x
        rows.append(free)
    return rows


def year_chart(chart: YearChart, name: str, size: Size = WIDE) -> SafeString:
    """The drawing, or nothing when there are no years. `name` makes its ids unique on the page."""
    if not chart.years:
        return mark_safe("")
    at = _Drawing(chart, size)
    prefix = f"{name}-{size.code}"
    parts: list[SafeString] = _event_lines(at)
    if chart.line:
        parts += _share_panel(at, chart.line)
    parts += [*_bars_panel(at, prefix), *_year_labels(at), *_event_numbers(at)]
    extent = (size.width, at.height)
    return drawing(prefix, size.code, chart.title, chart.description, extent, parts)


def _grid(
    at: _Drawing, top: float, height: float, marks: Iterable[tuple[float, str]]
) -> list[SafeString]:
    size = at.size
    found = []
    for part, label in marks:
        y = top + height * (1 - part)
        found.append(tag("line", x1=size.left, x2=size.width, y1=y, y2=y, class_="grid"))
        found.append(tag("text", label, x=size.left - 6, y=y + 4, class_="tick end"))
    return found


def _bars_panel(at: _Drawing, prefix: str) -> list[SafeString]:
    chart, size = at.chart, at.size
    largest = max(max(bars.values) for bars in chart.bars)
    values = ticks(max(largest, chart.most), whole=True)
    scale = size.bars_height / float(values[-1])
    parts = _grid(
        at,
        at.bars_top,
        size.bars_height,
        ((float(v / values[-1]), localised.decimal(int(v))) for v in values),
    )
    parts.append(tag("text", _("Deals"), x=0, y=at.bars_top - 12, class_="axis-title"))
    for position, bars in enumerate(chart.bars):
        parts.append(_bar_group(at, prefix, bars, position, scale))
    return parts


def _bar_group(at: _Drawing, prefix: str, bars: Bars, position: int, scale: float) -> SafeString:
    chart = at.chart
    width = min(at.band * 0.72, 64.0) / len(chart.bars)
    pattern = f"{prefix}-hatch-{position}"
    parts = [hatching(pattern)] if chart.provisional else []
    labelled = width >= 7 * max(len(localised.decimal(n)) for n in bars.values)
    for index, (year, n) in enumerate(zip(chart.years, bars.values, strict=True)):
        x = at.middle(index) + width * (position - len(chart.bars) / 2)
        height = n * scale
        if not n:
            continue
        young = year in chart.provisional
        marks = [
            # Low bars can be hit as well as high ones.
            tag("rect", x=x, y=at.bars_top, width=width, height=at.size.bars_height, class_="hit"),
            tag("rect", x=x + 0.5, y=at.base - height, width=width - 1, height=height,
                class_="bar young" if young else "bar",
                style=f"fill:url(#{pattern})" if young else None),
        ]  # fmt: skip
        if labelled:
            middle, above = x + width / 2, at.base - height - 4
            marks.append(tag("text", localised.decimal(n), x=middle, y=above, class_="value mid"))
        parts.append(_mark(bars, index, marks))
    return tag("g", *parts, class_=bars.hue)


def _mark(bars: Bars, index: int, marks: Sequence[SafeString]) -> SafeString:
    if not bars.links:
        return tag("g", *marks)
    return linked(bars.links[index], bars.said[index], *marks)


def _share_panel(at: _Drawing, line: Line) -> list[SafeString]:
    size = at.size
    known = [share for share in line.values if share is not None]
    values = ticks(max([*known, at.chart.most_share]) * 100, whole=False)
    top = values[-1]
    parts = _grid(
        at,
        at.share_top,
        size.share_height,
        ((float(v / top), localised.percent(round(v, _places(values)))) for v in values),
    )
    parts.append(tag("text", line.name, x=0, y=at.share_top - 22, class_="axis-title"))
    points: list[tuple[int, float, float] | None] = [
        None
        if share is None
        else (
            at.chart.years[index],
            at.middle(index),
            at.share_top + size.share_height * (1 - float(share * 100 / top)),
        )
        for index, share in enumerate(line.values)
    ]
    drawn = [*_segments(at.chart, points), *_points(at, line, points)]
    return [*parts, tag("g", *drawn, class_=at.chart.bars[0].hue)]


def _places(values: Sequence[Decimal]) -> int:
    """As many places behind the point as the steps of an axis need, in per cent."""
    exponents = [value.normalize().as_tuple().exponent for value in values]
    return max(0, *(-exponent for exponent in exponents if isinstance(exponent, int)))


def _segments(
    chart: YearChart, points: Sequence[tuple[int, float, float] | None]
) -> list[SafeString]:
    """A gap stays a gap; the way to a provisional year is dashed."""
    found = []
    for one, two in pairwise(points):
        if one and two:
            young = one[0] in chart.provisional or two[0] in chart.provisional
            found.append(
                tag("line", x1=one[1], y1=one[2], x2=two[1], y2=two[2],
                    class_="line young" if young else "line")
            )  # fmt: skip
    return found


def _points(
    at: _Drawing, line: Line, points: Sequence[tuple[int, float, float] | None]
) -> list[SafeString]:
    found = []
    for index, point in enumerate(points):
        if point is None:
            continue
        year, x, y = point
        young = year in at.chart.provisional
        found.append(tag("circle", cx=x, cy=y, r=4, class_="point young" if young else "point"))
        if at.band >= 40 and line.labels:
            found.append(tag("text", line.labels[index], x=x, y=y - 9, class_="value mid"))
    return found


def _year_labels(at: _Drawing) -> list[SafeString]:
    years = at.chart.years
    step = ceil(34 / at.band)
    parts = [tag("line", x1=at.size.left, x2=at.size.width, y1=at.base, y2=at.base, class_="axis")]
    for index in range(0, len(years), step):
        parts.append(
            tag("text", str(years[index]), x=at.middle(index), y=at.base + 18, class_="tick mid")
        )
    return parts


def _event_lines(at: _Drawing) -> list[SafeString]:
    return [
        tag("line", x1=x, x2=x, y1=at.share_top, y2=at.base, class_="event-line")
        for x in map(at.day, at.chart.markers)
    ]


def _event_numbers(at: _Drawing) -> list[SafeString]:
    parts = []
    for marker, row in zip(at.chart.markers, at.rows, strict=True):
        x = min(max(at.day(marker), at.size.left + 8), at.size.width - 9)
        y = at.base + 34 + row * (2 * MARKER_RADIUS + 3)
        hint = tag("title", f"{marker.number}. {marker.text}")
        circle = tag("circle", cx=x, cy=y, r=MARKER_RADIUS, class_="event")
        number = tag("text", marker.number, x=x, y=y + 4, class_="event-number mid")
        parts.append(tag("g", hint, circle, number))
    return parts
