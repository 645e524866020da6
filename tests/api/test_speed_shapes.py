"""How often the database is asked: what keeps the API quick, pinned."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deals.feeds.publish import publish
from deals.models import Organization, Population, Release, ledger
from tests.factories import make_deals, submit_version

API = "/api/v1/"
FLOW = "investor=europe&target=CN&from=2010&to=2020"
# Queries of an unchanged question: its codes and the ledger's head are one look.
UNCHANGED = {
    "deals/": 1,
    "deals/?population=feed&kind=all": 1,
    "deals/?release=2026.11&population=feed": 2,
    "deals/{id}/": 1,
    "deals/{id}/versions/": 1,
    f"flows/share/?{FLOW}": 1,
    f"flows/share/?{FLOW}&population=feed": 1,
    f"flows/series/?{FLOW}": 1,
    f"flows/matrix/?{FLOW}": 1,
    f"flows/top/?{FLOW}&of=investors": 1,
    "changes/?after=0": 1,
    "regions/": 0,
    "countries/": 0,
    "sectors/": 0,
    "round-types/": 0,
    "published-figures/": 1,
    "policy-events/": 1,
    "exports/deals.jsonl": 1,
}


@pytest.fixture(autouse=True)
def nobody_counts(settings):
    """The count of requests is one more, and told of in test_limits."""
    settings.API_PER_HOUR_OPEN = 0


@pytest.fixture
def some(db):
    population = Population.objects.create(code="feed", title="A feed")
    made = make_deals(
        [
            {"target": f"Target {n}", "investors": [("Fund", "DE")], "date": "2015-03-01",
             "population": population, "ai": "yes"}
            for n in range(12)
        ]
    )  # fmt: skip
    Release.objects.create(name="2026.11", seq=ledger.head(), notes="", at="2026-11-01T00:00Z")
    return made


def asked(client, path, **headers):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, headers=headers)
    return response, [query["sql"] for query in queries.captured_queries]


@pytest.mark.parametrize("path", UNCHANGED)
def test_an_unchanged_question_costs_one_look(client, some, path):
    address = API + path.format(id=some[0].deal.public_id)
    first, _ = asked(client, address)
    assert first.status_code == 200
    # A file that nobody reads to its end would keep its place from the next one.
    b"".join(first)
    again, queries = asked(client, address, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again["ETag"]) == (304, first["ETag"])
    assert len(queries) == UNCHANGED[path], queries


def test_a_list_is_the_look_and_one_statement_whatever_is_asked(client, some):
    for question in ("", "?page_size=3", "?population=feed&target=CN", f"?{FLOW}"):
        assert len(asked(client, f"{API}deals/{question}")[1]) == 2, question
    # What a search stands for is looked up first.
    assert len(asked(client, f"{API}deals/?q=Target+3")[1]) == 3


def test_the_default_order_needs_no_sorting_of_all_deals(client, some):
    _, queries = asked(client, f"{API}deals/?kind=all&ai=all&status=all&population=feed")
    with connection.cursor() as cursor:
        # The planner of a table of twelve rows would rather sort them.
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_incremental_sort = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {queries[-1]}")
        plan = json.dumps(cursor.fetchone()[0])
    assert "fact_deal" in plan
    assert '"Limit"' in plan


@pytest.mark.django_db(transaction=True)
def test_a_list_needs_no_transaction_and_says_how_long_it_may_take(client, settings):
    settings.API_PER_HOUR_OPEN = 0
    make_deals([{"target": "One"}])
    _, queries = asked(client, f"{API}deals/")
    assert [sql.split()[0] for sql in queries] == ["SELECT", "SELECT"]
    assert "statement_timeout" in queries[1]
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_question_read_before_still_sees_what_was_published_since(client, some):
    address = f"{API}deals/?population=feed"
    before, _ = asked(client, address)
    change = submit_version(some[3].deal, target="Renamed", population=some[0].population)
    publish([change.pk], by="test", reason="renamed")
    after, _ = asked(client, address, **{"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert [deal["target"]["name"] for deal in after.json()["results"]].count("Renamed") == 1


def test_lists_and_deals_as_of_a_release_stay_as_they_were(client, some):
    one = some[3].deal
    change = submit_version(one, target="Renamed", population=some[0].population)
    publish([change.pk], by="test", reason="renamed")
    for path in (f"deals/{one.public_id}/", f"deals/{one.public_id}/versions/", "deals/"):
        now = json.dumps(client.get(API + path, {"kind": "all"} if path == "deals/" else {}).json())
        then = client.get(API + path, {"release": "2026.11"})
        assert then.status_code == 200
        assert "Renamed" in now
        assert "Renamed" not in json.dumps(then.json())
    late = make_deals([{"target": "Late"}])[0].deal
    response = client.get(f"{API}deals/{late.public_id}/", {"release": "2026.11"})
    assert response.status_code == 404
    assert Organization.objects.filter(name="Late").exists()
