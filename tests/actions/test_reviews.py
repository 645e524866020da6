"""Deciding on what others wrote, and talking about it; what is refused leaves no trace."""

import pytest

from deals import actions
from deals.actions import reviews
from deals.models import Activity, Comment, DealVersion, Notification, Review, ledger
from tests.desk.runs import make_person
from tests.desk.waiting import hand_in
from tests.factories import submit_version

pytestmark = pytest.mark.django_db
State = DealVersion.State


@pytest.fixture
def anna(db):
    return make_person("anna")


@pytest.fixture
def rita(db):
    return make_person("rita", "reviewer")


@pytest.fixture
def review(anna) -> Review:
    return hand_in(anna, notes="As told.")


def told(person) -> list[tuple[str, str]]:
    """What somebody was told, the oldest first, without what waits for all reviewers."""
    found = Notification.objects.filter(user=person).exclude(kind="to_decide").order_by("pk")
    return list(found.values_list("kind", "subject"))


def state() -> tuple[object, ...]:
    return (
        ledger.head(),
        list(DealVersion.objects.order_by("pk").values_list("pk", "state", "superseded_seq")),
        list(Review.objects.order_by("pk").values()),
        Comment.objects.count(),
        Activity.objects.count(),
        Notification.objects.count(),
    )


def test_what_is_published_is_told_to_its_writer_with_the_note(review, anna, rita) -> None:
    reviews.publish(review=review, seen=reviews.seen_mark(review), by=rita, reason="Checked.")
    review.refresh_from_db()
    assert review.version.state == State.PUBLISHED
    assert review.version.decided_by == rita
    assert review.closed_at is not None
    assert told(anna) == [("published", "Horizon")]
    assert Notification.objects.get(user=anna).link == f"/desk/review/{review.pk}/"
    assert [(c.kind, c.text) for c in review.comments.all()] == [("decision", "Checked.")]


def test_a_rejection_goes_to_its_writer_with_the_reason(review, anna, rita) -> None:
    seen = reviews.seen_mark(review)
    reviews.turn_down(review=review, seen=seen, by=rita, reason="No source says so.")
    review.refresh_from_db()
    assert review.version.state == State.REJECTED
    assert Notification.objects.get(user=anna).text == "No source says so."
    assert review.comments.get().kind == "decision"


def test_nobody_decides_on_what_they_wrote(rita, settings) -> None:
    settings.SELF_APPROVAL = False
    review = hand_in(rita, notes="Mine.")
    before, seen = state(), reviews.seen_mark(review)
    with pytest.raises(actions.NotAllowed, match="wrote this yourself"):
        reviews.publish(review=review, seen=seen, by=rita)
    with pytest.raises(actions.NotAllowed, match="wrote this yourself"):
        reviews.turn_down(review=review, seen=seen, by=rita, reason="No.")
    with pytest.raises(actions.NotAllowed, match="cannot decide"):
        reviews.assign(review=review, to=rita, by=rita)
    assert state() == before


def test_what_was_handed_in_anew_is_not_decided_on_unseen(review, anna, rita) -> None:
    """The writer mends it while the reviewer reads what it said before."""
    seen = reviews.seen_mark(review)
    actions.take_back(version=review.version, by=anna)
    actions.submit(version=DealVersion.objects.get(pk=review.version_id), by=anna)
    before = state()
    for act in (reviews.publish, reviews.turn_down):
        with pytest.raises(actions.NotAllowed, match="submitted again"):
            act(review=review, seen=seen, by=rita, reason="Fine.")
    assert state() == before


def test_what_somebody_has_decided_on_is_not_decided_twice(review, rita) -> None:
    ben = make_person("ben", "reviewer")
    seen = reviews.seen_mark(review)
    reviews.publish(review=review, seen=seen, by=ben)
    before = state()
    for act in (reviews.publish, reviews.turn_down):
        with pytest.raises(actions.NotAllowed, match="decided on this already"):
            act(review=review, seen=seen, by=rita, reason="Again.")
    with pytest.raises(actions.NotAllowed, match="decided on this already"):
        reviews.ask(review=review, by=rita, text="Why?")
    assert state() == before


def test_a_question_waits_for_its_answer_and_then_for_a_decision(review, anna, rita) -> None:
    reviews.ask(review=review, by=rita, text="Which page?")
    review.refresh_from_db()
    assert review.waiting_for == "answer"
    assert told(anna) == [("asked", "Horizon")]
    reviews.answer(review=review, by=anna, text="Page 3.")
    review.refresh_from_db()
    assert review.waiting_for == "decision"
    assert told(rita) == [("answered", "Horizon")]
    assert [c.kind for c in review.comments.all()] == ["question", "answer"]


def test_only_the_one_who_was_asked_answers_and_only_once(review, anna, rita) -> None:
    before = state()
    with pytest.raises(actions.NotAllowed, match="No question waits"):
        reviews.answer(review=review, by=anna, text="What?")
    with pytest.raises(actions.NotAllowed, match="Only the person who was asked"):
        reviews.answer(review=review, by=rita, text="I know.")
    assert state() == before


def test_a_question_to_nobody_in_particular_is_refused(rita) -> None:
    version = submit_version()
    review = Review.objects.create(version=version, submitted_at=version.created_at)
    with pytest.raises(actions.NotAllowed, match="nobody to ask"):
        reviews.ask(review=review, by=rita, text="Who?")


def test_a_comment_reaches_everybody_concerned_once_and_not_who_wrote_it(
    review, anna, rita
) -> None:
    ben = make_person("ben", "reviewer")
    reviews.assign(review=review, to=ben, by=rita)
    review.refresh_from_db()
    reviews.comment(review=review, by=rita, text="First.")
    reviews.comment(review=review, by=anna, text="Second.")
    assert told(anna) == [("commented", "Horizon")]
    assert told(rita) == [("commented", "Horizon")]
    assert told(ben) == [
        ("assigned", "Horizon"),
        ("commented", "Horizon"),
        ("commented", "Horizon"),
    ]


def test_an_empty_comment_is_refused(review, rita) -> None:
    before = state()
    with pytest.raises(actions.NotAllowed, match="Write something"):
        reviews.comment(review=review, by=rita, text="  \n ")
    assert state() == before


def test_it_is_assigned_to_people_who_review_and_to_nobody(review, anna, rita) -> None:
    with pytest.raises(actions.NotAllowed, match="Only somebody who reviews"):
        reviews.assign(review=review, to=make_person("bo", "contributor"), by=rita)
    gone = make_person("gone", "reviewer")
    gone.is_active = False
    gone.save()
    with pytest.raises(actions.NotAllowed, match="Only somebody who reviews"):
        reviews.assign(review=review, to=gone, by=rita)
    reviews.assign(review=review, to=rita, by=rita)
    review.refresh_from_db()
    assert review.assigned_to == rita
    assert told(rita) == [], "Nobody is told of what they did themselves."
    entries = Activity.objects.filter(verb="assigned").count()
    reviews.assign(review=review, to=rita, by=rita)
    assert Activity.objects.filter(verb="assigned").count() == entries
    reviews.assign(review=review, to=None, by=rita)
    review.refresh_from_db()
    assert review.assigned_to is None


def test_two_changes_of_one_fact_are_left_for_a_person(anna, rita) -> None:
    review = hand_in(anna, notes="One thing.")
    other = hand_in(make_person("bo", "contributor"), deal=_live(review), notes="Another.")
    reviews.publish(review=other, seen=reviews.seen_mark(other), by=rita)
    before = state()
    with pytest.raises(actions.Clash):
        reviews.publish(review=review, seen=reviews.seen_mark(review), by=rita)
    assert state() == before


def _live(review: Review) -> DealVersion:
    return review.version.deal.versions.live().get()
