"""One page says of every feed what its turns came to and how old its data are."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deals.feeds.health import SHOWN_SLOTS, FeedHealth, feed_health
from deals.feeds.schedules import due_slots
from deals.models import FeedSchedule, FeedSlot, ImportRun
from tests.feeds.scheduled import HOUR, NOON, feed, scheduled

pytestmark = pytest.mark.django_db
State = FeedSlot.State


def slot(schedule: FeedSchedule, hour: int, state: State, **facts: object) -> FeedSlot:
    at = NOON + hour * HOUR
    if state not in (State.DUE, State.RUNNING):
        facts = {"started_at": at, "finished_at": at + timedelta(seconds=9), **facts}
    return FeedSlot.objects.create(
        schedule=schedule, due_at=at, state=state, **{"attempt": 1, **facts}
    )


def run(schedule: FeedSchedule, state: str, **facts: object) -> ImportRun:
    values = {"created_at": NOON, "file_name": "r.csv", "file_sha256": "0" * 64, **facts}
    return ImportRun.objects.create(feed=schedule.feed, state=state, **values)


def health(hours: float = 0.1) -> FeedHealth:
    (only,) = feed_health(NOON + hours * HOUR)
    return only


def test_a_feed_that_goes_well() -> None:
    schedule = scheduled()
    imported = run(schedule, "published", finished_at=NOON + HOUR, rows_read=7, rows_used=7)
    slot(schedule, 0, State.IMPORTED, rows=7, bytes=99, import_run=imported, said="Taken: 7 rows.")
    slot(schedule, 1, State.UNCHANGED, said="The same.", http_status=304)
    seen = health(1.5)
    assert (seen.feed, seen.schedule, seen.state) == (schedule.feed, schedule, "fine")
    assert (seen.words, seen.next_at, seen.held) == ("The same.", NOON + 2 * HOUR, "")
    newest, oldest = seen.slots
    assert (newest.state, newest.http_status, newest.import_id) == (State.UNCHANGED, 304, None)
    assert (oldest.rows, oldest.bytes, oldest.seconds) == (7, 99, 9.0)
    assert oldest.import_id == imported.pk
    assert seen.last_import == imported
    assert (seen.good_at, seen.good_age) == (NOON + HOUR, HOUR / 2)
    assert seen.confirmed_at == NOON + HOUR + timedelta(seconds=9)


def test_a_held_feed_says_why_and_which_turn_waits() -> None:
    schedule = scheduled(held="The file has shrunk.")
    waiting = slot(schedule, 0, State.HELD)
    seen = health()
    assert (seen.state, seen.held, seen.held_slot) == ("held", schedule.held, waiting.pk)
    assert "The file has shrunk." in seen.words
    assert seen.next_at is None


def test_a_failed_turn_and_a_failed_import_are_said() -> None:
    schedule = scheduled()
    slot(schedule, 0, State.IMPORTED)
    run(schedule, "published", finished_at=NOON)
    failed = run(schedule, "failed", problem="It has no column “a”.")
    seen = health()
    assert (seen.state, seen.last_import, seen.good_at) == ("failing", failed, NOON)
    assert "no column “a”" in seen.words
    slot(schedule, 1, State.FAILED, said="There is no file.")
    slot(schedule, 2, State.DUE, attempt=0)
    seen = health(2.1)
    assert (seen.state, "There is no file." in seen.words) == ("failing", True)


def test_undone_and_rejected_imports_are_no_good_data() -> None:
    schedule = scheduled()
    for state in ("undone", "rejected", "review"):
        run(schedule, state, finished_at=NOON)
    seen = health()
    assert (seen.good_at, seen.good_age, seen.state) == (None, None, "waiting")


@pytest.mark.parametrize("begun", [None, 0])
def test_a_turn_that_nobody_began_tells_that_no_scheduler_or_worker_runs(begun) -> None:
    schedule = scheduled()
    slot(schedule, 0, State.UNCHANGED)
    if begun is not None:
        slot(schedule, 1, State.DUE, attempt=begun)
    assert health(1.1).state == "fine"
    seen = health(1.5)
    assert (seen.state, "13:00 UTC" in seen.words) == ("late", True)


def test_a_stopped_and_an_unscheduled_feed() -> None:
    scheduled(active=False)
    unscheduled = feed("a-quiet-one")
    first, second = feed_health(NOON)
    assert (first.state, first.next_at) == ("stopped", None)
    assert (second.state, second.feed, second.schedule) == ("unscheduled", unscheduled, None)


def test_a_feed_without_any_turn_waits_for_its_first() -> None:
    scheduled()
    assert health(-1).state == "waiting"
    assert health(-1).next_at == NOON


def test_only_the_latest_turns_are_shown_of_each_feed() -> None:
    for code in ("one", "two"):
        schedule = scheduled(feed=feed(code))
        for hour in range(SHOWN_SLOTS + 5):
            slot(schedule, hour, State.UNCHANGED)
    for seen in feed_health(NOON + 40 * HOUR):
        hours = [(each.due_at - NOON) // HOUR for each in seen.slots]
        assert hours == list(range(SHOWN_SLOTS + 4, 4, -1))


def test_one_feed_alone(django_assert_num_queries) -> None:
    for code in ("one", "two"):
        schedule = scheduled(feed=feed(code))
        run(schedule, "published", finished_at=NOON)
        slot(schedule, 0, State.UNCHANGED, said=f"The file of {code}.")
    with django_assert_num_queries(4):
        (seen,) = feed_health(NOON, "two")
    assert (seen.feed.code, seen.words, len(seen.slots)) == ("two", "The file of two.", 1)
    assert seen.last_import
    assert seen.last_import.feed == seen.feed
    assert feed_health(NOON, "three") == []


def test_many_feeds_take_as_many_queries_as_one(django_assert_num_queries) -> None:
    for number in range(8):
        schedule = scheduled(feed=feed(f"feed-{number}"))
        imported = run(schedule, "published", finished_at=timezone.now())
        slot(schedule, 0, State.IMPORTED, import_run=imported)
    due_slots(NOON + 3 * HOUR)
    with django_assert_num_queries(4):
        seen = feed_health(NOON + 3 * HOUR)
    assert len(seen) == 8
    assert all(each.last_import and each.last_import.state == "published" for each in seen)
