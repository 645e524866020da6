"""`/flows/`: what the page says, under which address, and what it asks the database."""

import csv
import io
import re
from gzip import compress
from html import unescape

import pytest

from deals.flows.query import FlowQuery
from deals.models import PolicyEvent
from deals.pictures.registry import DEFAULT_TAB
from deals.rules.spreadsheet import safe_cell
from deals.web.table import COLUMNS
from deals.web.tabs import EVENTS_TAB, titles
from tests.factories import make_deal, make_deals, make_population

pytestmark = pytest.mark.django_db
SIDES = "investor=europe&target=CN"
DEMO = f"/flows/?{SIDES}&from=2018&to=2019&population=test"


@pytest.fixture
def population():
    """Two of four rounds have a European investor, one an unknown list; a fifth is in Hong Kong."""
    make_deals(
        {"population": "test", **facts}
        for facts in [
            {"investors": [("A", "DE")], "date": "2018-05-01", "amount": "10000000"},
            {"investors": [("B", "FR"), ("C", "CN")], "date": "2019-05-01"},
            {"investors": [("C", "CN")], "date": "2019-06-01", "amount": "5000000"},
            {"investors": [], "date": "2019-07-01"},
            {"investors": [("A", "DE")], "date": "2018-05-01", "target_country": "HK"},
            {"investors": [("A", "DE")], "date": ("2018-05-01", "2020-05-01")},
        ]
    )


def text(response) -> str:
    html = re.sub(r"<(script|svg).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def test_the_number_stands_with_n_of_N_and_its_range(client, population):
    page = text(client.get(DEMO))
    assert "50.0 % of funding rounds into AI companies in China had an investor from Europe" in page
    assert "2 of 4 deals" in page
    assert "Between 50.0 % and 75.0 %, as the 1 deal whose investors" in page


def test_the_composition_adds_up_to_N(client, population):
    parts = client.get(DEMO).context["parts"]["rows"]
    assert [row["part"].n for row in parts] == [2, 1, 0, 1]


def test_hong_kong_is_counted_both_ways(client, population):
    page = text(client.get(DEMO))
    assert "2 of 4 (50.0 %) without Hong Kong and Macao" in page
    assert "3 of 5 (60.0 %) with Hong Kong and Macao" in page


def test_what_is_beside_the_number_links_to_its_deals(client, population):
    response = client.get(DEMO)
    assert "1 (date too coarse for the window or the region)" in text(response)
    link = f"/deals/?{SIDES}&from=2018&to=2019&population=test&place=too_coarse"
    assert link.replace("&", "&amp;") in response.content.decode()


def test_the_band_says_for_how_many_deals_it_is_disclosed(client, population):
    assert "Disclosed for 1 of 2 deals" in text(client.get(DEMO))


def test_a_case_list_gives_counts_and_the_reason_for_no_share(client):
    make_deal(investors=[("A", "DE")])
    page = text(client.get("/flows/"))
    assert "1 documented deal among funding rounds into AI companies in China" in page
    assert "No share. This is a case list" in page


def test_invented_data_are_called_so_and_real_ones_are_not(client, population):
    make_population("demo", generated=True)
    make_deal(population="demo")
    assert "Demonstration data: generated, not real" in text(
        client.get(f"/flows/?{SIDES}&population=demo")
    )
    assert "generated, not real" not in text(client.get(DEMO))


def test_an_empty_answer_names_what_to_drop(client, population):
    page = client.get(f"/flows/?{SIDES}&sector=lidar")
    assert "No deal matches" in text(page)
    assert f'href="/flows/?{SIDES.replace("&", "&amp;")}"' in page.content.decode()


def test_policy_events_of_the_window_are_numbered_and_listed(client, population):
    for day, place in (("2018-05-25", "EU"), ("2019-02-01", "IN"), ("2022-01-04", "GB")):
        PolicyEvent.objects.create(date=day, jurisdiction=place, title=f"Rule {place}", kind="rule")
    page = text(client.get(DEMO))
    assert "25 May 2018, EU: Rule EU" in page
    # Neither what is about others nor what is outside the window.
    assert "Rule IN" not in page
    assert "Rule GB" not in page


def test_the_citation_is_frozen(client, population):
    response = client.get(DEMO)
    seq = response.context["answer"]["as_of"]["change_seq"]
    assert f"http://testserver{DEMO}&as_of={seq}" in text(response).replace("&amp;", "&")
    make_deal(population="test", investors=[("A", "DE")], date="2019-01-01")
    then = client.get(f"{DEMO}&as_of={seq}")
    assert "2 of 4 deals" in text(then)
    assert "as it was at ledger no." in text(then)
    assert "3 of 5 deals" in text(client.get(DEMO))


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [
        (f"{SIDES}&from=&to=&ai=yes&kind=funding_round&status=ever_completed", SIDES),
        ("investor=EUROPE&target=cn&currency=EUR", SIDES),
        ("from=2018", f"{SIDES}&from=2018"),
        ("investor=US&investor=JP&target=CN", "investor=JP,US&target=CN"),
        (f"{SIDES}&compare=US", SIDES),
    ],
)
def test_the_address_holds_only_what_differs_from_the_defaults(client, sent, canonical):
    response = client.get(f"/flows/?{sent}")
    assert response.status_code == 302
    assert response.headers["Location"] == f"/flows/?{canonical}"
    assert client.get(response.headers["Location"]).status_code == 200


def test_without_a_question_europe_to_china_is_asked_at_a_bare_address(client):
    response = client.get("/flows/")
    assert response.status_code == 200
    assert response.context["query"] == FlowQuery(investor=("europe",), target=("CN",))


@pytest.mark.parametrize(
    "params",
    ["from=abc", "investor=Atlantis", "nonsense=1", "population=none-such", "as_of=999999"],
)
def test_a_bad_parameter_is_a_400_that_names_it(client, params):
    response = client.get(f"/flows/?{SIDES.replace('investor=europe&', '')}&{params}")
    assert response.status_code == 400
    assert params.split("=")[0] in text(response)


def test_htmx_gets_the_answer_alone_and_the_address_to_show(client, population):
    sent = f"{DEMO}&compare=US"
    response = client.get(sent, headers={"HX-Request": "true"})
    assert response.headers["HX-Push-Url"] == DEMO
    assert "HX-Request" in response.headers["Vary"]
    page = response.content.decode()
    assert "<html" not in page
    assert "<title>50.0" in page


def test_htmx_gets_the_problems_alone(client):
    response = client.get("/flows/?from=abc", headers={"HX-Request": "true"})
    assert response.status_code == 400
    assert "<html" not in response.content.decode()
    assert "from" in text(response)


def test_an_unchanged_page_is_not_sent_twice_and_a_changed_one_is(client, population):
    first = client.get(DEMO)
    again = client.get(DEMO, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    part = client.get(DEMO, headers={"If-None-Match": first.headers["ETag"], "HX-Request": "true"})
    assert part.status_code == 200
    make_deal(population="test", investors=[("A", "DE")], date="2019-01-01")
    assert client.get(DEMO, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_the_page_asks_the_database_at_most_fourteen_times(
    client, population, django_assert_num_queries
):
    # Head, population; cells, distinct sides, Hong Kong; both directions by year, with the deals
    # that no year holds, events of the axis; what filters leave out, the time before, the newest
    # deals, the choice of populations.
    with django_assert_num_queries(10):
        client.get(DEMO)


def test_a_tab_alone_asks_only_for_its_chart(client, population, django_assert_num_queries):
    with django_assert_num_queries(4):
        client.get(DEMO, headers={"HX-Request": "true", "HX-Target": "charts"})


def test_the_page_is_light_also_before_it_is_compressed(client):
    make_deals(
        {"investors": [("A" * 40, "DE"), ("B" * 40, "CN")], "date": f"{2000 + k % 25}-01-01"}
        for k in range(60)
    )
    page = client.get("/flows/").content
    assert len(page) < 100_000
    assert len(compress(page)) < 20_000


def test_a_question_about_six_years_is_sixty_kilobytes_at_most(client):
    """With both directions, ten deals of several investors each, and every block of the page."""
    sides = (("CN", "DE"), ("DE", "CN"))
    make_deals(
        {"population": "test", "date": f"{2017 + k % 6}-02-01", "target_country": to,
         "investors": [(f"Investor {k}{n} Holdings", by) for n, by in enumerate((by, "US", None))],
         "amount": ("1e6", None, ("1e6", "2e6"))[k % 3]}
        for k in range(36) for to, by in sides
    )  # fmt: skip
    page = client.get(f"/flows/?{SIDES}&from=2017&to=2022&population=test").content
    assert page.count(b"chart-fluid") == 2
    assert len(page) < 60_000


def test_no_page_has_inline_scripts_or_styles(client, population):
    page = client.get(DEMO).content.decode()
    assert "<style" not in page
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", page) == []
    assert re.findall(r"\son\w+=", page) == []


@pytest.mark.parametrize("tab", [code for code in titles() if code != DEFAULT_TAB])
def test_each_tab_has_an_address_and_shows_its_chart(client, population, tab):
    response = client.get(f"{DEMO}&tab={tab}")
    assert response.status_code == 200
    page = response.content.decode()
    assert re.search(rf'id="tab-{tab}"[^>]*aria-current="page"', page)
    assert "50.0" in text(response)
    if tab == EVENTS_TAB:
        assert "Before and after a policy event" in page
    else:
        assert f'data-picture="{tab}"' in page


def test_the_first_tab_is_not_written_and_an_unknown_one_is_refused(client, population):
    assert client.get(f"{DEMO}&tab=time").headers["Location"] == DEMO
    response = client.get(f"{DEMO}&tab=spiral")
    assert response.status_code == 400
    assert "tab" in text(response)
    assert "sectors" in text(response)


def test_htmx_gets_a_tab_alone_with_what_the_form_must_keep(client, population):
    response = client.get(
        f"{DEMO}&tab=sectors", headers={"HX-Request": "true", "HX-Target": "charts"}
    )
    page = response.content.decode()
    assert response.headers["HX-Push-Url"] == f"{DEMO}&tab=sectors"
    assert 'data-picture="sectors"' in page
    assert 'id="q-tab" value="sectors" hx-swap-oob="true"' in page
    assert "data-finding" not in page


def test_a_changed_question_also_changes_what_the_form_says_is_ticked(client, population):
    page = client.get(DEMO, headers={"HX-Request": "true", "HX-Target": "answer"}).content.decode()
    assert '<b id="said-investor" hx-swap-oob="true">Europe</b>' in page


def test_the_time_before_is_compared_or_withheld_with_its_reason(client):
    who = {"DE": [("A", "DE")], "CN": [("C", "CN")]}
    make_deals(
        {"population": "test", "investors": who[code], "date": day}
        for code, day in [("DE", "2014-01-05"), ("CN", "2015-05-05"), ("CN", "2016-05-05"),
                          ("DE", "2017-05-05"), ("DE", "2018-05-05"), ("CN", "2019-05-05")]
    )  # fmt: skip
    page = text(client.get(f"/flows/?{SIDES}&from=2017&to=2019&population=test"))
    assert "The share rose from 33.3 % to 66.7 %, by 33.3 percentage points." in page
    page = text(client.get(f"/flows/?{SIDES}&from=2014&to=2016&population=test"))
    assert "the first deal recorded here is of 5 Jan 2014" in page


def test_every_link_to_deals_on_the_page_opens_a_list(client, population):
    page = client.get(DEMO).content.decode()
    links = {unescape(link) for link in re.findall(r'href="(/deals/\?[^"]+)"', page)}
    assert len(links) > 10
    for link in links:
        assert client.get(link).status_code == 200, link


@pytest.mark.parametrize("tab", ["time", "organizations", "diagram"])
def test_names_that_are_scripts_or_formulas_stay_text(client, tab):
    evil = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
    make_deals([{"target": evil, "investors": [(evil, "DE"), ('=HYPERLINK("x")', "FR")]}])
    page = client.get(f"/flows/?{SIDES}&tab={tab}", follow=True).content.decode()
    assert "<img src=x" not in page
    assert "<script>alert" not in page


def test_the_table_comes_as_csv_and_adds_up(client, population):
    response = client.get(f"/flows/table.csv?{DEMO.split('?')[1]}")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["year"], row["n"], row["N"]) for row in rows[:2]] == [
        ("2018", "1", "1"),
        ("2019", "1", "3"),
    ]
    assert rows[1]["share"] == "0.333333"
    assert sum(int(row["n"] or 0) for row in rows) == 2


def test_the_table_refuses_what_the_page_refuses(client):
    assert client.get("/flows/table.csv?from=abc").status_code == 400


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("-5.20", "-5.20"),
        ("-cmd", "'-cmd"),
        ("\uff1d1", "'\uff1d1"),
        (None, ""),
        (3, "3"),
    ],
)
def test_no_cell_is_run_by_a_spreadsheet(value, cell):
    assert safe_cell(value) == cell


def test_pages_can_only_be_read(client):
    assert client.post("/flows/").status_code in (403, 405)
    assert client.head("/flows/").status_code == 200
