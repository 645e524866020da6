"""Two small drawings beside numbers: who the N deals are, and a value as a band."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from deals.localised import decimal
from deals.svg.elements import hatching, tag

BAND_WIDTH = 320
BAND_HEIGHT = 22


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole: `hue` is a class of charts.css, `label` its name."""

    label: str
    hue: str
    n: int


def composition_bar(parts: Sequence[Part], name: str) -> SafeString:
    """One bar of full width, cut in proportion; nothing when there is nothing to cut."""
    whole = sum(part.n for part in parts)
    if not whole:
        return mark_safe("")
    said = ngettext("Of %(n)s deal – %(parts)s", "Of %(n)s deals – %(parts)s", whole) % {
        "n": decimal(whole),
        "parts": "; ".join(f"{part.label}: {decimal(part.n)}" for part in parts),
    }
    drawn: list[SafeString] = [tag("title", said, id=f"{name}-title")]
    drawn.append(tag("g", hatching(f"{name}-hatch"), class_="hue-unknown"))
    start = 0.0
    for part in parts:
        width = 100 * part.n / whole
        style = f"fill:url(#{name}-hatch)" if part.hue == "hue-unknown" else None
        drawn.append(
            tag("rect", x=f"{start:.3f}%", y=0, width=f"{width:.3f}%", height=28,
                class_=f"segment {part.hue}", style=style)
        )  # fmt: skip
        start += width
    return tag("svg", *drawn, width="100%", height=28, class_="composition", role="img",
               aria_labelledby=f"{name}-title")  # fmt: skip


def band(low: Decimal, split: Decimal, high: Decimal, hue: str) -> SafeString:
    """Low to high on a line from 0, with a tick at the split. Numbers stand beside it as text."""
    if high <= 0:
        return mark_safe("")
    x_low, x_split, x_high = (
        4 + (BAND_WIDTH - 8) * float(value / high) for value in (low, split, high)
    )
    middle = BAND_HEIGHT / 2
    parts = [
        tag("line", x1=4, x2=BAND_WIDTH - 4, y1=middle, y2=middle, class_="grid"),
        tag(
            "rect", x=x_low, y=middle - 5, width=max(x_high - x_low, 1.0), height=10, class_="band"
        ),
        tag("line", x1=x_split, x2=x_split, y1=2, y2=BAND_HEIGHT - 2, class_="split"),
    ]
    return tag("svg", tag("g", *parts, class_=hue), viewBox=f"0 0 {BAND_WIDTH} {BAND_HEIGHT}",
               class_="value-band", aria_hidden="true")  # fmt: skip
