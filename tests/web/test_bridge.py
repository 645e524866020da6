"""The bridge page: steps that add up, and bars and numbers that open their deals."""

import csv
import io
import re
from html import unescape
from urllib.parse import urlencode

import pytest

from deals.models import PublishedFigure
from tests.factories import make_deals, make_population

PAGE = "/flows/bridge/"


@pytest.fixture
def register(db):
    """MERICS counts 2; without its years 4; acquisitions of European companies are 1."""
    make_deals(
        [
            {"investors": [("A", "DE")], "date": "2018-03-01"},
            {"investors": [("A", "DE"), ("C", "US")], "date": "2021-03-01"},
            {"investors": [("B", "FR")], "date": "2012-03-01", "target": "=cmd|calc"},
            {"investors": [("B", "FR")], "date": "2024-03-01", "target": "<script>x</script>"},
            {"investors": [("C", "US")], "date": "2019-03-01"},
            {"investors": [("Z", "CN")], "target_country": "DE", "kind": "acquisition"},
        ]
    )


def get(client, status=200, path=PAGE, **params):
    response = client.get(f"{path}?{urlencode(params)}" if params else path)
    assert response.status_code == status
    return unescape(response.content.decode())


def words(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_without_parameters_the_page_compares_two_definitions(client, register):
    page = words(get(client))
    assert "MERICS 2023: European investors in Chinese AI 2 of 3 deals" in page
    assert "InvestTrack: Europe to China 4 of 5 deals" in page
    assert "From 2 deals to 4 deals: 2 come in and 0 go out" in page
    assert "in 2017–2022 → at any time" in page
    assert "MERICS counted transactions that Crunchbase held in June 2023" in page


def test_every_number_of_a_step_opens_just_its_deals(client, register):
    body = get(client, a="merics-2023", b="control-stakes")
    bars = re.findall(r'<a href="(/flows/bridge/deals/[^"]+)" aria-label="[^"]*: (\d+) deal', body)
    assert len(bars) >= 4
    assert len(set(bars)) * 2 == len(bars), "Both sizes of the drawing lead to the same lists."
    cells = re.findall(r'<td[^>]*><a href="(/flows/bridge/deals/[^"]+)">[+−](\d+)</a>', body)
    assert set(cells) == set(bars)
    for address, n in cells:
        listed = client.get(address).content.decode()
        assert len(re.findall(r'<a href="/deals/D-', listed)) == int(n)


def test_a_question_of_ones_own_can_be_bridged_and_is_offered_in_the_form(client, register):
    body = get(client, a="merics-2023", b="investor=FR&target=CN")
    assert '<option value="investor=FR&target=CN" selected>Your question:' in body
    assert "Europe → France" in words(body)


def test_inside_a_population_there_are_shares_and_invented_data_are_said_to_be(client, register):
    make_population("demo", generated=True)
    make_deals(
        {"population": "demo", "date": "2019", "investors": [("I", c)]} for c in ("DE", "CN")
    )
    body = get(client, population="demo")
    assert "1 of 2 deals (50.0" in words(body)
    assert "generated, not real" in body
    assert client.get(f"{PAGE}?a=merics-2023&population=").status_code == 302


def test_the_deals_of_a_step_are_listed_page_by_page(client, register):
    make_deals({"date": "2010", "investors": [("A", "DE")]} for _ in range(60))
    address = f"{PAGE}deals/?a=merics-2023&b=investtrack&step=years&side=added"
    first = unescape(client.get(address).content.decode())
    assert "62 deals, newest first" in words(first)
    link = re.search(r'rel="next" href="([^"]+)"', first)[1]
    second = client.get(link).content.decode()
    ids = [re.findall(r'href="/deals/(D-[^/"]+)/"', page) for page in (first, second)]
    assert [len(set(found)) for found in ids] == [50, 12]
    assert not set(ids[0]) & set(ids[1])
    assert 'rel="next"' not in second


def test_names_never_run_on_the_page_or_in_the_file(client, register):
    more = "a=merics-2023&b=investtrack&step=years&side=added"
    listed = client.get(f"{PAGE}deals/?{more}").content.decode()
    assert "<script>x" not in listed
    assert "&lt;script&gt;x" in listed
    response = client.get(f"{PAGE}deals.csv?{more}")
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert {row["target"] for row in rows} == {"'=cmd|calc", "<script>x</script>"}
    assert rows[0]["url"].startswith("http://testserver/deals/D-")


def test_the_file_has_all_deals_of_the_list_in_its_order(client, register, monkeypatch):
    monkeypatch.setattr("deals.flows.moved.BATCH", 2)
    more = "a=merics-2023&b=investtrack&step=years&side=added"
    make_deals({"date": f"20{10 + at}", "investors": [("A", "DE")]} for at in range(3))
    listed = client.get(f"{PAGE}deals/?{more}").content.decode()
    rows = csv.DictReader(io.StringIO(client.get(f"{PAGE}deals.csv?{more}").content.decode()))
    ids = list(dict.fromkeys(re.findall(r'href="/deals/(D-[^/"]+)/"', listed)))
    assert [row["id"] for row in rows] == ids
    assert len(ids) == 5
    monkeypatch.setattr("deals.web.bridge.EVERYTHING", 4)
    refused = client.get(f"{PAGE}deals.csv?{more}")
    assert refused.status_code == 400
    assert "A file has at most 4 deals" in words(refused.content.decode())


def test_the_steps_as_csv_add_up(client, register):
    text = client.get(f"{PAGE}table.csv?a=merics-2023&b=control-stakes").content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    moved = sum(int(row["added"] or 0) - int(row["removed"] or 0) for row in rows)
    assert int(rows[0]["n"]) + moved == int(rows[-1]["n"]) == 1


def test_equal_questions_are_said_to_be_equal(client, register):
    page = words(get(client, a="investtrack", b="investor=europe&target=CN&currency=USD"))
    assert "Both questions count the same 4 deals." in page


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ("a=atlantis", "Definitions are"),
        ("b=investor%3DAtlantis", "Atlantis"),
        ("population=nobody", "There is no population"),
        ("colour=red", "Known are: a, b, population"),
        ("a=cset-2023&a=ifri-2024", "Give this once"),
        ("a=investor%3DDE%00", "NUL character"),
        ("b=organization%3DO-1", "no organization"),
    ],
)
def test_bad_parameters_are_named(client, db, params, said):
    for path in (PAGE, "/flows/bridge/table.csv"):
        response = client.get(f"{path}?{params}")
        assert response.status_code == 400
        assert said in unescape(response.content.decode())


@pytest.mark.parametrize(
    "more", ["step=kind&side=added", "step=years&side=up", "step=years&side=added&cursor=x"]
)
def test_a_list_of_no_step_is_refused(client, register, more):
    for path in (f"{PAGE}deals/", "/flows/bridge/deals.csv"):
        url = f"{path}?a=merics-2023&b=investtrack&{more}"
        if "cursor" in more and path.endswith("csv"):
            continue
        assert client.get(url).status_code == 400


def test_a_bridge_page_costs_few_queries(client, register, django_assert_num_queries):
    # Head, all stages, what was published, populations, and the as-of strip.
    with django_assert_num_queries(5):
        client.get(f"{PAGE}?a=merics-2023&b=control-stakes")


def test_an_institutes_number_stands_beside_ours_as_it_was_published(client, register):
    PublishedFigure.objects.create(
        code="F01", title="European share", value="3.7", unit="percent", measure="share",
        numerator="81", denominator="2165", source_title="AI entanglements",
    )  # fmt: skip
    page = client.get(f"{PAGE}?a=merics-2023&b=investtrack").content.decode()
    assert "They published 3.7\u202f% (81 of 2,165)" in page
