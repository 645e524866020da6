"""The README shows the newest results, and the plot shows cost against size."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.plot import cost_against_size
from benchmarks.report import RESULTS, newest
from benchmarks.table import README, costs, curves, readme_table, show, with_table
from tests.benchmarks.test_report import LIST, RUN, at_least

BUSY = RUN | {"deals": 10_000, "quiet": False}


def runs() -> dict:
    from dataclasses import replace

    grown = replace(at_least(LIST, 30), cost=3.0)
    return {1_000: (RUN, [LIST]), 10_000: (BUSY, [grown])}


# The beginning of an absolute path on the machine that measured.
PLACE = re.compile(r"(?<![\w.])/(?:home|root|work|tmp|var|opt|srv|usr|mnt)/")


def test_the_readme_shows_the_newest_results() -> None:
    text = README.read_text(encoding="utf-8")
    assert with_table(text, readme_table(newest())) == text


def test_results_name_no_place_of_the_machine_they_come_from() -> None:
    for path in RESULTS.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not PLACE.search(text), path


def test_of_each_main_figure_a_million_deals_are_shown_or_the_largest_size() -> None:
    some = runs()
    lines = readme_table(some).splitlines()
    assert lines[2].startswith("| list | 500 /s (busy) | ")
    assert lines[2].endswith(" × DRF | ≥ 30 × | kept | 10,000 |")
    assert "too long" in lines[-1]
    million = {1_000_000: some[1_000], 10_000_000: some[10_000]}
    lines = readme_table(million).splitlines()
    assert lines[2].endswith("| 1,000,000 |")
    assert "busy" not in lines[2]


def test_a_curve_needs_two_sizes() -> None:
    assert curves(runs()) == {"list": [(1_000.0, 2.0), (10_000.0, 3.0)]}
    assert curves({1_000: runs()[1_000]}) == {}


def test_costs_say_how_they_grow() -> None:
    said = costs(curves(runs()), runs())
    assert "| list | 2.00 | 3.00 | 1.50 × for 10 × the deals | kept |" in said
    assert "busy in the runs of 10,000 deals" in said


def test_what_grows_faster_than_the_register_is_a_broken_promise() -> None:
    said = costs({"list": [(1_000.0, 2.0), (10_000.0, 20.1)]}, runs())
    assert "| list | 2.00 | 20.1 | 10.1 × for 10 × the deals | MISSED |" in said
    later = {"list": [(1_000.0, 2.0), (10_000.0, 2.0), (100_000.0, 40.0)]}
    assert "20.0 × for 100 × the deals | MISSED |" in costs(later, runs())


def test_the_plot_is_a_drawing_of_its_own_with_names_escaped() -> None:
    drawing = str(cost_against_size({"<b>&": [(1_000.0, 0.5), (1_000_000.0, 20.0)]}))
    root = ElementTree.fromstring(drawing)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "prefers-color-scheme: dark" in drawing
    assert "&lt;b&gt;&amp;" in drawing
    assert [e.text for e in root.iter() if e.text == "1,000,000"]


def test_a_readme_without_marks_is_left_alone(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("Nothing here.")
    with pytest.raises(ValueError, match="figures: begin"):
        show(tmp_path, readme)
    assert readme.read_text() == "Nothing here."
