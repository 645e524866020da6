"""The server's drawings: valid, escaped, in proportion."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.charts.years import Bars, Line, Marker, YearChart
from deals.svg.axes import HALF, MARKER_RADIUS, WIDE, marker_rows, nice_top, ticks
from deals.svg.elements import tag
from deals.svg.years import year_chart


def chart(values=(4, 8), shares=None, provisional=(), events=()):
    years = tuple(range(2020, 2020 + len(values)))
    return YearChart(
        "Rounds",
        "Two years",
        years,
        (Bars("Rounds", "hue-eu-cn", tuple(values)),),
        Line("Share", shares, ("10 %",) * len(shares)) if shares else None,
        tuple(events),
        frozenset(provisional),
    )


def parsed(drawing):
    return ElementTree.fromstring(drawing)


def classes(drawing, name):
    found = parsed(drawing).iter()
    return [node for node in found if name in node.get("class", "").split()]


@pytest.mark.parametrize("size", [WIDE, HALF])
def test_bars_are_as_high_as_their_numbers(size):
    low, high = classes(year_chart(chart(), "c", size), "bar")
    assert float(high.get("height")) == pytest.approx(2 * float(low.get("height")), abs=0.2)


def test_a_bar_carries_its_number():
    texts = [node.text for node in classes(year_chart(chart((1234, 8)), "c"), "value")]
    assert texts == ["1,234", "8"]


def test_a_year_without_deals_has_no_bar():
    assert len(classes(year_chart(chart((0, 8)), "c"), "bar")) == 1


def test_provisional_years_are_hatched_and_their_line_is_dashed():
    shares = (Decimal("0.1"), Decimal("0.2"))
    drawing = year_chart(chart(shares=shares, provisional=[2021]), "c")
    first, second = classes(drawing, "bar")
    assert first.get("style") is None
    assert second.get("style") == "fill:url(#c-hatch-0)"
    assert len(classes(drawing, "line")) == len(classes(drawing, "young")) - 2 == 1


def test_a_year_without_a_share_is_a_gap():
    shares = (Decimal("0.1"), None, Decimal("0.2"))
    drawing = year_chart(chart((1, 0, 2), shares), "c")
    assert classes(drawing, "line") == []
    assert len(classes(drawing, "point")) == 2


def test_the_drawing_is_named_and_described():
    svg = parsed(year_chart(chart(), "c"))
    # What is inside an image is hidden from assistive technology, and bars are links.
    assert svg.get("role") == "group"
    named = [svg.get("aria-labelledby"), svg.get("aria-describedby")]
    assert [svg.find(f"*[@id='{name}']").text for name in named] == ["Rounds", "Two years"]


def test_two_drawings_share_no_id():
    both = year_chart(chart(provisional=[2020]), "c") + year_chart(chart(), "d", HALF)
    ids = [node.get("id") for node in parsed(f"<div>{both}</div>").iter() if node.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("years", [1, 6, 27, 60])
def test_places_across_are_shares_of_the_width_so_that_one_drawing_fits_every_screen(years):
    events = [Marker(1, date(2020, 1, 1), "first"), Marker(2, date(2019 + years, 12, 31), "last")]
    shares = tuple(Decimal("0.1") for _ in range(years))
    drawn = parsed(year_chart(chart((3,) * years, shares, events=events), "c", HALF))
    places = [node.get(name) for node in drawn.iter() for name in ("x", "x1", "x2", "cx", "width")]
    shares_of = [float(place[:-1]) for place in filter(None, places) if place.endswith("%")]
    assert len(shares_of) > 5 * years
    assert all(0 <= share <= 100 for share in shares_of)
    bars = [float(bar.get("width")[:-1]) for bar in drawn.iter() if bar.get("class") == "bar"]
    assert sum(bars) < 100
    # What is left stands in the margin, or is that of the drawing as a file.
    assert {place for place in filter(None, places) if not place.endswith("%")} == {
        *("-6", "-44", "44", "496")
    }


def test_texts_without_room_on_a_phone_are_marked_and_those_without_any_left_out():
    def numbers(years):
        shares = tuple(Decimal("0.1") for _ in range(years))
        drawn = year_chart(chart((3,) * years, shares), "c", HALF)
        return [node.get("class").split()[2:] for node in classes(drawn, "value")]

    assert numbers(6) == [[]] * 12
    # Shares have room beside each other only where the drawing is wider than a phone.
    assert numbers(9) == [["roomy"]] * 9 + [[]] * 9
    assert numbers(12) == [[]] * 12
    *_, years = classes(year_chart(chart((3,) * 11), "c", HALF), "tick")
    assert [year.get("class") for year in years] == [None, *["roomy", None] * 5]


def test_no_years_draw_nothing():
    assert year_chart(chart(()), "c") == ""


def test_events_that_are_close_stand_in_rows_of_their_own():
    days = [date(2021, 11, 1), date(2021, 11, 9), date(2021, 12, 30)]
    events = [Marker(number, day, "x") for number, day in enumerate(days, 1)]
    drawing = year_chart(chart(events=events), "c")
    heights = [circle.get("cy") for circle in classes(drawing, "event")]
    assert heights[0] != heights[1]
    assert heights[0] == heights[2]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.floats(0, 700), max_size=30).map(sorted))
def test_no_two_markers_of_a_row_overlap(positions):
    rows = marker_rows(positions)
    for row in set(rows):
        held = [x for x, where in zip(positions, rows, strict=True) if where == row]
        assert all(b - a > 2 * MARKER_RADIUS for a, b in pairwise(held))


def test_texts_are_escaped_everywhere():
    drawn = tag("text", "<b>&", class_='"x"')
    assert drawn == '<text class="&quot;x&quot;">&lt;b&gt;&amp;</text>'


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 10**9))
def test_the_axis_reaches_the_largest_number_and_not_much_further(largest):
    values = ticks(largest, whole=True)
    assert values[0] == 0
    assert largest <= values[-1] < largest + values[1]
    assert all(value == int(value) for value in values)
    assert len(values) <= 6


def test_a_nice_top_is_a_round_number():
    assert [nice_top(n) for n in (4, 7, 19, 81, 100)] == [4, 8, 20, 100, 100]
