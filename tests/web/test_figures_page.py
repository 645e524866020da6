"""Published figures beside ours: the same question, the difference in words, nothing invented."""

import csv
import re
from html import unescape

import pytest

from deals.feeds.reference import load_figures
from deals.models import PublishedFigure
from deals.rules.tables import DATA
from deals.web.figures import publisher
from tests.factories import make_deals, make_population

EUROPE_TO_CHINA = "investor=europe&target=CN&from=2017&to=2022"


def figure(code="F01", **facts):
    defaults = {
        "title": "European share", "value": "3.7", "unit": "percent", "measure": "share",
        "numerator": "81", "denominator": "2165", "period_from": "2017", "period_to": "2022",
        "definition": "At least one investor from Europe.", "source_title": "MERICS",
        "source_date": "2023-11-16", "source_url": "https://merics.org/en", "shelf": "figure",
        "query": EUROPE_TO_CHINA, "evidence": "read in the source",
    }  # fmt: skip
    return PublishedFigure.objects.create(code=code, **(defaults | facts))


def words(client, url="/figures/", status=200):
    response = client.get(url)
    assert response.status_code == status
    # Narrow spaces inside numbers stay; the others become one.
    return re.sub(r"[ \n]+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


@pytest.fixture
def documented(db):
    make_deals(
        [
            {"target": "One", "investors": [("A", "DE")], "date": "2019-01-02", "amount": "2000000",
             "currency": "EUR"},
            {"target": "One", "investors": [("A", "DE"), ("B", "CN")], "date": "2020-01-02"},
            {"target": "Two", "investors": [("C", "US"), ("D", "FR")], "date": "2021-01-04"},
            {"target": "Late", "investors": [("A", "DE")], "date": "2023-01-02"},
        ]
    )  # fmt: skip


def test_a_share_stands_beside_a_count_and_says_why_there_is_no_share(client, documented):
    figure()
    page = words(client)
    assert "3.7\u202f% 81 of 2,165" in page
    assert "3 deals 3 of 3 deals documented" in page
    assert "78 fewer deals than the 81 published" in page
    assert "No share is computed: this is a case list" in page
    assert "Published, 16 Nov 2023" in page
    assert "read in the source" in page.lower()
    assert 'href="https://merics.org/en"' in client.get("/figures/").content.decode()


def test_ours_leads_to_the_deals_and_to_the_question(client, documented):
    figure()
    body = unescape(client.get("/figures/").content.decode())
    assert f'href="/deals/?{EUROPE_TO_CHINA}&place=flow"' in body
    assert f'href="/flows/?{EUROPE_TO_CHINA}"' in body


@pytest.mark.parametrize(
    ("measure", "unit", "value", "theirs", "ours"),
    [
        ("deals", "count", "81", "81 deals", "3 deals"),
        ("companies", "count", "64", "64 companies", "2 companies"),
        ("investors", "count", "3", "3 investors", "2 investors"),
        ("amount", "EUR bn", "11.16", "€11.16\u202fbn", "€2\u202fm to €2\u202fm"),
    ],
)
def test_each_measure_is_answered_with_its_own_number(
    client, documented, measure, unit, value, theirs, ours
):
    figure(measure=measure, unit=unit, value=value)
    page = words(client)
    assert theirs in page
    assert ours in page


def test_an_amount_says_for_how_many_deals_it_is_disclosed(client, documented):
    figure(measure="amount", unit="EUR bn", value="0.004")
    page = words(client)
    assert "Disclosed for 1 of 3 deals." in page
    assert "Our upper end is 50.0\u202f% of the published value." in page


def test_a_question_outside_our_coverage_is_not_answered(client, documented):
    figure(
        query="investor=US&target=CN&from=2017&to=2022", measure="deals", unit="count", value="401"
    )
    page = words(client)
    assert "Not answered here" in page
    assert (
        "case list holds 1 deal into China with an investor from the United States"
        " in 2017–2022; the source says 81 of 2,165."
    ) in page
    assert "fewer" not in page


def test_a_figure_without_a_question_says_why(client, documented):
    figure(query="", why_no_query="One investor, not a flow.")
    page = words(client)
    assert "Not asked here" in page
    assert "One investor, not a flow." in page


def test_context_has_a_shelf_of_its_own_and_nothing_beside_it(client, documented):
    figure(shelf="context", query="", title="Joint papers", value="36951", unit="papers")
    page = words(client)
    assert "For context" in page
    assert "36,951 papers" in page
    assert "This register" not in page


def test_published_figures_are_never_compared_with_generated_data(client, documented):
    figure()
    demo = make_population("demo", generated=True)
    make_deals([{"population": demo, "date": "2019-03-04"} for _ in range(5)])
    page = words(client)
    assert "3 of 3 deals documented" in page
    assert "demo" not in page.lower().replace("demonstration", "")
    assert "This population was generated" in words(client, "/figures/?population=demo", 400)


def test_a_real_population_answers_with_a_share(client, documented):
    figure()
    supplier = make_population("supplier")
    rounds = [
        {"investors": [("E", "DE" if n == 0 else "CN")], "population": supplier} for n in range(8)
    ]
    make_deals(rounds)
    page = words(client, "/figures/?population=supplier")
    assert "12.5\u202f% 1 of 8 deals" in page
    assert "No share is computed" not in page
    assert "8.8 percentage points above the 3.7\u202f% published." in page


def test_a_share_of_value_stands_beside_the_share_of_deals_in_a_population(client, db):
    figure(numerator="", denominator="", value="1.2")
    make_population("supplier")
    make_deals(
        {"population": "supplier", "investors": [("E", country)], "amount": amount,
         "currency": "EUR"}
        for country, amount in (("DE", "1000000"), ("CN", "3000000"))
    )  # fmt: skip
    page = words(client, "/figures/?population=supplier")
    assert "By disclosed value it is 25.0\u202f%: €1\u202fm of €4\u202fm." in page
    assert "percentage points" not in page


def test_a_figure_of_a_known_definition_leads_to_the_bridge_to_ours(client, documented):
    figure()
    figure("F99", query="investor=DE&target=CN")
    body = unescape(client.get("/figures/").content.decode())
    assert body.count('href="/flows/bridge/?a=merics-2023&b=investtrack"') == 1
    assert client.get("/flows/bridge/?a=merics-2023&b=investtrack").status_code == 200


def test_the_index_has_every_publisher_with_what_is_answered(client, documented):
    figure()
    figure("F2", query="", why_no_query="No.", source_title="MERICS, “Another one”")
    figure("F3", source_title="Stanford AI Index 2024 (Quid)", query="", shelf="context")
    page = words(client)
    assert "2 figures, 1 answered" in page
    assert "MERICS 1 of 2 answered" in page
    assert "For context 1 figure" in page
    assert "1 more figure that this register does not answer, and why" in page
    body = client.get("/figures/").content.decode()
    for anchor in re.findall(r'href="#([^"]+)"', body):
        assert f'id="{anchor}"' in body, anchor


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("MERICS, “AI entanglements”", "MERICS"),
        ("Stanford AI Index 2024 (Quid)", "Stanford AI Index"),
        ("Oxford seminar article “Can Europe” on Geopolitechs", "Oxford seminar article"),
        ("Rhodium Group and MERICS", "Rhodium Group and MERICS"),
    ],
)
def test_a_publisher_is_read_off_the_title_of_the_publication(title, name):
    assert publisher(title) == name


def test_every_figure_of_the_source_file_is_on_the_page(client, db, shared_data):
    load_figures(DATA / "published_figures.csv")
    with (shared_data / "published_figures.csv").open(encoding="utf-8", newline="") as file:
        wanted = {row["id"] for row in csv.DictReader(file)}
    assert len(wanted) > 40
    shown = set(re.findall(r'id="([FC]\d[\w-]*)"', client.get("/figures/").content.decode()))
    missing = {code for code in wanted if not any(one.startswith(code) for one in shown)}
    assert not missing


def test_what_everybody_quotes_is_open_even_where_it_is_not_answered(client, documented):
    for code in ("F10", "F11a"):
        figure(code, query="investor=US&target=CN&from=2015&to=2021", source_title="CSET, “US”",
               source_date="2023-02")  # fmt: skip
    body = client.get("/figures/").content.decode()
    assert (
        body.index('id="F10"') < body.index('<details class="unanswered"') < body.index('id="F11a"')
    )
    assert "Published, Feb 2023" in words(client)
    assert "a=cset-2023" in body


def test_names_in_figures_never_run(client, db):
    figure(title="<script>alert(1)</script>", source_title="<b>x</b>", source_url="javascript:x")
    body = client.get("/figures/").content.decode()
    assert "<script>alert" not in body
    assert "<b>x" not in body
    assert "javascript:x" not in body


def test_without_figures_the_page_says_so(client, db):
    assert "No published figures are recorded yet." in words(client)


def test_forty_questions_cost_seven_queries_and_five_when_kept(
    client, documented, django_assert_num_queries
):
    for number in range(40):
        figure(f"F{number}", query=f"investor=europe&target=CN&from={1980 + number}")
    # Head, figures, cells, sides; populations; the as-of strip.
    with django_assert_num_queries(6):
        client.get("/figures/")
    with django_assert_num_queries(4):
        client.get("/figures/")


def test_unknown_parameters_are_refused(client, db):
    assert "Known are: population" in words(client, "/figures/?year=2020", 400)
    assert "There is no population" in words(client, "/figures/?population=x", 400)
    assert client.get("/figures/?population=")["Location"] == "/figures/"
