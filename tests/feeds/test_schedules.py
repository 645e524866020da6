"""Slots are made once, whoever looks and whatever their clocks say; odd schedules are refused."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from deals.feeds import schedules, turns
from deals.feeds.refusals import Refused
from deals.feeds.schedules import change_schedule, create_schedule, due_slots
from deals.models import Feed, FeedSchedule, FeedSlot
from tests.feeds.scheduled import HOUR, NOON, feed, past_pause, scheduled
from tests.processes import PATIENCE

State = FeedSlot.State
URL = "https://feeds.example.org/rounds.csv?key=1"


def due_at() -> list[datetime]:
    return sorted(FeedSlot.objects.values_list("due_at", flat=True))


def claimed_by(now: datetime, worked: Counter[datetime]) -> None:
    """One scheduler looks, and one worker does all that it finds."""
    for slot_id in due_slots(now):
        slot = turns.claim(slot_id)
        if slot is not None:
            worked[slot.due_at] += 1
            FeedSlot.objects.filter(pk=slot.pk).update(state=State.UNCHANGED, leased_until=None)


@pytest.mark.django_db
def test_nothing_is_due_before_the_first_time() -> None:
    scheduled()
    assert due_slots(NOON - timedelta(seconds=1)) == []
    assert len(due_slots(NOON)) == 1


@pytest.mark.django_db
def test_looking_again_makes_no_second_slot() -> None:
    scheduled()
    assert due_slots(NOON) == due_slots(NOON + HOUR / 2)
    assert due_at() == [NOON]


@pytest.mark.django_db
@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(hours=-1), timedelta(minutes=7)])
def test_two_schedulers_with_different_clocks_run_every_slot_once(ahead) -> None:
    scheduled(minutes=15)
    worked: Counter[datetime] = Counter()
    for minute in range(0, 6 * 60, 5):
        claimed_by(NOON + timedelta(minutes=minute), worked)
        claimed_by(NOON + timedelta(minutes=minute) + ahead, worked)
    assert set(worked.values()) == {1}
    wanted = {NOON + n * timedelta(minutes=15) for n in range(6 * 4)}
    assert wanted <= set(worked)


@pytest.mark.django_db
def test_a_clock_that_is_set_back_runs_nothing_twice() -> None:
    scheduled()
    worked: Counter[datetime] = Counter()
    for hours in (0, 1, 2, 1, 0, 1, 2, 3):
        claimed_by(NOON + hours * HOUR, worked)
    assert worked == {NOON + n * HOUR: 1 for n in range(4)}


@pytest.mark.django_db
def test_days_on_which_local_clocks_change_have_as_many_slots_as_others() -> None:
    start = datetime(2026, 10, 24, 20, tzinfo=UTC)
    scheduled(minutes=30, first_at=start)
    for quarter in range(4 * 12):
        due_slots(start + timedelta(minutes=15 * quarter))
    steps = {later - earlier for earlier, later in zip(due_at(), due_at()[1:], strict=False)}
    assert steps == {timedelta(minutes=30)}


@pytest.mark.django_db
def test_after_a_standstill_only_the_latest_missed_slot_is_run() -> None:
    scheduled()
    worked: Counter[datetime] = Counter()
    claimed_by(NOON, worked)
    claimed_by(NOON + 9.5 * HOUR, worked)
    assert due_at() == [NOON, NOON + 9 * HOUR]
    assert len(worked) == 2


@pytest.mark.django_db
def test_a_slot_made_in_the_far_future_by_a_broken_clock_stops_nothing() -> None:
    scheduled()
    worked: Counter[datetime] = Counter()
    claimed_by(NOON + 9000 * HOUR, worked)
    claimed_by(NOON, worked)
    claimed_by(NOON + HOUR, worked)
    assert {NOON, NOON + HOUR} <= set(worked)


@pytest.mark.django_db
@pytest.mark.parametrize("stop", [{"held": "Shrunk."}, {"active": False}])
def test_a_held_or_stopped_feed_is_not_fetched(stop) -> None:
    schedule = scheduled()
    (slot_id,) = due_slots(NOON)
    FeedSchedule.objects.update(**stop)
    assert due_slots(NOON + HOUR) == []
    assert turns.claim(slot_id) is None
    FeedSchedule.objects.update(held="", active=True)
    # The turn of noon is over: the one of one o'clock has begun.
    assert len(due_slots(NOON + HOUR)) == 1
    assert schedule.slots.get(pk=slot_id).state == State.FAILED


@pytest.mark.django_db
def test_a_slot_is_claimed_once_while_its_lease_lasts() -> None:
    scheduled()
    (slot_id,) = due_slots(NOON)
    first = turns.claim(slot_id)
    assert first is not None
    assert turns.claim(slot_id) is None
    assert due_slots(NOON) == []
    past_pause(first)
    assert due_slots(NOON) == [slot_id]
    again = turns.claim(slot_id)
    assert again is not None
    assert again.attempt == 2


@pytest.mark.django_db
def test_a_slot_whose_workers_always_die_fails_at_last() -> None:
    scheduled()
    (slot_id,) = due_slots(NOON)
    for _ in range(schedules.MOST_TRIES):
        slot = turns.claim(slot_id)
        assert slot is not None
        past_pause(slot)
    assert due_slots(NOON) == []
    slot = FeedSlot.objects.get()
    assert (slot.state, "4 times" in slot.said) == (State.FAILED, True)


@pytest.mark.django_db
def test_a_turn_that_never_ended_ends_with_the_next_one() -> None:
    scheduled()
    due_slots(NOON)
    due_slots(NOON + HOUR)
    newest, oldest = FeedSlot.objects.all()
    assert (newest.state, oldest.state) == (State.DUE, State.FAILED)
    assert "No worker came to it" in oldest.said


@pytest.mark.django_db
def test_a_worker_that_is_still_at_it_is_not_ended_by_the_next_turn() -> None:
    scheduled()
    (slot_id,) = due_slots(NOON)
    turns.claim(slot_id)
    due_slots(NOON + HOUR)
    assert FeedSlot.objects.get(pk=slot_id).state == State.RUNNING


@pytest.mark.django_db
def test_without_a_time_the_clock_of_the_database_counts() -> None:
    scheduled(first_at=timezone.now() - HOUR * 2.5)
    scheduled(feed=feed("later"), first_at=timezone.now() + HOUR)
    assert len(due_slots()) == 1
    assert abs(schedules.clock() - timezone.now()) < timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_schedulers_and_workers_at_the_same_instant_do_every_slot_once() -> None:
    for number in range(5):
        scheduled(feed=feed(f"feed-{number}"))
    barrier, worked, problems = Barrier(6), [], []

    def scheduler() -> None:
        try:
            barrier.wait(timeout=PATIENCE)
            for slot_id in due_slots(NOON):
                if (slot := turns.claim(slot_id)) is not None:
                    worked.append(slot.pk)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=scheduler) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(worked) == len(set(worked)) == FeedSlot.objects.count() == 5


@hypothesis_settings(max_examples=100, deadline=None)
@given(
    minutes=st.integers(15, 10_000),
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
)
def test_a_moment_lies_between_the_slot_before_and_the_slot_after(minutes, moment) -> None:
    schedule = FeedSchedule(minutes=minutes, first_at=datetime(2026, 1, 1, tzinfo=UTC))
    before = schedules.slot_before(schedule, moment)
    after = schedules.slot_after(schedule, moment)
    assert before <= moment < after
    assert after - before == timedelta(minutes=minutes)
    assert (before - schedule.first_at) % timedelta(minutes=minutes) == timedelta(0)


# --- making and changing ---------------------------------------------------------------------


def create(a_feed: Feed, **changes: object) -> FeedSchedule:
    values = {"url": URL, "minutes": 60, "first_at": NOON, "publish": False, "by": None}
    return create_schedule(a_feed, **{**values, **changes})  # type: ignore[arg-type]


def change(schedule: FeedSchedule, **changes: object) -> FeedSchedule:
    values = {"url": URL, "minutes": 60, "first_at": NOON, "publish": False, "active": True}
    return change_schedule(schedule, **{**values, "by": None, **changes})  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_schedule_is_made_once_for_a_feed(admin_user) -> None:
    schedule = create(feed(), url=f"  {URL} ", first_at=NOON.replace(tzinfo=None), by=admin_user.pk)
    assert (schedule.url, schedule.first_at, schedule.created_by) == (URL, NOON, admin_user)
    with pytest.raises(Refused, match="has a schedule already"):
        create(schedule.feed)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"minutes": 14}, "interval is 14 minutes"),
        ({"minutes": -60}, "interval"),
        ({"minutes": 10**9}, "interval"),
        ({"url": ""}, "not a web address"),
        ({"url": "feeds.example.org/rounds.csv"}, "https://"),
        ({"url": "ftp://feeds.example.org/"}, "https://"),
        ({"url": "https://user:password@feeds.example.org/"}, "user name or password"),
        ({"url": "https://feeds.example.org:22/"}, "port 22"),
        ({"url": "http://127.1/"}, "inside"),
        ({"url": "http://[::ffff:10.0.0.1]/"}, "inside"),
        ({"url": "http://localhost/"}, "inside"),
        ({"url": "https://feeds.example.org/" + "x" * 1000}, "characters"),
    ],
)
def test_an_odd_schedule_is_refused_with_a_sentence_and_nothing_changes(wrong, words) -> None:
    small = feed()
    with pytest.raises(Refused, match=words):
        create(small, **wrong)
    assert FeedSchedule.objects.count() == 0
    schedule = create(small)
    with pytest.raises(Refused, match=words):
        change(schedule, **wrong)
    assert FeedSchedule.objects.values("url", "minutes").get() == {"url": URL, "minutes": 60}


@pytest.mark.django_db
def test_a_feed_whose_profile_cannot_be_used_cannot_be_scheduled() -> None:
    broken = Feed.objects.create(code="broken", name="Broken", profile="name = 1")
    with pytest.raises(Refused, match="profile cannot be used"):
        create(broken)


@pytest.mark.django_db
def test_a_new_address_is_asked_anew_and_compared_with_the_old_file(admin_user) -> None:
    schedule = create(feed())
    FeedSchedule.objects.update(etag='"v1"', last_modified="x", rows=10, columns=["a"])
    same = change(schedule, minutes=30, publish=True, active=False)
    assert (same.etag, same.minutes, same.publish, same.active) == ('"v1"', 30, True, False)
    other = change(schedule, url="https://other.example.org/", by=admin_user.pk)
    assert (other.etag, other.last_modified) == ("", "")
    assert (other.rows, other.columns, other.created_by) == (10, ["a"], admin_user)
