"""A waterfall: from one number to another, each bar beginning where the one above it ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from deals.svg.elements import drawing, hatching, linked, tag
from deals.svg.text import shortened

ROW = 46
BAR = 16
TOP = 4
# Room for the number behind the longest bar.
VALUE = 74
WIDTHS = {"wide": 720, "narrow": 340}


@dataclass(frozen=True, slots=True)
class Fall:
    """One bar from `start` to `end`, both counted from 0; a total begins at 0 itself.

    `label` stands above it, `value` behind it, `said` names the link to its deals.
    """

    label: str
    value: str
    said: str
    start: int
    end: int
    href: str = ""
    total: bool = False

    @property
    def look(self) -> str:
        return "fall-total" if self.total else "fall-in" if self.end >= self.start else "fall-out"


def waterfall(
    falls: Sequence[Fall], name: str, size: str, title: str, description: str
) -> SafeString:
    """The drawing in one size; nothing where no bar has a length."""
    most = max((max(fall.start, fall.end) for fall in falls), default=0)
    if not most:
        return mark_safe("")
    width = WIDTHS[size]
    prefix = f"{name}-{size}"
    scale = (width - VALUE) / most
    height = TOP + ROW * len(falls)
    parts = [hatching(f"{prefix}-hatch"), tag("line", x1=1, x2=1, y1=0, y2=height, class_="axis")]
    for row, fall in enumerate(falls):
        if row:
            parts.append(_joint(fall, row, scale))
        parts.append(_bar(fall, row, scale, width, prefix))
    return drawing(prefix, size, title, description, (width, height), parts)


def _joint(fall: Fall, row: int, scale: float) -> SafeString:
    """From the level that the bar above reached down to this one."""
    x = 1 + scale * (fall.end if fall.total else fall.start)
    top = TOP + ROW * row - (ROW - 20 - BAR)
    return tag("line", x1=x, x2=x, y1=top, y2=TOP + ROW * row + 20, class_="event-line")


def _bar(fall: Fall, row: int, scale: float, width: int, prefix: str) -> SafeString:
    y = TOP + ROW * row
    left, right = sorted((fall.start, fall.end))
    x, end = 1 + scale * left, 1 + scale * right
    hatched = f"fill:url(#{prefix}-hatch)" if fall.look == "fall-out" else None
    return linked(
        fall.href,
        fall.said,
        tag("rect", x=0, y=y, width=width, height=ROW, class_="hit"),
        tag("text", shortened(fall.label, width - 4), x=4, y=y + 14, class_="fall-label"),
        tag("rect", x=x, y=y + 20, width=max(end - x, 1.0), height=BAR,
            class_=f"bar {fall.look}", style=hatched),
        tag("text", fall.value, x=end + 6, y=y + 33, class_="value"),
    )  # fmt: skip
