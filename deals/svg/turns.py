"""The latest turns of a feed as small marks in a row, the newest at the right.

Every outcome has a shape of its own, so that the marks can be told apart without colour: what was
taken is a full bar, the same file as before a low one, a failure is crossed out, a held file has
two bars as a sign of pause, and what is open or was discarded is an outline.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from deals.svg.elements import tag

STEP, WIDTH, HEIGHT = 12, 9, 26
LOW = 8


@dataclass(frozen=True, slots=True)
class Turn:
    """`state` is that of a feed's slot, `said` a few words for whoever points at the mark."""

    state: str
    said: str


def turn_marks(turns: Sequence[Turn], places: int) -> SafeString:
    """`turns` from the oldest to the newest. Readers without sight get the same as a sentence."""
    first = places - len(turns)
    marks = [
        tag("g", tag("title", turn.said), *_shape(turn.state, (first + at) * STEP),
            class_=f"turn turn-{turn.state}")
        for at, turn in enumerate(turns)
    ]  # fmt: skip
    ground = tag("line", x1=0, x2=places * STEP, y1=HEIGHT + 1, y2=HEIGHT + 1, class_="ground")
    width, height = places * STEP, HEIGHT + 2
    return tag("svg", ground, *marks, viewBox=f"0 0 {width} {height}", width=width,
               height=height, class_="turns", aria_hidden="true")  # fmt: skip


def turn_mark(state: str) -> SafeString:
    """One mark alone, for the key."""
    shape = tag("g", *_shape(state, 0), class_=f"turn turn-{state}")
    return tag("svg", shape, viewBox=f"-1 -1 {WIDTH + 2} {HEIGHT + 2}", width=WIDTH + 2,
               height=HEIGHT + 2, class_="turns", aria_hidden="true")  # fmt: skip


def _shape(state: str, x: int) -> list[SafeString]:
    match state:
        case "imported":
            return [_bar(x, HEIGHT, "solid")]
        case "unchanged":
            return [_bar(x, LOW, "solid")]
        case "failed":
            cross = f"M{x + 2} 9l5 8m0 -8l-5 8"
            return [_bar(x, HEIGHT, "outline"), tag("path", d=cross, class_="stroke")]
        case "held":
            pause = f"M{x + 3} 9v8m3 -8v8"
            return [_bar(x, HEIGHT, "outline"), tag("path", d=pause, class_="stroke")]
        case "discarded":
            return [_bar(x, HEIGHT, "outline")]
    return [_bar(x, LOW, "outline")]


def _bar(x: int, height: int, look: str) -> SafeString:
    """An outline lies half outside its rectangle, so that is drawn half a pixel smaller."""
    inset = 0.5 if look == "outline" else 0.0
    return tag("rect", x=x + inset, y=HEIGHT - height + inset, width=WIDTH - 2 * inset,
               height=height - 2 * inset, class_=look)  # fmt: skip
