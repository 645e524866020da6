"""A bar for each of the last days: requests that were answered, and on top those refused."""

from collections.abc import Sequence
from datetime import date

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from deals import localised
from deals.svg.elements import hatching, tag

HEIGHT, SLOT, BAR = 100, 10, 8
# Less than this could not be seen.
LEAST = 1.0


def day_bars(days: Sequence[tuple[date, int, int]], name: str) -> SafeString:
    """(day, answered, refused), the oldest first; nothing when there was no request at all.

    It is stretched to the width that it gets, so numbers and days stand beside it as text.
    """
    most = max((used + refused for _day, used, refused in days), default=0)
    if not most:
        return mark_safe("")
    said = _("Requests a day from %(first)s to %(last)s; at most %(most)s") % {
        "first": localised.day(days[0][0]),
        "last": localised.day(days[-1][0]),
        "most": localised.decimal(most),
    }
    parts = [tag("title", said, id=f"{name}-title"), hatching(f"{name}-hatch")]
    for place, (day, used, refused) in enumerate(days):
        parts += _bars(place, (used, refused), most, name, _hint(day, used, refused))
    width = SLOT * len(days)
    axis = tag("line", x1=0, x2=width, y1=HEIGHT, y2=HEIGHT, class_="axis")
    return tag("svg", *parts, axis, viewBox=f"0 0 {width} {HEIGHT + 1}", role="img",
               preserveAspectRatio="none", class_="chart day-bars hue-neutral",
               aria_labelledby=f"{name}-title")  # fmt: skip


def _hint(day: date, used: int, refused: int) -> str:
    return _("%(day)s: %(used)s answered, %(refused)s refused") % {
        "day": localised.day(day),
        "used": localised.decimal(used),
        "refused": localised.decimal(refused),
    }


def _bars(place: int, counts: tuple[int, int], most: int, name: str, hint: str) -> list[SafeString]:
    x, base = place * SLOT + (SLOT - BAR) / 2, float(HEIGHT)
    found = []
    for number, (look, style) in zip(
        counts, (("bar", None), ("bar refused", f"fill:url(#{name}-hatch)")), strict=True
    ):
        if number:
            height = max(HEIGHT * number / most, LEAST)
            base -= height
            found.append(
                tag("rect", tag("title", hint), x=x, y=base, width=BAR, height=height,
                    class_=look, style=style)
            )  # fmt: skip
    return found
