"""The two small drawings: parts of a whole, and a value as a band."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from deals.svg.bars import BAND_WIDTH, Part, band, composition_bar


def parsed(drawing):
    return ElementTree.fromstring(drawing)


def classes(drawing, name):
    return [node for node in parsed(drawing).iter() if name in node.get("class", "").split()]


def test_a_composition_is_cut_in_proportion():
    drawing = composition_bar([Part("A", "hue-eu-cn", 1), Part("B", "hue-unknown", 3)], "x")
    first, second = classes(drawing, "segment")
    assert (first.get("width"), second.get("width")) == ("25.000%", "75.000%")
    assert second.get("x") == "25.000%"
    assert parsed(drawing).find("title").text == "Of 4 deals – A: 1; B: 3"


def test_nothing_composes_nothing():
    assert composition_bar([Part("A", "hue-eu-cn", 0)], "x") == ""


def test_a_band_runs_from_low_to_high():
    drawing = band(Decimal(25), Decimal(50), Decimal(100), "hue-eu-cn")
    (body,) = classes(drawing, "band")
    inner = BAND_WIDTH - 8
    assert float(body.get("x")) == pytest.approx(4 + inner / 4)
    assert float(body.get("width")) == pytest.approx(inner * 3 / 4)


def test_a_band_of_nothing_is_not_drawn():
    assert band(Decimal(0), Decimal(0), Decimal(0), "hue-eu-cn") == ""
