"""The chart by year: bars of counts, a line of shares above them, numbered events below."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from math import ceil

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from deals import localised
from deals.charts.years import Bars, Line, YearChart
from deals.svg.axes import LEFT, MARKER_RADIUS, ROW, WIDE, Axes, Size, ticks
from deals.svg.elements import fluid, hatching, linked, tag


def year_chart(chart: YearChart, name: str, size: Size = WIDE) -> SafeString:
    """The drawing, or nothing when there are no years. `name` makes its ids unique on the page."""
    if not chart.years:
        return mark_safe("")
    at = Axes(chart, size)
    parts: list[SafeString] = _event_lines(at)
    if chart.line:
        parts += _share_panel(at, chart.line)
    parts += [*_bars_panel(at, name), *_year_labels(at), *_event_numbers(at)]
    return fluid(name, chart.title, chart.description, (LEFT, at.inner, at.height), parts)


def _grid(
    at: Axes, top: float, height: float, marks: Iterable[tuple[float, str]]
) -> list[SafeString]:
    lines, labels = [], []
    for part, label in marks:
        y = top + height * (1 - part)
        lines.append(tag("line", x2="100%", y1=y, y2=y))
        labels.append(tag("text", label, x=-6, y=y + 4))
    return [tag("g", *lines, class_="grid"), tag("g", *labels, class_="tick end")]


def _bars_panel(at: Axes, prefix: str) -> list[SafeString]:
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
    parts.append(tag("text", _("Deals"), x=-LEFT, y=at.bars_top - 12, class_="axis-title"))
    for position, bars in enumerate(chart.bars):
        parts.append(_bar_group(at, prefix, bars, position, scale))
    return parts


def _bar_group(at: Axes, prefix: str, bars: Bars, position: int, scale: float) -> SafeString:
    chart = at.chart
    width = min(at.band * 0.72, 64.0) / len(chart.bars)
    pattern = f"{prefix}-hatch-{position}"
    parts = [hatching(pattern)] if chart.provisional else []
    longest = max(len(localised.decimal(n)) for n in bars.values)
    look = at.look("value mid", 7 * longest * len(chart.bars) / 0.72)
    for index, (year, n) in enumerate(zip(chart.years, bars.values, strict=True)):
        x = at.middle(index) + width * (position - len(chart.bars) / 2)
        height = n * scale
        if not n:
            continue
        young = year in chart.provisional
        marks = [
            # Low bars can be hit as well as high ones.
            tag("rect", x=at.across(x), y=at.bars_top, width=at.across(width),
                height=at.size.bars_height, class_="hit"),
            tag("rect", x=at.across(x), y=at.base - height, width=at.across(width), height=height,
                class_="bar young" if young else "bar",
                style=f"fill:url(#{pattern})" if young else None),
        ]  # fmt: skip
        if look:
            middle, above = at.across(x + width / 2), at.base - height - 4
            marks.append(tag("text", localised.decimal(n), x=middle, y=above, class_=look))
        parts.append(_mark(bars, index, marks))
    return tag("g", *parts, class_=bars.hue)


def _mark(bars: Bars, index: int, marks: Sequence[SafeString]) -> SafeString:
    if not bars.links:
        return tag("g", *marks)
    return linked(bars.links[index], bars.said[index], *marks)


def _share_panel(at: Axes, line: Line) -> list[SafeString]:
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
    parts.append(tag("text", line.name, x=-LEFT, y=at.share_top - 22, class_="axis-title"))
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
    drawn = [*_segments(at, points), *_points(at, line, points)]
    return [*parts, tag("g", *drawn, class_=at.chart.bars[0].hue)]


def _places(values: Sequence[Decimal]) -> int:
    """As many places behind the point as the steps of an axis need, in per cent."""
    exponents = [value.normalize().as_tuple().exponent for value in values]
    return max(0, *(-exponent for exponent in exponents if isinstance(exponent, int)))


def _segments(at: Axes, points: Sequence[tuple[int, float, float] | None]) -> list[SafeString]:
    """A gap stays a gap; the way to a provisional year is dashed."""
    found = []
    for one, two in pairwise(points):
        if one and two:
            young = bool(at.chart.provisional & {one[0], two[0]})
            found.append(
                tag("line", x1=at.across(one[1]), y1=one[2], x2=at.across(two[1]), y2=two[2],
                    class_="line young" if young else "line")
            )  # fmt: skip
    return found


def _points(
    at: Axes, line: Line, points: Sequence[tuple[int, float, float] | None]
) -> list[SafeString]:
    look = at.look("value mid", 40)
    found = []
    for index, point in enumerate(points):
        if point is None:
            continue
        year, y = point[0], point[2]
        x = at.across(point[1])
        young = year in at.chart.provisional
        found.append(tag("circle", cx=x, cy=y, r=4, class_="point young" if young else "point"))
        if look and line.labels:
            found.append(tag("text", line.labels[index], x=x, y=y - 9, class_=look))
    return found


def _year_labels(at: Axes) -> list[SafeString]:
    """Every year, or every so many; on a phone every so many of those."""
    years = at.chart.years
    step = ceil(34 / at.roomy)
    rare = step * ceil(34 / at.at_least / step)
    labels = []
    for index in range(0, len(years), step):
        look = None if index % rare == 0 else "roomy"
        x = at.across(at.middle(index))
        labels.append(tag("text", str(years[index]), x=x, y=at.base + 18, class_=look))
    axis = tag("line", x2="100%", y1=at.base, y2=at.base, class_="axis")
    return [axis, tag("g", *labels, class_="tick mid")]


def _event_lines(at: Axes) -> list[SafeString]:
    lines = [
        tag("line", x1=x, x2=x, y1=at.share_top, y2=at.base)
        for x in (at.across(at.day(marker)) for marker in at.chart.markers)
    ]
    return [tag("g", *lines, class_="event-line")] if lines else []


def _event_numbers(at: Axes) -> list[SafeString]:
    parts = []
    # A number at an end of the axis stays inside the drawing, on a phone too.
    edge = (MARKER_RADIUS + 1) * at.band / at.at_least
    for marker, row in zip(at.chart.markers, at.rows, strict=True):
        x = at.across(min(max(at.day(marker), edge), at.inner - edge))
        y = at.base + 34 + row * ROW
        hint = tag("title", f"{marker.number}. {marker.text}")
        circle = tag("circle", cx=x, cy=y, r=MARKER_RADIUS, class_="event")
        number = tag("text", marker.number, x=x, y=y + 4, class_="event-number mid")
        parts.append(tag("g", hint, circle, number))
    return parts
