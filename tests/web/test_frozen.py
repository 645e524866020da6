"""A stored view shows the same number for ever, and today's beside it with what moved it."""

import csv
import io
import re
from dataclasses import replace
from html import unescape

import pytest
from django.db import connection, transaction
from django.test import Client

from deals.flows import share as share_module
from deals.models import FrozenView
from deals.rules import regions
from tests.factories import make_deal, make_deals, make_population
from tests.flows.moves import edit, retract

QUESTION = {"investor": "europe", "target": "CN", "from": "2017", "to": "2022"}
PARAMS = "investor=europe&target=CN&from=2017&to=2022"


@pytest.fixture
def rounds(db):
    """1 of 4 with a European investor, in a population."""
    make_population("supplier")
    return make_deals(
        {"population": "supplier", "target": f"T{n}", "sectors": ["robotics"], "amount": "1000000",
         "investors": [("E", "DE" if n == 0 else "CN")]}
        for n in range(4)
    )  # fmt: skip


def freeze(client, **more):
    response = client.post("/flows/freeze/", QUESTION | {"population": "supplier"} | more)
    assert response.status_code == 303, response.content.decode()[:500]
    return response["Location"]


def page(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return unescape(response.content.decode())


def words(text):
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", "", text))


def number_of(text):
    """The big number with its n of N."""
    figure = re.search(
        r'<div class="main-figure">(.*?)</p>\s*<p class="big-sub">(.*?)</p>', text, re.S
    )
    return words(figure[1]).strip(), words(figure[2]).strip()


def test_the_way_from_a_question_to_its_stored_number(client, rounds):
    offered = page(client, f"/flows/freeze/?{PARAMS}&population=supplier")
    assert "Store it" in offered
    assert 'name="as_of" value="4"' in offered
    assert FrozenView.objects.count() == 0
    url = freeze(client, as_of="4")
    assert re.fullmatch(r"/v/[a-z2-9]{12}/", url)
    text = page(client, url)
    assert number_of(text) == ("25.0\u202f%", "1 of 4 deals")
    assert "A stored number." in text
    assert "ledger no. 4" in text
    assert "Nothing has changed" in text
    assert f"http://testserver{url}" in text


def test_the_same_question_at_the_same_point_has_one_address(client, rounds):
    url = freeze(client)
    assert freeze(client) == url
    assert freeze(client, as_of="4") == url
    # Whoever asks to store it is led to it.
    assert client.get(f"/flows/freeze/?{PARAMS}&population=supplier")["Location"] == url
    make_deal(population="supplier")
    assert freeze(client) != url
    assert FrozenView.objects.count() == 2


def test_the_number_stays_whatever_happens_to_the_register(client, rounds, monkeypatch):
    url = freeze(client)
    before = page(client, url)
    # More deals, and one that is taken away.
    make_deals({"population": "supplier", "target": f"New {n}"} for n in range(3))
    retract(rounds[0])
    # A deal that is erased by law.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM deals_dealdocument WHERE version_id = %s", [rounds[1].pk])
        cursor.execute("DELETE FROM deals_dealfact WHERE version_id = %s", [rounds[1].pk])
    # A region that means something else, and new rules of counting.
    europe = regions.REGIONS["europe"]
    members = tuple(one for one in europe.members if one.country != "DE")
    monkeypatch.setitem(regions.REGIONS, "europe", replace(europe, members=members))
    regions._side.cache_clear()
    monkeypatch.setattr(share_module, "flow_share", None)
    after = page(client, url)
    regions._side.cache_clear()
    assert number_of(after) == number_of(before) == ("25.0\u202f%", "1 of 4 deals")
    for part in (r"<svg.*?</svg>", r"<table>.*?</table>"):
        assert re.findall(part, after, re.S)[:3] == re.findall(part, before, re.S)[:3]
    assert "Erased from the register, or counted by newer rules" in after


def test_a_region_that_is_no_more_leaves_the_number(client, rounds, monkeypatch):
    url = freeze(client)
    monkeypatch.delitem(regions.REGIONS, "europe")
    # Such a process is a later one, in which nobody has asked for it yet.
    for kept in (regions._written, regions._side):
        kept.cache_clear()
    text = page(client, url)
    assert number_of(text)[0] == "25.0\u202f%"
    assert "does not know any more" in text
    assert "T1" not in text
    assert client.get(f"{url}table.csv").status_code == 200
    assert client.get(f"{url}chart/time.csv").status_code == 400


def test_what_changed_leads_from_the_number_then_to_the_number_now(client, rounds):
    url = freeze(client)
    edit(rounds[0], population="supplier", target="T0", date="2015", investors=[("E", "DE")])
    edit(rounds[1], population="supplier", target="T1", investors=[("F", "FR")])
    retract(rounds[2])
    make_deals({"population": "supplier", "target": f"<b>New {n}</b>"} for n in range(2))
    raw = client.get(url).content.decode()
    assert "<b>New" not in raw
    text = unescape(raw)
    assert number_of(text) == ("25.0\u202f%", "1 of 4 deals")
    assert "Today it is 3 of 4 deals (75.0\u202f%)." in text
    sums = re.search(r'class="since-sums">(.*?)</table>', text, re.S)[1]
    rows = [
        words(row.replace("<", " <")).split() for row in re.findall(r"<tr>(.*?)</tr>", sums, re.S)
    ]
    assert ["Then", "1", "4"] in rows
    assert ["Added", "2", "+2", "+2"] in rows
    assert ["Re-dated", "1", "−1", "−1"] in rows
    assert ["Today", "3", "4"] in rows
    for name, why in (("T0", "re-dated"), ("T1", "re-attributed"), ("T2", "retracted")):
        assert re.search(rf">{name}</a>.*?>{why}[<,]", text, re.S), name


def test_every_chart_of_a_stored_view_is_drawn_and_downloaded_from_what_was_stored(client, rounds):
    url = freeze(client)
    make_deals({"population": "supplier", "sectors": ["lidar"]} for _ in range(5))
    text = page(client, url)
    tabs = re.findall(rf'href="({url}[^"#]*)#charts"', text)
    assert len(tabs) >= 5
    for tab in tabs:
        assert client.get(tab).status_code == 200
    sectors = client.get(f"{url}chart/sectors.csv").content.decode()
    assert "Robotics" in sectors
    assert "Lidar" not in sectors
    assert client.get(f"{url}chart/sectors.svg").content.startswith(b"<")
    for rest in ("chart/nothing.csv", "chart/time.exe"):
        assert client.get(f"{url}{rest}").status_code == 404
    assert client.get(f"{url}?tab=nothing").status_code == 400
    assert client.get(f"{url}?investor=DE").status_code == 400
    assert client.get("/v/nosuchtoken2/").status_code == 404


def test_a_stored_view_is_cited_under_its_own_address(client, rounds):
    url = freeze(client)
    text = page(client, url)
    cited = re.search(r'id="cite-text">([^<]*)<', text)[1]
    assert cited.endswith(f"http://testserver{url}")
    assert "1 of 4 (25.0\u202f%)" in cited
    assert f"url = {{http://testserver{url}}}" in client.get(f"{url}cite.bib").content.decode()
    rows = list(csv.DictReader(io.StringIO(client.get(f"{url}table.csv").content.decode())))
    assert sum(int(row["N"]) for row in rows) == 4


def test_what_changed_can_be_asked_for_any_question_with_a_point_of_the_ledger(client, rounds):
    make_deal(population="supplier", target="=1+1")
    asked = f"?{PARAMS}&population=supplier&as_of=4"
    assert f'href="/flows/since/{asked}"' in page(client, f"/flows/{asked}")
    assert "Today it is 2 of 5 deals (40.0\u202f%)." in page(client, f"/flows/since/{asked}")
    text = client.get(f"/flows/since.csv{asked}").content.decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["name"], row["before"], row["after"], row["why"]) == ("'=1+1", "", "flow", "added")
    for path in ("/flows/since/", "/flows/since.csv"):
        assert "as_of" in client.get(f"{path}?{PARAMS}").content.decode()
        assert client.get(f"{path}?{PARAMS}").status_code == 400
        assert client.get(f"{path}{asked}&colour=red").status_code == 400


def test_an_address_may_store_so_many_numbers_in_an_hour(client, rounds, settings):
    settings.FREEZE_PER_HOUR = 2
    for year in ("2013", "2014"):
        freeze(client, **{"from": year})
    response = client.post("/flows/freeze/", QUESTION | {"from": "2015"})
    assert response.status_code == 429
    assert response["Retry-After"] == "3600"
    assert "as many as may be" in response.content.decode()
    # What is stored already costs nothing, and others are not held back.
    freeze(client, **{"from": "2013"})
    freeze(Client(REMOTE_ADDR="192.0.2.7"), **{"from": "2015"})
    assert FrozenView.objects.count() == 3


def test_storing_needs_the_forms_own_token_and_a_good_question(client, rounds):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/flows/freeze/", QUESTION).status_code == 403
    assert client.post("/flows/freeze/", {"investor": "Atlantis"}).status_code == 400
    assert client.post("/flows/freeze/", QUESTION | {"colour": "red"}).status_code == 400
    assert client.get("/flows/freeze/?population=nobody").status_code == 400
    assert client.put("/flows/freeze/").status_code == 405
    assert FrozenView.objects.count() == 0


def test_readers_get_no_cookie_until_they_want_to_store_a_number(client, rounds):
    assert "csrftoken" not in client.get(f"/flows/?{PARAMS}").cookies
    assert "csrftoken" in client.get(f"/flows/freeze/?{PARAMS}").cookies


def test_a_stored_view_costs_few_queries(client, rounds, django_assert_max_num_queries):
    url = freeze(client)
    # The view; twice the head, population and day of a point; the comparison.
    with django_assert_max_num_queries(8):
        client.get(url)
