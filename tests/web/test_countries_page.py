"""Countries: each number is one that the naive implementation gives, and leads to its deals."""

import csv
import io
import re
from html import unescape

import pytest

from tests.factories import make_deals, make_population

pytestmark = pytest.mark.django_db
DEALS = (
    {"target": "Momenta", "investors": [("Bosch", "DE"), ("SAIC", "CN")], "amount": "10"},
    {"target": "Pony", "investors": [("Sequoia", "US")]},
    {"target": "Hesai", "investors": [("Bosch", "DE"), ("Baillie", "GB")]},
    {"target": "Agile", "target_country": "DE", "investors": [("Hillhouse", "CN")], "amount": "5"},
    {"target": "Agile", "target_country": "DE", "investors": [("C Ventures", "HK")]},
    {"target": "Kuka", "target_country": "DE", "investors": [("Midea", "CN")],
     "kind": "acquisition"},
)  # fmt: skip
ADDRESS = re.compile(r'href="(/deals/\?[^"]*)"[^>]*>([\d,]+)</a>')


@pytest.fixture
def register():
    make_deals(DEALS)


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()[:2000]
    return unescape(response.content.decode())


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def rows(client, address="/countries/table.csv"):
    response = client.get(address)
    assert response.status_code == 200
    found = csv.DictReader(io.StringIO(response.content.decode(), newline=""))
    return {row["code"]: row for row in found}


def counted(into=None, investors=None):
    """A second, naive count of completed funding rounds."""
    n = 0
    for deal in DEALS:
        if deal.get("kind", "funding_round") != "funding_round":
            continue
        countries = {country for _name, country in deal["investors"]}
        target = deal.get("target_country", "CN")
        n += (not into or target in into) and (not investors or bool(countries & investors))
    return str(n)


EUROPE = {"DE", "GB"}


@pytest.mark.parametrize("code", ["CN", "DE", "GB", "US", "HK"])
def test_every_number_is_the_naive_one(client, register, code):
    row = rows(client)[code]
    assert row["in"] == counted({code})
    assert row["in-europe"] == counted({code}, EUROPE)
    assert row["in-china"] == counted({code}, {"CN"})
    assert row["out"] == counted(None, {code})
    assert row["out-europe"] == counted(EUROPE, {code})
    assert row["out-china"] == counted({"CN"}, {code})


def test_the_disclosed_part_is_a_share_of_the_deals_into_it(client, register):
    assert rows(client)["CN"]["disclosed"] == "0.333333"
    assert rows(client)["DE"]["disclosed"] == "0.500000"
    assert rows(client)["GB"]["disclosed"] == ""


def test_hong_kong_counts_with_china_when_asked(client, register):
    assert rows(client)["DE"]["in-china"] == "1"
    assert rows(client, "/countries/table.csv?china=china-hk-mo")["DE"]["in-china"] == "2"


@pytest.mark.parametrize("address", ["/countries/", "/countries/?china=china-hk-mo&kind=all"])
def test_every_number_of_the_table_leads_to_its_deals(client, register, address):
    links = set(ADDRESS.findall(page(client, address)))
    assert len(links) > 8
    for url, n in links:
        assert f"{n} deal" in text(page(client, url)), url


@pytest.mark.parametrize("sort", ["name", "in", "disclosed", "out-china"])
def test_each_heading_sorts_by_its_column(client, register, sort):
    html = page(client, f"/countries/?sort={sort}")
    assert html.count("aria-sort") == 1
    found = list(rows(client, f"/countries/table.csv?sort={sort}").values())
    if sort == "name":
        assert [row["country"] for row in found] == sorted(row["country"] for row in found)
    else:
        values = [float(row[sort] or -1) for row in found]
        assert values == sorted(values, reverse=True)


@pytest.mark.parametrize(
    ("query", "named"),
    [("sort=x", "sort"), ("china=x", "china"), ("investor=DE", "investor"), ("a=1", "a"),
     ("population=none-such", "population"), ("from=2022-02-30", "from")],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/countries/", "/countries/table.csv"])
def test_a_bad_parameter_is_named(client, register, path, query, named):
    response = client.get(f"{path}?{query}")
    assert response.status_code == 400
    assert f"<code>{named}</code>" in response.content.decode()


def test_a_country_shows_both_directions_with_its_counterpart(client, register):
    html = page(client, "/countries/DE/")
    said = text(html)
    assert "1 documented deal among funding rounds into AI companies in Germany" in said
    assert "2 documented funding rounds into AI companies in China" in said
    assert "2 with Hong Kong and Macao" in said
    for url, n in set(ADDRESS.findall(html)):
        assert f"{n} deal" in text(page(client, url)), url


@pytest.mark.parametrize(
    ("code", "ways"),
    [("DE", ["China → Germany", "Germany → China"]),
     ("CN", ["Europe → China", "China → Europe"]),
     ("HK", ["Europe → Hong Kong", "Hong Kong → Europe"]),
     ("US", ["Europe → United States", "United States → Europe", "China → United States",
             "United States → China"])],
)  # fmt: skip
def test_the_counterpart_is_china_for_europe_and_europe_for_china(client, register, code, ways):
    found = re.findall(
        r'<div class="way [\w-]+">\s*<h2>([^<]*)</h2>', page(client, f"/countries/{code}/")
    )
    assert found == ways


def test_partners_sectors_and_disclosure_are_there(client, register):
    html = page(client, "/countries/DE/")
    said = text(html)
    assert "Where the investors in Germany are from" in said
    assert "known for 1 of 2 deals into Germany (50 %); over all countries for 40 %" in said
    assert 'data-picture="time"' in html
    assert 'data-picture="sectors"' in html


def test_memberships_stand_with_their_dates(client, register):
    assert "until 31 Jan 2020" in text(page(client, "/countries/GB/"))


def test_a_country_without_deals_has_a_page_that_says_so(client, register):
    assert "No deal into this country is recorded" in page(client, "/countries/IS/")


@pytest.mark.parametrize("code", ["XX", "europe", "DEU", "%00", "<b>"])
def test_what_is_no_country_is_not_found(client, db, code):
    response = client.get(f"/countries/{code}/")
    assert response.status_code == 404
    assert "There is no country" in response.content.decode()


def test_small_letters_lead_to_the_page(client, db):
    response = client.get("/countries/de/?kind=all")
    assert response.status_code == 301
    assert response["Location"] == "/countries/DE/?kind=all"


def test_invented_data_is_marked_before_its_numbers(client, register):
    make_population("demo", generated=True)
    make_deals([{"population": "demo"}])
    for address in ("/countries/?population=demo", "/countries/DE/?population=demo"):
        assert "Demonstration data: generated, not real" in page(client, address)


def test_pages_ask_a_bounded_number_of_times(client, register, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page(client, "/countries/")
    with django_assert_max_num_queries(45):
        page(client, "/countries/DE/")
    with django_assert_max_num_queries(10):
        page(client, "/countries/DE/")
