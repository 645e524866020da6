"""Status: how current, what waits, how much is known and how years grew, in words."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.utils import timezone

from deals.models import Release, ledger
from deals.web.coverage import grown
from tests.factories import make_deal, make_deals, make_population

pytestmark = pytest.mark.django_db


def page(client, address="/status/"):
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()[:2000]
    return unescape(response.content.decode())


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_an_empty_register_says_so(client):
    said = text(page(client))
    assert "The ledger is empty." in said
    assert "none yet" in said
    assert "The ledger is not old enough" in said


def test_it_says_how_current_the_data_are(client):
    make_deal()
    Release.objects.create(name="2026.11", seq=ledger.head(), at=timezone.now())
    said = text(page(client))
    assert f"ledger no. {ledger.head()}" in said
    assert "2026.11" in said
    assert "0 waiting" in said


def test_coverage_is_printed_with_shares_and_links(client):
    make_deals([{"amount": "5"}, {}, {"sources": ("A", "B")}, {"investors": [("A", None)]}])
    html = page(client)
    row = html[html.index('<th scope="row">2019</th>') :]
    assert re.findall(r"\d+", text(row[: row.index("</tr>")]))[1:8] == [
        "4", "1", "25", "3", "75", "1", "25",
    ]  # fmt: skip
    for url, n in re.findall(r'href="(/deals/\?[^"]*)">(\d+)</a>', html):
        assert client.get(url).context["total"] == int(n), url


def test_invented_coverage_is_marked(client):
    make_population("demo", generated=True)
    make_deal(population="demo")
    assert "Demonstration data: generated, not real" in page(client, "/status/?population=demo")


def test_growth_stands_in_words(client, monkeypatch):
    def at(day):
        moment = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    at("2023-06-01")
    make_deals([{"date": "2023-02-01"}] * 8)
    at("2024-05-01")
    make_deal(date="2023-12-01")
    at("2025-02-01")
    said = text(page(client))
    assert "2023 grew by 12 % in its second year: from 8 to 9 deals." in said
    assert "as this register knew them on a day" in said


@pytest.mark.parametrize(
    ("first", "second", "growth", "words"),
    [
        (0, 3, None, "2023: 0 deals at its end, 3 a year later."),
        (5, 5, "0.000000", "2023: 5 deals at its end, 5 a year later."),
        (10, 9, "-0.100000", "2023 shrank by 10\u202f% in its second year: from 10 to 9 deals."),
    ],
)
def test_words_for_other_ways_to_grow(first, second, growth, words):
    found = {"year": 2023, "first": first, "second": second, "growth": growth}
    assert grown({"second_years": [found]}) == [words]


@pytest.mark.parametrize("query", ["x=1", "investor=DE", "population=none-such"])
def test_a_bad_parameter_is_named(client, query):
    response = client.get(f"/status/?{query}")
    assert response.status_code == 400
    assert f"<code>{query.partition('=')[0]}</code>" in response.content.decode()


def test_a_page_asks_a_bounded_number_of_times(client, django_assert_max_num_queries):
    make_deal()
    with django_assert_max_num_queries(18):
        page(client)
    with django_assert_max_num_queries(12):
        page(client)
