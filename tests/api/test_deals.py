"""GET /api/v1/deals/…: stored documents, paging by key, one deal and its versions."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from deals.feeds.publish import publish
from deals.models import DealDocument, DealVersion
from tests.factories import make_deal, make_deals, submit_version

DEALS = "/api/v1/deals/"


@pytest.fixture
def ten(db):
    return make_deals(
        [
            {
                "target": f"Target {number}",
                "investors": [("Fund", "DE" if number % 2 else "US")],
                "date": f"20{10 + number}-05-03",
                "amount": f"{number + 1}.5",
                "currency": "EUR",
            }
            for number in range(10)
        ]
    )


def walk(client, **params):
    """All results of a question, following `next` to the end."""
    response = client.get(DEALS, params)
    results = []
    while True:
        body = response.json()
        results += body["results"]
        if body["next"] is None:
            return results
        response = client.get(body["next"])


def test_a_list_holds_the_stored_documents(client, ten):
    body = client.get(DEALS, {"ordering": "-date"}).json()
    assert set(body) == {"next", "previous", "results"}
    assert body["next"] is None
    assert [deal["date"]["first"][:4] for deal in body["results"]] == [
        str(year) for year in range(2019, 2009, -1)
    ]
    stored = DealVersion.objects.get(pk=ten[9].pk).document.json
    assert body["results"][0] == json.loads(stored)
    assert body["results"][0]["amount"]["low"] == "10.50"


def test_a_list_is_in_the_order_in_which_deals_came_in_and_corrections_do_not_move_them(
    client, ten
):
    first = client.get(DEALS, {"page_size": 5}).json()
    years = [deal["date"]["first"][:4] for deal in first["results"]]
    assert years == ["2010", "2011", "2012", "2013", "2014"]
    correction = submit_version(ten[0].deal, target="Target 0", date="2030-01-01")
    publish([correction.pk], by="test", reason="corrected")
    rest = client.get(first["next"]).json()["results"]
    assert [deal["date"]["first"][:4] for deal in rest] == [f"20{year}" for year in range(15, 20)]


@pytest.mark.parametrize(
    "order", ["-date", "date", "amount", "-amount", "updated", "-updated", "id", "-id"]
)
@pytest.mark.parametrize("size", [1, 3, 10])
def test_pages_of_any_size_and_order_hold_every_deal_once(client, ten, order, size):
    ids = [deal["id"] for deal in walk(client, page_size=size, ordering=order)]
    assert len(ids) == len(set(ids)) == 10
    whole = [deal["id"] for deal in client.get(DEALS, {"ordering": order}).json()["results"]]
    assert ids == whole


def test_previous_leads_back_over_the_same_pages(client, ten):
    first = client.get(DEALS, {"page_size": 4})
    second = client.get(first.json()["next"])
    assert 'rel="next"' in second["Link"]
    assert 'rel="prev"' in second["Link"]
    back = client.get(second.json()["previous"]).json()
    assert back["results"] == first.json()["results"]
    assert back["previous"] is None


def test_a_page_stays_put_while_deals_are_published_before_it(client, ten):
    first = client.get(DEALS, {"page_size": 5}).json()
    make_deal(date="2025-01-01")
    second = client.get(first["next"]).json()
    ids = {deal["id"] for deal in first["results"]} | {deal["id"] for deal in second["results"]}
    assert len(ids) == 10


def test_the_filters_are_those_of_the_question(client, ten):
    assert len(walk(client, investor="europe")) == 5
    assert len(walk(client, investor="europe", target="CN", **{"from": "2015"})) == 3
    assert walk(client, investor="europe", target="DE") == []
    assert len(walk(client, target="CN", investor="europe", place="counted")) == 10
    assert len(walk(client, q="Target 3")) == 1


def test_updated_since_takes_a_day_or_a_time(client, ten):
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert len(walk(client, updated_since="2000-01-01")) == 10
    assert walk(client, updated_since=tomorrow.date().isoformat()) == []
    assert walk(client, updated_since=tomorrow.isoformat()) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page_size", "0"), ("page_size", "501"), ("page_size", "many"), ("page_size", "²"),
        ("cursor", "abc"), ("ordering", "colour"), ("place", "nowhere"), ("q", "x" * 201),
        ("updated_since", "soon"), ("updated_since", "2020-13-01"), ("kind", "gift"),
        ("offset", "10"),
    ],
)  # fmt: skip
def test_bad_values_are_refused_by_name(client, ten, name, value):
    response = client.get(DEALS, {name: value})
    assert response.status_code == 400
    assert [error["parameter"] for error in response.json()["errors"]] == [name]


def test_the_next_page_is_of_the_whole_question_however_it_was_asked(client, ten):
    asked = "/api/v1/deals/?investor=DE&investor=FR&kind=funding_round&page_size=3"
    seen = []
    while asked:
        page = client.get(asked).json()
        seen += [one["id"] for one in page["results"]]
        asked = page["next"]
    assert seen == [
        one["id"] for one in client.get("/api/v1/deals/?investor=DE,FR").json()["results"]
    ]
    assert len(seen) > 3


def test_a_cursor_of_another_question_is_refused(client, ten):
    cursor = client.get(DEALS, {"page_size": 2}).json()["next"].split("cursor=")[1]
    response = client.get(f"{DEALS}?page_size=2&kind=all&cursor={cursor}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["parameter"] == "cursor"


def test_one_deal_and_its_versions(client, ten):
    public_id = ten[0].deal.public_id
    one = client.get(f"{DEALS}{public_id}/")
    assert one.json()["id"] == public_id
    assert client.get(f"{DEALS}{public_id.lower()}/").json() == one.json()
    assert client.get(f"{DEALS}{public_id}/", {"kind": "all"}).status_code == 400
    versions = client.get(f"{DEALS}{public_id}/versions/").json()["results"]
    assert [version["version"] for version in versions] == [1]
    again = client.get(f"{DEALS}{public_id}/", headers={"If-None-Match": one["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("part", ["", "versions/"])
def test_a_document_that_was_computed_again_is_another_answer(client, ten, part):
    address = f"{DEALS}{ten[0].deal.public_id}/{part}"
    before = client.get(address)
    text = DealDocument.objects.get(version=ten[0]).json.replace("Target 0", "Target 00")
    DealDocument.objects.filter(version=ten[0]).update(json=text)
    after = client.get(address, headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, b"Target 00" in after.content) == (200, True)


def test_an_unknown_deal_is_a_problem_document(client, db):
    response = client.get(f"{DEALS}D-NOTTHERE/")
    assert response.status_code == 404
    assert "D-NOTTHERE" in response.json()["detail"]


def test_a_list_takes_the_same_few_queries_however_long_it_is(
    client, ten, django_assert_max_num_queries
):
    with django_assert_max_num_queries(4):
        client.get(DEALS)


def test_a_wrong_question_is_refused_whatever_its_asker_has_kept(client, db):
    for wrong in ("place=nowhere", "ordering=best"):
        response = client.get(f"/api/v1/deals/?{wrong}", headers={"If-None-Match": "*"})
        assert response.status_code == 400, wrong
