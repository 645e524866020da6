"""Where things stand in the chart by year: its sizes, its axes, and room for numbered events."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from deals.charts.years import Marker, YearChart

MARKER_RADIUS = 7
# From one row of numbers to the next.
ROW = 2 * MARKER_RADIUS + 2
TICKS = 4


@dataclass(frozen=True, slots=True)
class Size:
    """How wide a drawing is meant to be, its left margin and the heights of its two panels.

    On a page it is as wide as there is room: places across are shares of the width, while texts,
    dots and heights stay as they are, so that one drawing serves desktop, phone and paper. What
    has no room below `roomy` pixels has the class `roomy`, which charts.css hides there.
    """

    width: int
    share_height: int
    bars_height: int
    roomy: int


WIDE = Size(720, 110, 190, 608)
# One of two drawings side by side.
HALF = Size(540, 100, 170, 448)
# The margin is that of `.chart-fluid` in charts.css, and a phone the narrowest screen thought of.
LEFT, RIGHT, PHONE = 44, 8, 328


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


class Axes:
    """Positions of one chart in one size; those across are counted from the left end of the axis.

    `band` is the room of a year where the drawing is as wide as meant, `at_least` on a phone, and
    `roomy` where the class of that name begins to be shown.
    """

    def __init__(self, chart: YearChart, size: Size) -> None:
        self.chart, self.size = chart, size
        self.inner = size.width - LEFT
        self.band, self.roomy, self.at_least = (
            (width - LEFT - RIGHT) / len(chart.years) for width in (size.width, size.roomy, PHONE)
        )
        # The name of an axis keeps clear of its topmost tick and of a value at the very top.
        self.share_top = 34.0 if chart.line else 24.0
        self.bars_top = self.share_top + (size.share_height + 40 if chart.line else 0)
        self.base = self.bars_top + size.bars_height
        # Numbers keep clear of each other on a phone, where their days are closest.
        self.rows = marker_rows(
            [chart.position(marker.on) * self.at_least for marker in chart.markers]
        )
        used = 1 + max(self.rows, default=-1)
        self.height = self.base + 26 + used * ROW + 4

    def across(self, x: float) -> str:
        """A place or a width as a share of the axis."""
        return f"{x / self.inner * 100:.2f}".rstrip("0").rstrip(".") + "%"

    def middle(self, position: int) -> float:
        return (position + 0.5) * self.band

    def day(self, marker: Marker) -> float:
        return self.chart.position(marker.on) * self.band

    def look(self, look: str, needed: float) -> str | None:
        """The classes of a text that needs so many pixels a year; None where it never has them."""
        if self.at_least >= needed:
            return look
        return f"{look} roomy" if self.roomy >= needed else None


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
