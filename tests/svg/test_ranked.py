"""Ranked bars as SVG."""

from xml.etree import ElementTree

import pytest

from deals.charts.ranked import Entry, Ranked, ranked_figure
from deals.svg.ranked import HALF, NARROW, WIDE, ranked_chart


def ranked(*counts, most=0):
    entries = tuple(
        Entry(f"Name {at} of somebody", n, f"{n}", f"/deals/?n={n}", f"Name {at}: {n}")
        for at, n in enumerate(counts)
    )
    return Ranked("Somebodies", "Who", "hue-eu-cn", entries, most)


@pytest.mark.parametrize("layout", [WIDE, HALF, NARROW])
def test_nothing_leaves_the_drawing(layout):
    svg = ElementTree.fromstring(ranked_chart(ranked(1000, 5, 1), "r", layout))
    _x, _y, width, height = map(float, svg.get("viewBox").split())
    for rect in svg.iter("rect"):
        if rect.get("x"):
            assert float(rect.get("x")) + float(rect.get("width")) <= width
            assert float(rect.get("y")) + float(rect.get("height")) <= height


def test_panels_may_share_a_scale():
    alone, beside = (
        [float(r.get("width")) for r in ElementTree.fromstring(svg).iter("rect")
         if r.get("class") == "bar"]
        for svg in (ranked_chart(ranked(5), "r"), ranked_chart(ranked(5, most=10), "r"))
    )  # fmt: skip
    assert alone[0] == pytest.approx(2 * beside[0], abs=0.2)


def test_a_figure_opens_the_deals_of_each_bar():
    (bars,) = ranked_figure(ranked(3, 1))["data"]
    assert bars["customdata"] == ["/deals/?n=3", "/deals/?n=1"]
    assert bars["x"] == [3, 1]


def test_without_entries_nothing_is_drawn():
    assert ranked_chart(ranked(), "r") == ""
