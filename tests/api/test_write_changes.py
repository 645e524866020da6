"""A change of a deal by merge patch: of the state that its sender has read, and of no other."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from deals import actions
from deals.actions.writing import facts_of
from deals.api.write_fields import merge
from deals.models import DealVersion, Draft
from tests.api.proposals import DEALS, Writer, pointers
from tests.desk.runs import make_person
from tests.factories import make_deal

pytestmark = pytest.mark.django_db
State = DealVersion.State


@pytest.fixture
def writer(db) -> Writer:
    return Writer()


@pytest.fixture
def live(db) -> DealVersion:
    return make_deal(
        target="Acme", investors=[("Demo Fund", "DE"), ("Other Fund", "FR")], amount="12.5",
        date="2019-05", sources=("A", "B"), stakes=["10", None], sectors=["robotics"],
        round_type="series_a", external_id="X-1", notes="Known.",
    )  # fmt: skip


def facts(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 202, answer.content
    return facts_of(DealVersion.objects.get(pk=answer.json()["id"]))


def etag(writer: Writer, live: DealVersion) -> str:
    return str(writer.client.get(f"{DEALS}{live.deal.public_id}/")["ETag"])


def test_a_change_waits_and_changes_only_what_it_names(writer, live) -> None:
    before = facts_of(live)
    answer = writer.change(live.deal.public_id, round_type="series_b", notes=None)
    after = facts(answer)
    assert answer.json()["fields"] == ["round_type", "notes"]
    assert answer.json()["based_on"] == 1
    assert answer.json()["deal"] == live.deal.public_id
    assert after == before | {"round_type": "series_b", "notes": ""}
    live.refresh_from_db()
    assert live.superseded_seq is None


def test_what_was_read_can_be_sent_back_changed(writer, live) -> None:
    path = f"{DEALS}{live.deal.public_id}/"
    document = writer.client.get(path).json()
    document["status"] = "announced"
    document["investors"][1]["lead"] = True
    document["reason"] = "As the company says."
    answer = writer.patch(live.deal.public_id, document, if_match=etag(writer, live))
    assert answer.json()["fields"] == ["status", "investors"]
    before, after = facts_of(live), facts(answer)
    before["investors"][1]["lead"] = True
    assert after == before | {"status": "announced"}


def test_what_was_read_and_is_sent_back_as_it_was_says_nothing_new(writer, live) -> None:
    path = f"{DEALS}{live.deal.public_id}/"
    document = writer.client.get(path).json() | {"reason": "None."}
    refused = writer.patch(live.deal.public_id, document, if_match=etag(writer, live))
    assert refused.status_code == 422
    assert refused.json()["type"].endswith("#problem-nothing-new")
    assert DealVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("patch", "name", "value"),
    [
        ({"target": {"country": "DE"}}, "target", {"name": "Acme", "country": "DE"}),
        ({"target": {"name": "Bolt"}}, "target", {"name": "Bolt", "country": None}),
        ({"amount": {"low": "13", "high": "13"}}, "amount", {"low": "13.00", "currency": "USD"}),
        ({"amount": {"high": "14"}}, "amount", {"state": "range", "low": "12.50", "high": "14.00"}),
        ({"amount": {"currency": "EUR"}}, "amount", {"low": "12.50", "currency": "EUR"}),
        ({"amount": {"state": "approximate"}}, "amount", {"state": "approximate", "low": "12.50"}),
        ({"amount": {"text": "€3m"}}, "amount", {"low": "3000000.00", "currency": "EUR"}),
        ({"amount": "€3m"}, "amount", {"low": "3000000.00", "currency": "EUR"}),
        ({"amount": None}, "amount", {"state": "undisclosed", "low": None, "currency": ""}),
        ({"date": {"basis": "completed"}}, "date", {"precision": "month", "basis": "completed"}),
        (
            {"date": {"first": "2019-05-02", "last": "2019-05-02"}},
            "date", {"first": "2019-05-02", "precision": "day", "basis": "announced"},
        ),
        ({"date": "2019-Q2"}, "date", {"first": "2019-04-01", "precision": "quarter"}),
        ({"date": None}, "date", {"first": None, "precision": "none"}),
    ],
)  # fmt: skip
def test_parts_of_a_fact_are_changed_alone(writer, live, patch, name, value) -> None:
    found = facts(writer.change(live.deal.public_id, **patch))[name]
    assert {part: found[part] for part in value} == value


def test_lists_are_replaced_whole(writer, live) -> None:
    after = facts(writer.change(live.deal.public_id, investors=[{"name": "New Fund"}], sectors=[]))
    assert [one["name"] for one in after["investors"]] == ["New Fund"]
    assert after["sectors"] == []


def test_a_patch_is_merged_as_its_standard_says() -> None:
    target = {"a": {"b": 1, "c": 2}, "d": [1, {"e": 2}], "f": 3}
    patch = {"a": {"b": None, "x": {"y": None}}, "d": [None], "g": {"h": 1}}
    assert merge(target, patch) == {"a": {"c": 2, "x": {}}, "d": [None], "f": 3, "g": {"h": 1}}


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"reason": ""}, "/reason"),
    ({"reason": None}, "/reason"),
    ({"version": "2"}, "/version"),
    ({"id": "D-OTHER"}, "/id"),
    ({"generated": True}, "/generated"),
    ({"published_at": None}, "/published_at"),
    ({"recorded_on": "2018-01-01"}, "/recorded_on"),
    ({"amount": {"eur": {"low": "1"}}}, "/amount/eur"),
    ({"amount": {"high": "1"}}, "/amount/high"),
    ({"amount": {"state": "undisclosed"}}, "/amount/state"),
    ({"target": None}, "/target"),
    ({"target": {"country_basis": "headquarters"}}, "/target/country_basis"),
    ({"investors": [{"name": "Demo Fund", "state_linked": True}]}, "/investors/0/state_linked"),
    ({"sources": []}, "/sources"),
    ({"nonsense": 1}, "/nonsense"),
)


def test_what_is_wrong_is_pointed_at_and_nothing_is_written(writer, live) -> None:
    for patch, pointer in WRONG:
        assert pointers(writer.change(live.deal.public_id, **patch)) == [pointer], patch
    assert DealVersion.objects.count() == 1


def test_a_change_says_of_which_state_it_is(writer, live) -> None:
    refused = writer.patch(live.deal.public_id, {"reason": "x", "status": "announced"})
    assert refused.status_code == 428
    assert refused.json()["type"].endswith("#problem-if-match-needed")


@pytest.mark.parametrize(
    "named", ["{tag}", "{strong}", '"other", {tag}', "*"], ids=["weak", "strong", "one of", "any"]
)
def test_the_state_is_named_weakly_or_strongly(writer, live, named) -> None:
    tag = etag(writer, live)
    named = named.format(tag=tag, strong=tag.removeprefix("W/"))
    answer = writer.patch(live.deal.public_id, {"reason": "x", "ai": "no"}, if_match=named)
    assert answer.status_code == 202


def test_another_state_is_a_412(writer, live) -> None:
    for named in ('"x"', 'W/"', "deal-1", ",,,", '"' * 500, "é"):
        refused = writer.patch(live.deal.public_id, {"reason": "x", "ai": "no"}, if_match=named)
        assert refused.status_code == 412, named
        assert refused.json()["type"].endswith("#problem-changed-meanwhile")
    assert DealVersion.objects.count() == 1


def test_what_somebody_else_has_published_meanwhile_is_a_412(writer, live) -> None:
    tag = etag(writer, live)
    first = writer.change(live.deal.public_id, round_type="series_b")
    actions.approve(
        version=DealVersion.objects.get(pk=first.json()["id"]), by=make_person("rita", "reviewer")
    )
    refused = writer.patch(live.deal.public_id, {"reason": "x", "ai": "no"}, if_match=tag)
    assert refused.status_code == 412
    again = writer.change(live.deal.public_id, ai="no")
    assert facts(again)["round_type"] == "series_b"
    assert again.json()["based_on"] == 2


def test_others_may_change_other_facts_before_the_decision(writer, live) -> None:
    first, second = (
        writer.change(live.deal.public_id, **{name: value}).json()["id"]
        for name, value in (("round_type", "series_b"), ("ai", "no"))
    )
    reviewer = make_person("rita", "reviewer")
    for number in (first, second):
        actions.approve(version=DealVersion.objects.get(pk=number), by=reviewer)
    document = writer.client.get(f"{DEALS}{live.deal.public_id}/").json()
    assert (document["round_type"], document["ai"]) == ("series_b", "no")


def test_a_merged_deal_leads_to_the_other_and_a_retracted_one_is_not_there(writer, live) -> None:
    other, gone = make_deal(), make_deal()
    tag = etag(writer, live)
    actions.merge(deal=live.deal, into=other.deal, by=None, reason="One deal.")
    actions.retract(deal=gone.deal, by=None, reason="Never happened.")
    merged = writer.patch(live.deal.public_id, {"reason": "x", "ai": "no"}, if_match=tag)
    assert merged.status_code == 409
    assert merged.json()["type"].endswith("#problem-merged")
    assert other.deal.public_id in merged["Link"]
    for deal in (gone.deal.public_id, "D-NOWHERE", "D-%00", "x" * 300):
        assert writer.patch(deal, {"reason": "x", "ai": "no"}, if_match=tag).status_code == 404


def test_what_the_person_has_begun_at_the_desk_stays_theirs(writer, live) -> None:
    user = get_user_model().objects.get(username="partner")
    draft = actions.begin_draft(by=user, typed={"notes": "half done"}, deal=live.deal)
    assert writer.change(live.deal.public_id, ai="no").status_code == 202
    draft.refresh_from_db()
    assert (draft.state, draft.typed) == (Draft.State.OPEN, {"notes": "half done"})


def test_a_source_that_came_in_a_file_stays_one(writer, live) -> None:
    citation = live.citations.first()
    type(citation.source).objects.filter(pk=citation.source_id).update(kind="feed_file")
    path = f"{DEALS}{live.deal.public_id}/"
    sources = writer.client.get(path).json()["sources"]
    after = facts(writer.change(live.deal.public_id, sources=[*sources, {"title": "New"}]))
    kinds = sorted((one["title"], one["kind"]) for one in after["sources"])
    assert kinds == [("A", "feed_file"), ("B", "page"), ("New", "page")]


@pytest.mark.parametrize("kind", ["application/json", "application/merge-patch+json"])
def test_a_patch_is_sent_as_json_or_as_a_merge_patch(writer, live, kind) -> None:
    tag = etag(writer, live)
    body = {"reason": "x", "ai": "no"}
    assert writer.patch(live.deal.public_id, body, if_match=tag, kind=kind).status_code == 202


def test_other_patches_are_not_understood(writer, live) -> None:
    refused = writer.patch(live.deal.public_id, {}, kind="application/json-patch+json")
    assert refused.status_code == 415
    assert refused["Accept-Patch"] == "application/merge-patch+json, application/json"
