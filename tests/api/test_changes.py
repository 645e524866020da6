"""GET /api/v1/changes/: the ledger as a feed, gap-free, with reasons and documents."""

import json
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from deals import actions, organizations
from deals.feeds.run import undo
from deals.models import DealDocument, ledger
from deals.models.derived import rebuild
from tests.factories import make_deal, make_deals, make_organization, submit_version
from tests.feeds.supplier import published_import

pytestmark = pytest.mark.django_db
CHANGES = "/api/v1/changes/"


def feed(client, **params):
    """Every entry, a page at a time."""
    results, after = [], params.pop("after", 0)
    while True:
        page = client.get(CHANGES, {"after": after, **params}).json()
        results += page["results"]
        if after == page["next_after"]:
            assert page["head"] == after
            return results
        after = page["next_after"]


def stored(public_id):
    live = DealDocument.objects.get(
        version__deal__public_id=public_id,
        version__published_seq__isnull=False,
        version__superseded_seq__isnull=True,
    )
    return json.loads(live.json)


def test_entries_come_in_order_and_end_at_the_head(client):
    make_deals([{} for _ in range(5)])
    assert [row["seq"] for row in feed(client, page_size=2)] == [1, 2, 3, 4, 5]
    page = client.get(CHANGES, {"after": 2, "page_size": 2})
    assert page.json()["head"] == 5
    assert page.json()["next_after"] == 4
    assert page["Link"] == '<http://testserver/api/v1/changes/?after=4&page_size=2>; rel="next"'
    end = client.get(CHANGES, {"after": 5})
    assert end.json() == {"head": 5, "next_after": 5, "results": []}
    assert "Link" not in end


def test_each_kind_says_what_a_copy_has_to_do(client):
    one, other = make_deal(target="One", amount="5"), make_deal()
    correction = submit_version(one.deal, target="One", amount="6")
    actions.approve(version=correction, by=None, reason="a misprint")
    actions.merge(deal=other.deal, into=one.deal, by=None, reason="one round")
    actions.restore(deal=other.deal, by=None, reason="two after all")
    actions.retract(deal=one.deal, by=None, reason="never happened")
    rows = feed(client, documents="yes")
    mine, theirs = one.deal.public_id, other.deal.public_id
    kinds = ["created", "created", "updated", "merged", "restored", "retracted"]
    assert [row["kind"] for row in rows] == kinds
    assert [row["deal"] for row in rows] == [mine, theirs, mine, theirs, theirs, mine]
    assert [row["merged_into"] for row in rows] == [None, None, None, mine, None, None]
    assert [row["version"] for row in rows] == [1, 1, 2, 1, 2, 2]
    assert rows[2]["fields"] == ["amount"]
    assert rows[2]["reason"] == "a misprint"
    assert [row["document"] is None for row in rows] == [False, False, False, True, False, True]
    assert rows[4]["document"] == stored(theirs)
    assert rows[2]["document"]["amount"]["low"] == "6.00"
    assert "document" not in feed(client)[0]


def test_a_deal_whose_first_draft_was_rejected_is_created_by_its_second(client):
    first = submit_version()
    actions.reject(version=first, by=None, reason="no source")
    second = submit_version(first.deal)
    actions.approve(version=second, by=None)
    (row,) = feed(client)
    assert (row["kind"], row["version"]) == ("created", 2)


def test_what_an_import_did_and_what_undid_it_say_which_import(client):
    run = published_import(["Acme,CN,2019-05,5,USD,Fund,DE", "Beta,CN,2020-06,7,USD,Fund,DE"])
    undo(run.pk, reason="a wrong file")
    rows = [row for row in feed(client) if row["deal"]]
    assert [row["kind"] for row in rows] == ["created"] * 2 + ["retracted"] * 2
    assert {row["import_id"] for row in rows} == {run.pk}
    assert rows[-1]["reason"].endswith("a wrong file")


def test_a_merge_of_organizations_names_both_and_what_moved(client):
    one, into = make_organization("Tencent", "CN"), make_organization("Tencent Holdings", "CN")
    make_deal(investors=[("Tencent", "CN")])
    organizations.merge(one=one, into=into, by=None, reason="the same")
    organizations.split(organization=one, by=None, reason="not the same")
    *_, moved, merged, back, split = feed(client, documents="yes")
    assert merged["kind"] == split["kind"] == "organization"
    assert merged["organization"] == split["organization"] == one.public_id
    assert merged["merged_into"] == into.public_id
    assert merged["fields"] == ["merged_into", "names"]
    assert (moved["kind"], moved["fields"]) == ("updated", ["investors"])
    assert moved["document"]["investors"][0]["id"] == into.public_id
    assert back["document"]["investors"][0]["id"] == one.public_id
    assert (split["fields"], split["merged_into"]) == (["split_from"], None)


def test_documents_that_were_computed_again_are_in_the_feed(client):
    kept, changed, gone = make_deals([{}, {}, {}])
    actions.retract(deal=gone.deal, by=None, reason="a test")
    for version in (changed, gone):
        DealDocument.objects.filter(pk=version.pk).update(json="{}")
    rebuild()
    entry = feed(client, documents="yes")[-1]
    assert (entry["kind"], entry["fields"]) == ("rewritten", ["documents"])
    assert entry["deals"] == [changed.deal.public_id]
    assert entry["documents"] == [stored(changed.deal.public_id)]
    assert kept.deal.public_id not in entry["deals"]


def test_a_page_ends_before_it_has_too_many_documents(client):
    versions = make_deals([{} for _ in range(6)])
    for _ in range(2):
        DealDocument.objects.filter(pk__in=[v.pk for v in versions[:4]]).update(json="{}")
        rebuild()
    page = client.get(CHANGES, {"documents": "yes", "page_size": 6, "after": 5}).json()
    assert [len(row["documents"]) for row in page["results"]] == [0, 4]
    assert [row["seq"] for row in feed(client, documents="yes", page_size=3)] == list(range(1, 9))


@pytest.fixture
def uncounted(settings):
    """Without the query that counts requests."""
    settings.API_PER_HOUR_OPEN = 0


@pytest.mark.usefixtures("uncounted")
def test_an_unchanged_question_costs_one_indexed_read(client, django_assert_num_queries):
    make_deals([{}, {}])
    asked = {"after": 1, "documents": "yes"}
    etag = client.get(CHANGES, asked)["ETag"]
    with django_assert_num_queries(1):
        again = client.get(CHANGES, asked, headers={"If-None-Match": etag})
    assert again.status_code == 304
    make_deal()
    later = client.get(CHANGES, asked, headers={"If-None-Match": etag})
    assert later.status_code == 200
    assert len(later.json()["results"]) == 2


@pytest.mark.usefixtures("uncounted")
def test_a_page_takes_the_same_queries_however_long_it_is(client, django_assert_max_num_queries):
    make_deals([{} for _ in range(30)])
    with django_assert_max_num_queries(2):
        client.get(CHANGES, {"documents": "yes"})


def test_another_history_under_the_same_number_is_another_answer(client):
    make_deal()
    etag = client.get(CHANGES, {"after": 1})["ETag"]
    at = ledger.newest()[1]
    assert at is not None
    # After a backup was restored, number 1 may be of another moment.
    assert f"-1-{at.timestamp():.6f}" in etag


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({"after": "-1"}, ["after"]),
        ({"after": "x"}, ["after"]),
        ({"after": "9" * 30}, ["after"]),
        ({"page_size": "501"}, ["page_size"]),
        ({"page_size": "0", "after": "1.5"}, ["after", "page_size"]),
        ({"documents": "true", "after": "one"}, ["after", "documents"]),
        ({"since": "1"}, ["since"]),
    ],
)
def test_every_wrong_parameter_is_named(client, params, names):
    response = client.get(CHANGES, params)
    assert response.status_code == 400
    assert sorted(error["parameter"] for error in response.json()["errors"]) == names


def test_times_are_utc_and_reasons_unknown_are_null(client):
    before = timezone.now()
    make_deal()
    (row,) = feed(client)
    # Microseconds are not told.
    assert before <= datetime.fromisoformat(row["at"]) + timedelta(seconds=1)
    assert datetime.fromisoformat(row["at"]) <= timezone.now()
    assert row["at"].endswith("Z")
    assert row["reason"] is None
