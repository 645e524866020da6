"""`/embed/…`: the only pages that others may show in a frame."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import get_resolver

from deals.flows import frozen
from deals.flows.asked import ask_all
from deals.flows.query import FlowQuery
from tests.factories import make_deal
from tests.pictures.conftest import CODES
from tests.web.markup import problems

pytestmark = pytest.mark.django_db
QUERY = FlowQuery(investor=("europe",), target=("CN",), from_="2018", to="2020", population="test")
QUESTION = "investor=europe&target=CN&from=2018&to=2020&population=test"


@pytest.fixture
def deals():
    make_deal(investors=[("A", "DE")], date="2019-03-01", population="test", target="Horizon")


def may_be_framed(response):
    policy = response.headers["Content-Security-Policy"]
    return "frame-ancestors * file:" in policy and "X-Frame-Options" not in response.headers


@pytest.mark.parametrize("code", CODES)
def test_every_chart_is_a_light_page_without_a_script(client, deals, code):
    response = client.get(f"/embed/{code}/?{QUESTION}")
    html = response.content.decode()
    assert may_be_framed(response)
    assert problems(html) == []
    assert "<svg" in html
    assert "<script" not in html
    assert "<form" not in html
    assert "Set-Cookie" not in response.headers
    # Links leave the frame, since every other page refuses to be shown in one.
    assert '<base target="_blank">' in html


def test_it_weighs_less_than_150_kB_with_all_that_it_loads(client, deals):
    html = client.get(f"/embed/time/?{QUESTION}").content
    sheets = re.findall(r'href="/static/([^"]+\.css)"', html.decode())
    assert len(sheets) == 5
    loaded = [*sheets, "deals/fonts/source-sans-3-latin-wght-normal.woff2"]
    weight = sum(Path(finders.find(name)).stat().st_size for name in loaded)
    assert len(html) + weight < 150_000


def test_it_leads_to_the_page_with_definition_and_deals(client, deals):
    html = client.get(f"/embed/time/?{QUESTION}").content.decode()
    assert "http://testserver/flows/?investor=europe&amp;target=CN" in html
    assert "This chart follows the register." in html


def test_a_held_chart_stays_as_it_was(client, deals):
    address = f"/embed/time/?{QUESTION}&as_of=1"
    before = client.get(address).content.decode()
    make_deal(investors=[("B", "FR")], date="2019-03-01", population="test")
    after = client.get(address).content.decode()
    drawings = [re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL) for html in (before, after)]
    assert drawings[0] == drawings[1]
    assert "follows the register" not in after


def test_a_frozen_view_is_drawn_from_what_was_stored(client, deals):
    answers, scope = ask_all(["share", "series", "top-sectors"], QUERY)
    answers["series"]["rows"][1]["n"] = 77
    view = frozen.keep(QUERY, scope.change_seq, answers)
    response = client.get(f"/embed/v/{view.token}/time/")
    assert may_be_framed(response)
    assert ">77</text>" in response.content.decode()
    assert f"http://testserver/v/{view.token}/" in response.content.decode()
    # What was not stored cannot be drawn without asking again.
    assert client.get(f"/embed/v/{view.token}/matrix/").status_code == 404
    assert client.get("/embed/v/nothing/time/").status_code == 404


def test_a_bad_question_says_which_parameter_in_the_frame(client, deals):
    response = client.get("/embed/time/?investor=xx")
    assert response.status_code == 400
    assert may_be_framed(response)
    assert "<code>investor</code>" in response.content.decode()
    assert problems(response.content.decode()) == []


def test_no_other_page_may_be_framed(client, deals):
    plain = [
        pattern.pattern.describe().strip("'").split("'")[0]
        for pattern in get_resolver("deals.web.urls").url_patterns
        if not pattern.pattern.converters
    ]
    assert "flows/" in plain
    for path in plain:
        response = client.get(f"/{path}")
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"], path
        assert response.headers["X-Frame-Options"] == "DENY", path


def test_the_page_offers_the_frame_to_copy(client, deals):
    html = client.get(f"/flows/?{QUESTION}").content.decode()
    offered = re.findall(r"&lt;iframe src=&quot;([^\s]+?)&quot;", html)
    address = f"http://testserver/embed/time/?{QUESTION}"
    # Escaped once for the attribute of the frame, and once for this page.
    assert [one.replace("&amp;amp;", "&") for one in offered] == [address, f"{address}&as_of=1"]
