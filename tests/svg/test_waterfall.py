"""The waterfall: bars that begin where the last one ended, links, and nothing that runs."""

import re

from deals.svg.waterfall import VALUE, WIDTHS, Fall, waterfall

FALLS = (
    Fall("A", "80", "A: 80 deals", 0, 80, "/deals/?a=1", total=True),
    Fall("Years", "−30", "Years: 30 deals out", 80, 50, "/out/"),
    Fall("Years", "+50", "Years: 50 deals in", 50, 100, "/in/"),
    Fall("B", "100", "B: 100 deals", 0, 100, "/deals/?b=1", total=True),
)


def bars(drawn):
    found = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="16"', drawn)
    return [(float(x), float(width)) for x, width in found]


def test_each_bar_begins_where_the_one_above_it_ended():
    scale = (WIDTHS["wide"] - VALUE) / 100
    drawn = bars(waterfall(FALLS, "b", "wide", "T", "D"))
    wanted = [(1, 80), (1 + 50 * scale, 30), (1 + 50 * scale, 50), (1, 100)]
    for (x, width), (left, length) in zip(drawn, wanted, strict=True):
        assert abs(x - left) < 0.1
        assert abs(width - length * scale) < 0.1


def test_every_bar_is_a_link_with_a_name_and_what_goes_out_is_hatched():
    drawn = waterfall(FALLS, "b", "narrow", "T", "D")
    assert re.findall(r'<a href="([^"]+)"', drawn) == [fall.href for fall in FALLS]
    assert 'aria-label="Years: 30 deals out"' in drawn
    assert drawn.count("url(#b-narrow-hatch)") == 1
    assert 'id="b-narrow-title"' in drawn
    assert drawn.count("chart-narrow") == 1


def test_texts_are_escaped_and_long_ones_shortened():
    drawn = waterfall(
        [Fall("<script>" + "x" * 200, "1", '"><script>', 0, 1, "/?a=1&b=2")], "b", "wide", "T", "D"
    )
    assert "<script" not in drawn
    assert "…" in drawn
    assert "/?a=1&amp;b=2" in drawn


def test_a_bar_without_length_stays_visible_and_nothing_draws_nothing():
    drawn = waterfall([FALLS[0], Fall("Kind", "+0", "none", 80, 80)], "b", "wide", "T", "D")
    assert all(width >= 1 for _, width in bars(drawn))
    assert waterfall([Fall("A", "0", "none", 0, 0, total=True)], "b", "wide", "T", "D") == ""
