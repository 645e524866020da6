"""The queue of reviews: who sees what, in which order, narrowed by what."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from deals.actions import reviews as acts
from deals.flows.whatif_reviews import as_it_would_be, weigh
from deals.models import Review
from deals.tasks import weigh_reviews
from tests.desk.runs import make_person, make_run
from tests.desk.waiting import amount, hand_in, hand_in_new
from tests.factories import make_deal, make_deals

pytestmark = pytest.mark.django_db
QUEUE = reverse("desk-reviews")


@pytest.fixture
def anna(db):
    return make_person("anna")


@pytest.fixture
def rita(db):
    return make_person("rita", "reviewer")


def text_of(response) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(plain).split())


def shown(client, query: str = "") -> list[str]:
    """Names in the list, in order."""
    response = client.get(QUEUE + query)
    assert response.status_code == 200
    return [row.name for row in response.context["rows"]]


def waiting(by, name: str, **facts) -> Review:
    return hand_in(by, deal=make_deal(target=name), **({"notes": "New."} | facts))


def test_a_reviewer_sees_all_that_waits_the_oldest_first(client, anna, rita) -> None:
    for name in ("One", "Two", "Three"):
        waiting(anna, name)
    acts.publish(review=(two := Review.objects.all()[1]), seen=acts.seen_mark(two), by=rita)
    client.force_login(rita)
    assert shown(client) == ["One", "Three"]


def test_a_contributor_sees_only_what_they_handed_in(client, anna) -> None:
    bo = make_person("bo", "contributor")
    waiting(anna, "Annas")
    waiting(bo, "Bos")
    client.force_login(bo)
    assert shown(client) == ["Bos"]
    assert "What you submitted 1" in text_of(client.get(QUEUE))


def test_a_row_says_what_changes_who_when_and_from_how_many_sources(client, anna, rita) -> None:
    waiting(anna, "Horizon", amount=amount("120000000.00"))
    client.force_login(rita)
    said = text_of(client.get(QUEUE))
    assert "Horizon China change" in said
    assert "13 May 2019" in said
    assert "Amount" in said
    assert "1 source" in said
    assert "effect not computed yet" in said


def test_a_row_says_which_headline_number_moves(client, anna, rita) -> None:
    make_deals([{"population": "p", "investors": [("Dragon", "CN")]} for _ in range(3)])
    live = make_deal(target="Horizon", population="p", investors=[("Dragon", "CN")])
    fund = {"id": "", "name": "Fund", "country": "DE", "basis": "stated", "lead": None,
            "contribution": None, "stake": None}  # fmt: skip
    review = hand_in(anna, deal=live, change=lambda facts: facts["investors"].append(fund))
    quiet = waiting(anna, "Quiet")
    assert weigh_reviews() == 2
    assert weigh_reviews() == 0
    client.force_login(rita)
    said = text_of(client.get(QUEUE))
    assert "Europe → China, 2017–2022: 0 → 1 of 4, and 3 more" in said
    assert "moves no headline number" in said
    assert shown(client, "?moves=1") == ["Horizon"]
    assert {review.pk, quiet.pk} == set(Review.objects.values_list("pk", flat=True))


def test_what_was_handed_in_anew_is_weighed_anew(anna, rita) -> None:
    review = waiting(anna, "One")
    assert weigh(review)
    assert not weigh(review), "Nothing has moved."
    waiting(anna, "Two")
    make_deal()
    review = Review.objects.get(pk=review.pk)
    assert not weigh(review), "For a minute an answer is good enough."
    review.impact["at"] = "2020-01-01T00:00:00+00:00"
    assert weigh(review)


def test_a_deal_that_somebody_changed_since_is_marked(client, anna, rita) -> None:
    live = make_deal(target="One")
    hand_in(anna, deal=live, notes="Mine.")
    other = hand_in(make_person("bo", "contributor"), deal=live, ai_basis="Theirs.")
    acts.publish(review=other, seen=acts.seen_mark(other), by=rita)
    client.force_login(rita)
    (row,) = client.get(QUEUE).context["rows"]
    assert row.stale


def test_the_filters_narrow_the_list(client, anna, rita) -> None:
    bo = make_person("bo", "contributor")
    one, two, three = waiting(anna, "One"), waiting(bo, "Two"), hand_in_new(anna)
    acts.assign(review=one, to=rita, by=rita)
    acts.ask(review=two, by=rita, text="Why?")
    long_ago = timezone.now() - timedelta(days=8)
    Review.objects.filter(pk=three.pk).update(submitted_at=long_ago)
    client.force_login(rita)
    assert shown(client) == ["Black Sesame", "One", "Two"]
    assert shown(client, "?assigned=me") == ["One"]
    assert shown(client, "?assigned=nobody") == ["Black Sesame", "Two"]
    assert shown(client, "?by=bo") == ["Two"]
    assert shown(client, "?waiting=answer") == ["Two"]
    assert shown(client, "?age=week") == ["Black Sesame"]
    assert shown(client, "?age=month") == []
    assert shown(client, "?kind=organizations") == []
    assert shown(client, "?kind=deals&by=anna&waiting=decision") == ["Black Sesame", "One"]


@pytest.mark.parametrize(
    "query",
    ["?kind=x", "?assigned=1", "?age=-1", "?after=abc", "?after=99999999999", "?by=%00",
     "?by=%E2%80%AE",
     "?moves=yes", "?by=" + "x" * 300],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_asks_for_nothing(client, anna, rita, query) -> None:
    waiting(anna, "One")
    client.force_login(rita)
    assert shown(client, query) == ["One"]


def test_imports_that_wait_have_a_list_of_their_own(client, rita) -> None:
    run = make_run("review", deals_created=3)
    client.force_login(rita)
    said = text_of(client.get(f"{QUEUE}?kind=imports"))
    assert run.file_name in said
    assert "3 new and 0 changed deals" in said


def test_pages_follow_each_other_without_gap_or_repeat(client, anna, rita, monkeypatch) -> None:
    monkeypatch.setattr("deals.desk.reviews.PAGE", 2)
    names = [f"Company {number}" for number in range(5)]
    for name in names:
        waiting(anna, name)
    same = timezone.now()
    Review.objects.update(submitted_at=same)
    client.force_login(rita)
    seen, query = [], "?assigned=nobody"
    while query:
        response = client.get(QUEUE + query)
        seen += [row.name for row in response.context["rows"]]
        query = response.context["next"]
        assert not query or "assigned=nobody" in query
    assert seen == names


def test_the_number_of_queries_does_not_grow_with_the_queue(
    client, anna, rita, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    client.force_login(rita)
    waiting(anna, "First")
    client.get(QUEUE)
    with django_assert_max_num_queries(18) as few:
        client.get(QUEUE)
    for number in range(6):
        waiting(make_person(f"writer {number}"), f"Company {number}")
    with django_assert_num_queries(len(few)):
        client.get(QUEUE)


def test_names_that_would_run_are_shown_and_do_not(client, anna, rita) -> None:
    waiting(anna, "<script>alert(1)</script>\u202eX")
    client.force_login(rita)
    page = client.get(QUEUE).content.decode()
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "⟨U+202E⟩" in page


def test_a_change_that_waits_is_weighed_on_top_of_what_others_published(anna, rita) -> None:
    """They moved it out of AI, I add a European: together that moves nothing."""
    live = make_deal(target="Horizon", investors=[("Dragon", "CN")])
    fund = {"id": "", "name": "Fund", "country": "DE", "basis": "stated", "lead": None,
            "contribution": None, "stake": None}  # fmt: skip
    review = hand_in(anna, deal=live, change=lambda facts: facts["investors"].append(fund))
    weigh(review)
    assert review.impact["moves"] is True
    other = hand_in(
        make_person("bo", "contributor"), deal=live, ai="no",
        change=lambda facts: facts["investors"].append(fund | {"name": "Bay", "country": "US"}),
    )  # fmt: skip
    acts.publish(review=other, seen=acts.seen_mark(other), by=rita)
    (bundle,) = as_it_would_be(review.version)
    assert bundle.version["ai"] == "no"
    assert {part["investor_name"] for part in bundle.participations} == {"Dragon", "Fund", "Bay"}
    review.impact["at"] = "2020-01-01T00:00:00+00:00"
    assert weigh(review)
    assert review.impact["moves"] is False
