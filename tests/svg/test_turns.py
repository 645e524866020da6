"""Marks of a feed's turns: every outcome has a shape of its own, the newest stands at the right."""

import re

import pytest

from deals.svg.turns import STEP, Turn, turn_mark, turn_marks

STATES = ("imported", "unchanged", "held", "failed", "discarded", "due")


def without_colour(svg: str) -> str:
    return re.sub(r'class="turn turn-\w+"', "", svg)


def test_marks_can_be_told_apart_without_colour() -> None:
    assert len({without_colour(turn_mark(state)) for state in STATES}) == len(STATES)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_newest_turn_stands_at_the_right_edge_however_few_there_are(count) -> None:
    svg = turn_marks([Turn("imported", f"Turn {at}") for at in range(count)], 5)
    places = [float(x) for x in re.findall(r'<rect x="([\d.]+)"', svg)]
    assert places == [STEP * at for at in range(5 - count, 5)]
    assert re.findall(r"<title>([^<]+)", svg) == [f"Turn {at}" for at in range(count)]


def test_what_is_written_into_the_drawing_is_escaped() -> None:
    svg = turn_marks([Turn("failed", "<script>x</script>")], 1)
    assert "<script>" not in svg
    assert 'aria-hidden="true"' in svg
