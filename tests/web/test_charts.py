"""`/flows/chart/…`: charts as files."""

import io
import json
import re
import sys
from html import unescape

import pandas
import pytest
from django.db import connection

from deals.web.charts import FORMS
from tests.factories import make_deal
from tests.pictures.conftest import CODES

pytestmark = pytest.mark.django_db
QUESTION = "investor=europe&target=CN&from=2018&to=2020&population=test"


@pytest.fixture
def deals():
    make_deal(investors=[("A", "DE")], date="2019-03-01", population="test", target="Horizon")
    make_deal(investors=[("C", "CN")], date="2019-03-01", population="test", target="Pony")


@pytest.mark.parametrize("code", CODES)
def test_every_chart_is_a_csv_and_an_svg(client, deals, code):
    table = client.get(f"/flows/chart/{code}.csv?{QUESTION}")
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert pandas.read_csv(io.BytesIO(table.content))["n"].sum() > 0
    drawing = client.get(f"/flows/chart/{code}.svg?{QUESTION}")
    assert drawing.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert drawing.content.startswith(b"<?xml")


@pytest.mark.parametrize("code", ["time", "rounds", "matrix"])
def test_the_interactive_figure_is_a_file_that_the_page_names_and_does_not_carry(
    client, deals, code
):
    page = client.get(f"/flows/?{QUESTION}&tab={code}", follow=True).content.decode()
    (address,) = {unescape(found) for found in re.findall(r'data-figures="([^"]+)"', page)}
    assert address == f"/flows/chart/{code}.json?{QUESTION}"
    panels = re.findall(r'data-plot="([^"]+)"', page)
    figures = json.loads(client.get(address).content)
    assert panels
    assert set(panels) <= set(figures)
    assert all(figure["data"] and figure["layout"] for figure in figures.values())
    assert "application/json" not in page


def test_a_png_is_drawn_once_and_then_kept(client, deals, monkeypatch):
    first = client.get(f"/flows/chart/rounds.png?{QUESTION}")
    assert first.content.startswith(b"\x89PNG")
    assert first.headers["Content-Type"] == "image/png"
    # A second drawing would fail.
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert client.get(f"/flows/chart/rounds.png?{QUESTION}").content == first.content


def test_a_file_says_in_its_name_what_it_is(client, deals):
    response = client.get(f"/flows/chart/time.csv?{QUESTION}")
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="investtrack-time-europe-to-CN-2018-2020-no2.csv"'
    )


def test_its_source_is_the_address_that_holds_its_numbers(client, deals):
    table = client.get(f"/flows/chart/sectors.csv?{QUESTION}").content
    (address,) = set(pandas.read_csv(io.BytesIO(table))["address"])
    assert address == f"http://testserver/flows/?{QUESTION}&as_of=2&tab=sectors"
    assert client.get(address).status_code == 200


def test_nothing_is_sent_again_until_the_ledger_moves(client, deals):
    address = f"/flows/chart/countries.svg?{QUESTION}"
    etag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    make_deal(investors=[("B", "FR")], date="2019-04-01", population="test")
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_a_bad_question_is_refused_by_the_parameter(client, deals):
    response = client.get("/flows/chart/time.png?investor=xx")
    assert response.status_code == 400
    assert b"investor" in response.content


@pytest.mark.parametrize("path", ["nothing.csv", "time.pdf", "time.csv.exe", "..csv"])
def test_other_charts_and_forms_are_not_there(client, path):
    assert client.get(f"/flows/chart/{path}").status_code == 404


@pytest.mark.parametrize("form", ["csv", "svg", "png"])
def test_a_question_without_deals_is_a_file_that_says_so(client, deals, form):
    response = client.get(f"/flows/chart/sectors.{form}?investor=AF&target=NO")
    assert response.status_code == 200
    if form == "svg":
        assert "No deal matches" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_file_is_written_after_the_snapshot_was_given_back(client, monkeypatch):
    inside = []

    def write(drawn, source):
        inside.append(connection.in_atomic_block)
        return b"pixels"

    monkeypatch.setitem(FORMS, "png", ("image/png", write))
    assert client.get("/flows/chart/time.png").content == b"pixels"
    assert inside == [False]
