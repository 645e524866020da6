"""`/`: what is real comes first, what is invented is called so."""

import re

import pytest
from django.core.cache import cache

from deals.models import PublishedFigure
from tests.factories import make_deal, make_deals, make_population

pytestmark = pytest.mark.django_db


@pytest.fixture
def register():
    make_deals(
        [
            {"target": "Horizon", "investors": [("Baillie", "GB")], "date": "2021-02-09"},
            {"target": "Momenta", "investors": [("Bosch", "DE")], "date": "2018-06"},
            {"target": "Agile", "target_country": "DE", "investors": [("Hillhouse", "CN")],
             "date": "2019-07-03"},
            {"target": "Kong", "target_country": "DE", "investors": [("C Ventures", "HK")],
             "date": "2020-04-02"},
            {"target": "Kuka", "target_country": "DE", "investors": [("Midea", "CN")],
             "date": "2016-08-08", "kind": "acquisition", "ai": "unknown"},
        ]
    )  # fmt: skip


def text(response) -> str:
    html = re.sub(r"<(script|svg).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def test_an_empty_register_says_so(client):
    page = text(client.get("/"))
    assert "The register is empty" in page
    assert "Data as of ledger no. 0" in page


def test_the_published_figure_leads_with_its_source(client):
    PublishedFigure.objects.create(
        code="F01", title="European share", value="3.7", unit="percent", measure="share",
        numerator="81", denominator="2165", period_from="2017", period_to="2022",
        source_title="MERICS", source_date="2023-11-16", source_url="https://merics.org/en",
        shelf="figure",
    )  # fmt: skip
    response = client.get("/")
    assert "took part in 81 of 2,165 investment transactions" in text(response)
    assert 'href="https://merics.org/en"' in response.content.decode()


def test_both_directions_are_counted_with_and_without_hong_kong(client, register):
    ways = client.get("/").context["ways"]
    assert [way["answer"]["deals"]["n"] for way in ways] == [2, 1]
    page = text(client.get("/"))
    assert "2 with Hong Kong and Macao" in page
    assert "Hillhouse" in page


def test_the_chart_and_its_table_say_the_same(client, register):
    response = client.get("/")
    assert response.context["table"] == [(2018, 1, 0), (2019, 0, 1), (2020, 0, 0), (2021, 1, 0)]
    assert "<svg" in response.content.decode()


def test_the_demonstration_is_marked_where_its_number_stands(client, register):
    make_population("demo", generated=True)
    make_deal(population="demo", date="2019-01-01", investors=[("A", "DE")])
    page = text(client.get("/"))
    assert "Demonstration data: generated, not real" in page
    assert "1 of 1 (100.0 %)" in page
    # The documented counts stay those of real deals.
    assert [way["answer"]["deals"]["n"] for way in client.get("/").context["ways"]] == [2, 1]


def test_a_real_population_answers_before_the_demonstration(client, register):
    make_population("demo", generated=True)
    make_population("real")
    (question, *_) = client.get("/").context["questions"]
    assert not question.generated
    assert "population=real" in question.url


def test_a_worked_question_counts_takeovers_of_all_companies(client, register):
    questions = client.get("/").context["questions"]
    assert [question.result for question in questions] == [
        "1 deal documented",
        "0 deals documented",
    ]


def test_a_warm_page_asks_three_times(client, register, django_assert_num_queries):
    client.get("/")
    # The head of the ledger, the published figure, the date of the last entry.
    with django_assert_num_queries(3):
        client.get("/")


def test_a_cold_page_asks_a_bounded_number_of_times(
    client, register, django_assert_max_num_queries
):
    make_population("demo", generated=True)
    cache.clear()
    with django_assert_max_num_queries(30):
        client.get("/")


def test_a_new_deal_is_on_the_page_at_once(client, register):
    client.get("/")
    make_deal(target="Newest", date="2024-01-01", investors=[("A", "DE")])
    page = text(client.get("/"))
    assert "Newest" in page
