"""Charts as files: CSV that pandas reads, SVG that stands alone, PNG."""

import io
import re
from xml.etree import ElementTree

import pandas
import pytest

from deals.pictures.files import csv_file, png_file, svg_file
from deals.pictures.registry import picture
from deals.pictures.standalone import Source, source_line
from tests.pictures.conftest import CODES, QUERY

SVG = "{http://www.w3.org/2000/svg}"
SOURCE = Source(
    source_line("Funding rounds into China", "4,873", "22 Nov 2026", generated=False),
    "https://register.example/flows/?investor=europe&as_of=4873",
    "https://register.example/",
)


@pytest.mark.parametrize("code", CODES)
def test_an_svg_needs_nothing_else(register, code):
    svg = svg_file(picture(code, QUERY)[0], SOURCE).decode()
    for other in ("var(", "light-dark(", "color-mix(", "<style", "<script", "class=", "rem"):
        assert other not in re.sub(r">[^<]*<", "><", svg), other
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    for link in root.iter(f"{SVG}a"):
        assert link.get("href").startswith("https://register.example/deals/")


def test_an_svg_says_finding_question_and_source(register):
    drawn = picture("time", QUERY)[0]
    root = ElementTree.fromstring(svg_file(drawn, SOURCE))
    texts = " ".join("".join(node.itertext()) for node in root.iter(f"{SVG}text"))
    assert drawn.title in texts
    assert "ledger no. 4,873" in texts
    assert SOURCE.address in texts
    assert "1. 10 Apr 2019, EU: Screening adopted" in texts


def test_colours_of_a_direction_are_written_out(register):
    svg = svg_file(picture("time", QUERY)[0], SOURCE).decode()
    assert 'fill="#1d5a9e"' in svg
    assert 'fill="#b3470b"' in svg


def test_a_csv_is_read_cleanly_and_says_where_it_comes_from(register):
    content = csv_file(picture("countries", QUERY)[0], SOURCE)
    assert not content.startswith(b"\xef\xbb\xbf")
    table = pandas.read_csv(io.BytesIO(content))
    assert list(table["panel"]) == ["investors", "investors", "targets"]
    assert list(table["n"]) == [3, 1, 3]
    assert list(table["share"]) == [0.75, 0.25, 0.75]
    assert set(table["currency"]) == {"EUR"}
    assert set(table["source"]) == {SOURCE.line}
    assert set(table["address"]) == {SOURCE.address}
    assert table["deals"].str.startswith("https://register.example/deals/?").all()


def test_no_cell_of_a_csv_is_a_formula(hostile):
    from tests.factories import make_deal

    make_deal(investors=[("=1+1", "DE"), ("@SUM(A1)", "DE")], date="2019-03-01", population="test")
    table = pandas.read_csv(io.BytesIO(csv_file(picture("organizations", QUERY)[0], SOURCE)))
    names = set(table["title"])
    assert {"'=1+1", "'@SUM(A1)"} <= names
    assert not any(name.startswith(("=", "@", "+", "-")) for name in names)


def test_a_png_is_twice_as_large_as_the_drawing(register):
    drawn = picture("rounds", QUERY)[0]
    root = ElementTree.fromstring(svg_file(drawn, SOURCE))
    png = png_file(drawn, SOURCE)
    assert png.startswith(b"\x89PNG")
    width = int.from_bytes(png[16:20], "big")
    assert width == 2 * round(float(root.get("width")))


def test_hostile_names_stay_texts(hostile):
    svg = svg_file(picture("organizations", QUERY)[0], SOURCE)
    assert b"<img" not in svg
    assert ElementTree.fromstring(svg) is not None


def test_a_file_of_invented_data_says_so_itself():
    line = source_line("Funding rounds into China", "4,873", "22 Nov 2026", generated=True)
    assert line.endswith("Demonstration data: generated, not real.")
