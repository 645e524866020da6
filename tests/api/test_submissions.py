"""What a partner has handed in: seen by its sender only, from the desk's decision to the ledger."""

from typing import Any

import pytest
from django.test import Client

from deals import actions
from deals.actions import reviews
from deals.models import DealVersion, Draft
from tests.api.partners import Partner, make_key
from tests.api.proposals import DEALS, SUBMISSIONS, Writer, body
from tests.desk.runs import make_person
from tests.factories import make_deal

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(db) -> Writer:
    return Writer()


def handed_in(writer: Writer, **changes: Any) -> DealVersion:
    return DealVersion.objects.get(pk=writer.propose(body(**changes)).json()["id"])


def shown(writer: Writer, version: DealVersion) -> dict[str, Any]:
    answer = writer.get(f"{SUBMISSIONS}{version.pk}/")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


def test_published_it_is_in_the_feed_of_changes_and_its_sender_is_told_where(writer) -> None:
    version = handed_in(writer, reason="Ours.")
    assert writer.client.get("/api/v1/changes/").json()["results"] == []
    rita = make_person("rita", "reviewer")
    reviews.publish(
        review=version.review, seen=reviews.seen_mark(version.review), by=rita, reason="Well done."
    )
    said = shown(writer, version)
    (change,) = writer.client.get("/api/v1/changes/").json()["results"]
    assert said["state"] == "published"
    assert said["waiting_for"] is None
    assert said["reason"] == "Ours."
    assert said["decision"] | {"at": ""} == {
        "state": "published", "by": "rita", "at": "", "reason": "Well done.",
        "change_seq": change["seq"],
    }  # fmt: skip
    assert (change["kind"], change["deal"]) == ("created", said["deal"])
    assert writer.client.get(said["links"]["deal"]).json()["id"] == said["deal"]


def test_turned_down_it_says_by_whom_and_why(writer) -> None:
    version = handed_in(writer, reason="Ours.")
    rita = make_person("rita", "reviewer")
    seen = reviews.seen_mark(version.review)
    reviews.turn_down(review=version.review, seen=seen, by=rita, reason="No source says so.")
    said = shown(writer, version)
    assert (said["state"], said["reason"]) == ("rejected", "Ours.")
    assert said["decision"]["reason"] == "No source says so."
    assert said["decision"]["change_seq"] is None
    assert said["links"]["deal"] is None
    assert writer.propose(body(reason="Once more.")).status_code == 202


def test_a_question_of_the_desk_waits_for_an_answer(writer) -> None:
    version = handed_in(writer)
    rita = make_person("rita", "reviewer")
    reviews.ask(review=version.review, by=rita, text="Which page?")
    said = shown(writer, version)
    assert (said["state"], said["waiting_for"]) == ("submitted", "answer")
    (comment,) = said["comments"]
    assert (comment["kind"], comment["by"], comment["text"]) == ("question", "rita", "Which page?")


def test_its_writer_takes_it_back_and_mends_it_at_the_desk(writer) -> None:
    version = handed_in(writer)
    user = version.created_by
    actions.take_back(version=version, by=user)
    assert shown(writer, version)["state"] == "taken_back"
    draft = Draft.objects.get(version=version)
    opened = actions.reopen_draft(draft=draft, by=user)
    assert opened.typed["target"]["name"] == "Horizon Robotics"
    assert opened.typed["amount"] == "€12.8m"


def test_a_reviewer_sees_by_which_key_it_came(writer, client: Client) -> None:
    version = handed_in(writer)
    client.force_login(make_person("rita", "reviewer"))
    page = client.get(f"/desk/review/{version.review.pk}/").content.decode()
    assert "sent through the API by the key “test”" in page
    assert "itk_w_" in page


def test_the_desk_publishes_it_on_the_page_of_its_review(writer, client: Client) -> None:
    version = handed_in(writer)
    client.force_login(make_person("rita", "reviewer"))
    page = f"/desk/review/{version.review.pk}/"
    seen = reviews.seen_mark(version.review)
    client.post(f"{page}decide/", {"choice": "approve", "seen": seen})
    said = shown(writer, version)
    assert (said["state"], said["decision"]["by"]) == ("published", "rita")


def test_somebody_elses_is_not_there(writer) -> None:
    version = handed_in(writer)
    other = Writer("other")
    for number in (version.pk, 0, 10**18, 10**30):
        assert other.get(f"{SUBMISSIONS}{number}/").status_code == 404
    assert other.get(SUBMISSIONS).json()["results"] == []


@pytest.mark.parametrize("path", [SUBMISSIONS, f"{SUBMISSIONS}1/"])
def test_nothing_about_submissions_is_public(client, path) -> None:
    assert client.get(path).status_code == 401


def test_a_key_that_only_reads_sees_what_its_user_has_handed_in(writer) -> None:
    version = handed_in(writer)
    reader = Partner(make_key("partner", "read"))
    assert reader.get(f"{SUBMISSIONS}{version.pk}/").json()["id"] == version.pk


def test_the_list_is_chosen_by_state_and_deal_and_paged_both_ways(
    writer, django_assert_max_num_queries
) -> None:
    versions = [handed_in(writer, date=f"2022-0{month}") for month in range(1, 8)]
    actions.approve(version=versions[2], by=None)
    numbers = [version.pk for version in reversed(versions)]
    listed = writer.get(SUBMISSIONS, page_size="3").json()
    seen, pages = [], [listed]
    while pages[-1]["next"]:
        pages.append(writer.client.get(pages[-1]["next"], headers=writer.headers).json())
    for page in pages:
        seen += [row["id"] for row in page["results"]]
    assert seen == numbers
    back = writer.client.get(pages[-1]["previous"], headers=writer.headers).json()
    assert back["results"] == pages[-2]["results"]
    assert listed["previous"] is None
    only = writer.get(SUBMISSIONS, state="published").json()["results"]
    assert [row["id"] for row in only] == [versions[2].pk]
    only = writer.get(SUBMISSIONS, deal=versions[0].deal.public_id.lower()).json()["results"]
    assert [row["id"] for row in only] == [versions[0].pk]
    with django_assert_max_num_queries(12):
        assert len(writer.get(SUBMISSIONS).json()["results"]) == 7


def test_what_was_written_at_the_desk_is_listed_without_a_key(writer) -> None:
    live = make_deal()
    version = handed_in(writer)
    draft = actions.begin_draft(by=version.created_by, typed={"reason": "x"}, deal=live.deal)
    changed = actions.facts_of(live) | {"ai": "no"}
    desk = actions.submit_draft(draft=draft, facts=changed, reason="x", by=version.created_by)
    listed = writer.get(SUBMISSIONS).json()["results"]
    assert [(row["id"], row["key"] and row["key"]["name"]) for row in listed] == [
        (desk.pk, None),
        (version.pk, "test"),
    ]
    assert listed[0]["links"]["deal"].endswith(f"{DEALS}{live.deal.public_id}/")
