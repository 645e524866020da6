"""The flow diagram: ribbons are as wide as their deals, and everything stays inside."""

import re
from dataclasses import replace
from itertools import pairwise
from math import isfinite
from xml.etree import ElementTree

import pytest

from deals.charts.sankey import Node, Ribbon, Sankey, Stage, sankey_figure
from deals.svg.sankey import GAP, NARROW, WIDE, boxes_of, flow_diagram, phone_diagram, scale_of

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def node(label, n, **more):
    return Node(label, n, str(n), f"/deals/?of={label}", f"{label}: {n} deals", **more)


def ribbon(a, b, n, hue="hue-eu-cn"):
    return Ribbon(a, b, n, f"/deals/?a={a}&b={b}", f"{a} to {b}: {n} deals", hue)


def sankey():
    """Two of China's five deals have investors from both countries, one of them two sectors."""
    return Sankey(
        "Flows", "From Germany to China", "hue-eu-cn",
        (
            Stage("Investors", (node("Germany", 4), node("France", 3)),
                  (ribbon(0, 0, 4), ribbon(1, 0, 2), ribbon(1, 1, 1))),
            Stage("Targets", (node("China", 5), node("Macao", 1)),
                  (ribbon(0, 0, 4), ribbon(0, 1, 2), ribbon(1, 1, 1))),
            Stage("Sectors", (node("Robotics", 4), node("Not stated", 3, unknown=True))),
        ),
    )  # fmt: skip


def marks(drawing, name, look):
    found = ElementTree.fromstring(drawing).iter(name)
    return [mark for mark in found if look in mark.get("class", "").split()]


def test_a_box_is_as_high_as_what_meets_at_it():
    assert sankey().weights(1) == [6, 1]
    scale = scale_of(sankey(), WIDE)
    for at, column in enumerate(boxes_of(sankey(), WIDE, scale, 0.0)):
        heights = [box.height for box in column]
        assert heights == pytest.approx([scale * weight for weight in sankey().weights(at)])


def test_boxes_of_a_column_do_not_overlap():
    many = Stage("Sectors", tuple(node(f"S{at}", 1) for at in range(40)))
    whole = replace(sankey(), stages=(many, replace(many, heading="More")))
    for layout in (WIDE, NARROW):
        for column in boxes_of(whole, layout, scale_of(whole, layout), 0.0):
            middles = [box.middle for box in column]
            gaps = [b - a for a, b in pairwise(middles)]
            assert min(gaps) >= GAP + 13


@pytest.mark.parametrize("draw", [flow_diagram, phone_diagram])
def test_ribbons_are_as_wide_as_their_deals_and_lie_inside(draw):
    drawing = draw(sankey(), "d")
    _x, _y, width, height = map(float, ElementTree.fromstring(drawing).get("viewBox").split())
    paths = marks(drawing, "path", "ribbon")
    assert len(paths) == 6
    widths = []
    for path in paths:
        numbers = [float(number) for number in NUMBER.findall(path.get("d"))]
        assert all(isfinite(number) for number in numbers)
        x, top, *there, end_low = numbers[:9]
        assert 0 <= x <= width
        assert 0 <= top <= end_low <= height
        widths.append(end_low - there[-1])
    one = widths[2]
    assert widths[:3] == pytest.approx([4 * one, 2 * one, one], abs=0.25)


@pytest.mark.parametrize("draw", [flow_diagram, phone_diagram])
def test_boxes_and_ribbons_lead_to_their_deals_boxes_first(draw):
    links = [link.get("href") for link in ElementTree.fromstring(draw(sankey(), "d")).iter("a")]
    first_ribbon = next(at for at, link in enumerate(links) if "a=" in link)
    assert "of=Germany" in links[0]
    assert all("of=" in link for link in links[:first_ribbon])
    assert len([link for link in links if "a=" in link]) == 6


def test_a_phone_sees_two_columns_at_a_time():
    drawing = phone_diagram(sankey(), "d")
    heads = [mark.text for mark in marks(drawing, "text", "axis-title")]
    assert heads == ["Investors", "Targets", "Targets", "Sectors"]


def test_what_was_not_stated_is_hatched():
    hatched = [
        bar.get("style") for bar in marks(flow_diagram(sankey(), "d"), "rect", "node")
        if bar.get("style")
    ]  # fmt: skip
    assert hatched == ["fill:url(#d-wide-hatch)"]


@pytest.mark.parametrize("draw", [flow_diagram, phone_diagram])
def test_nothing_flows_nothing_is_drawn(draw):
    assert draw(Sankey("x", "x", "hue-neutral", (Stage("a", ()), Stage("b", ()))), "d") == ""


@pytest.mark.parametrize("draw", [flow_diagram, phone_diagram])
def test_names_of_any_kind_stay_texts(draw):
    hostile = Stage("<script>", (replace(node("<script>alert(1)</script>", 4)), node("France", 3)))
    whole = sankey()
    first = replace(hostile, ribbons=whole.stages[0].ribbons)
    drawing = draw(replace(whole, stages=(first, *whole.stages[1:])), "d")
    assert "<script" not in drawing
    ElementTree.fromstring(drawing)


def test_ids_of_both_sizes_differ():
    page = f"<p>{flow_diagram(sankey(), 'd')}{phone_diagram(sankey(), 'd')}</p>"
    ids = [one for each in ElementTree.fromstring(page).iter() if (one := each.get("id"))]
    assert len(ids) == len(set(ids))


def test_the_figure_numbers_boxes_through_all_columns_and_shows_names_as_they_are():
    whole = sankey()
    first = replace(whole.stages[0], nodes=(node("<b>A", 4), whole.stages[0].nodes[1]))
    (trace,) = sankey_figure(replace(whole, stages=(first, *whole.stages[1:])))["data"]
    assert trace["node"]["label"][0] == "&lt;b&gt;A 4"
    assert trace["link"]["source"] == [0, 1, 1, 2, 2, 3]
    assert trace["link"]["target"] == [2, 2, 3, 4, 5, 5]
    assert trace["link"]["value"] == [4, 2, 1, 4, 2, 1]
