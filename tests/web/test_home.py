"""`/`: what is real comes first, what is invented is called so."""

import re
from html import unescape

import pytest
from django.core.cache import cache
from django.utils import translation

from deals import actions
from deals.models import PublishedFigure
from tests.factories import make_deal, make_deals, make_population
from tests.flows.moves import edit

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


def test_the_chart_and_its_tables_say_the_same_both_ways(client, register):
    response = client.get("/")
    there, back = response.context["picture"].panels
    assert {row["period"]: row["n"] for row in there.table.rows} == {
        "2018": 1, "2019": 0, "2020": 0, "2021": 1,
    }  # fmt: skip
    assert sum(row["n"] for row in back.table.rows) == 1
    html = response.content.decode()
    assert html.count("<svg") == 2
    assert "The same numbers as a table" in html


def test_every_number_leads_to_its_deals(client, register):
    html = unescape(client.get("/").content.decode())
    links = re.findall(r'<a href="(/deals/\?[^"]*)">([\d,]+)</a>', html)
    assert len(links) > 4
    for url, n in links:
        assert client.get(url).context["total"] == int(n), url


def test_a_question_of_ones_own_is_asked_from_the_first_screen(client, register):
    make_deal(target="Third", date="2020-01-01", investors=[("A", "FR")])
    html = client.get("/").content.decode()
    form = html[html.index('class="ask"') : html.index("</form>")]
    assert '<option value="DE,FR">Germany or France</option>' in form
    asked = {"investor": "DE,FR", "target": "china", "from": "2017", "to": "2022", "population": ""}
    response = client.get("/flows/", asked, follow=True)
    assert response.status_code == 200
    assert "2 documented funding rounds into AI companies in China" in text(response)


def test_the_form_offers_real_populations_before_invented_ones(client, register):
    make_population("demo", generated=True)
    make_population("real")
    choices = client.get("/").context["form"]["population"]
    assert [choice.value for choice in choices] == ["", "real", "demo"]


def test_doors_and_links_of_the_page_lead_somewhere(client, register):
    html = unescape(client.get("/").content.decode())
    main = html[html.index("<main") : html.index("</main>")]
    for url in set(re.findall(r'href="(/[^"#]*)', main)):
        assert client.get(url).status_code in (200, 302), url


def test_corrections_of_the_last_days_are_listed(client, register):
    assert "no deal was retracted, merged or replaced" in text(client.get("/"))
    gone = make_deal(target="Gone", date="2020-01-01")
    actions.retract(deal=gone.deal, by=None, reason="Somebody else’s round.")
    moved = make_deal(target="Moved", date="2020-01-01")
    edit(moved, target="Moved", date="2021-01-01")
    page = text(client.get("/"))
    assert "Gone: retracted (Somebody else’s round.)" in page
    assert "Moved: a new version" in page


def test_corrections_leave_out_first_versions_and_invented_deals(client, register):
    make_population("demo", generated=True)
    invented = make_deal(target="Invented", population="demo")
    actions.retract(deal=invented.deal, by=None, reason="A demonstration.")
    assert client.get("/").context["corrections"] == []


def test_words_are_the_reader_s_though_numbers_are_kept(client, register):
    client.get("/")
    with translation.override("de"):
        html = client.get("/").content.decode()
    assert '<option value="DE,FR">Deutschland' in html


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
    # The snapshot's two statements, the head of the ledger, the published figure, the last entry.
    with django_assert_num_queries(3):
        client.get("/")


def test_a_cold_page_asks_a_bounded_number_of_times(
    client, register, django_assert_max_num_queries
):
    make_population("demo", generated=True)
    cache.clear()
    with django_assert_max_num_queries(36):
        client.get("/")


def test_a_new_deal_is_on_the_page_at_once(client, register):
    client.get("/")
    make_deal(target="Newest", date="2024-01-01", investors=[("A", "DE")])
    page = text(client.get("/"))
    assert "Newest" in page
