"""A turn takes a changed file, leaves an unchanged one, and holds an odd one for a person."""

import gzip
import json
from collections.abc import Callable

import pytest
from django.utils import timezone

from deals.feeds import held, queue, schedules
from deals.feeds import turns as work
from deals.feeds.health import feed_health
from deals.feeds.receive import imports_dir
from deals.feeds.refusals import Refused
from deals.feeds.turns import work_slot
from deals.models import Deal, DealVersion, FeedSchedule, FeedSlot, ImportRun
from tests.feeds.fileserver import serving
from tests.feeds.scheduled import HOUR, Turns, feed, imports, past_pause, rows, scheduled, turns
from tests.feeds.supplier import HEADER, PROFILE

__all__ = ["turns"]
pytestmark = pytest.mark.django_db
State = FeedSlot.State
PAGE = "<!DOCTYPE html><html><body>Please sign in</body></html>"


def ignore(run_id: int) -> None:
    pass


# --- taken and unchanged ---------------------------------------------------------------------


def test_a_file_is_queued_as_an_import_of_its_feed(
    turns: Turns, admin_user, django_capture_on_commit_callbacks
) -> None:
    FeedSchedule.objects.update(publish=True, created_by=admin_user)
    turns.server.gives(rows(10), ETag='"v1"', Last_Modified="Mon, 02 Nov 2026 11:00:00 GMT")
    with django_capture_on_commit_callbacks(execute=True):
        slot = turns.take()
    run = ImportRun.objects.get()
    assert (slot.state, slot.import_run, slot.rows) == (State.IMPORTED, run, 10)
    assert (slot.http_status, slot.bytes, slot.leased_until) == (200, len(rows(10)), None)
    assert slot.started_at is not None
    assert slot.finished_at is not None
    assert (run.feed, run.channel, run.publish) == (turns.schedule.feed, "schedule", True)
    assert (run.created_by, run.state) == (admin_user, "queued")
    assert turns.rung == [run.pk]
    assert (turns.schedule.etag, turns.schedule.rows) == ('"v1"', 10)
    assert turns.schedule.columns == HEADER.split(",")


def test_the_next_turn_asks_only_for_what_has_changed(turns: Turns) -> None:
    modified = "Mon, 02 Nov 2026 11:00:00 GMT"
    turns.takes(rows(10), ETag='"v1"', Last_Modified=modified)
    turns.server.gives(b"", 304)
    slot = turns.take()
    assert (slot.state, slot.http_status, slot.rows) == (State.UNCHANGED, 304, 10)
    sent = {name.casefold(): value for name, value in turns.server.requests[-1][1].items()}
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('"v1"', modified)
    assert imports() == 1


def test_the_same_bytes_are_unchanged_also_without_the_servers_word(turns: Turns) -> None:
    turns.takes(rows(10), ETag='"v1"')
    slot = turns.takes(rows(10), ETag='"v2"')
    assert (slot.state, imports(), turns.schedule.etag) == (State.UNCHANGED, 1, '"v2"')


def test_an_unchanged_file_whose_import_failed_is_said_to_be_so(turns: Turns) -> None:
    turns.takes(rows(10))
    ImportRun.objects.update(state="failed", problem="…")
    assert "failed" in turns.takes(rows(10)).said


def test_a_grown_file_and_one_that_shrank_a_little_are_taken(turns: Turns) -> None:
    for count in (100, 120, 85):
        assert turns.takes(rows(count)).state == State.IMPORTED
    assert (imports(), turns.schedule.rows) == (3, 85)


def test_a_packed_file_is_looked_into(turns: Turns) -> None:
    slot = turns.takes(gzip.compress(rows(10).encode()), Content_Type="application/gzip")
    assert (slot.state, slot.rows) == (State.IMPORTED, 10)


def test_a_turn_is_worked_on_once_however_often_it_is_called(turns: Turns) -> None:
    turns.server.gives(rows(10))
    (slot_id,) = schedules.due_slots(turns.now)
    for _ in range(5):
        work_slot(slot_id, ignore)
    work_slot(999_999, ignore)
    assert (imports(), turns.server.connections) == (1, 1)


# --- held ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (PAGE, "text/html; charset=utf-8", "web page"),
        (PAGE, "text/csv", "web page"),
        (json.dumps({"error": "sign in"}), "application/json", "is JSON, not a table"),
        (HEADER + "\n", "text/csv", "no rows"),
        (rows(70), "text/csv", "shrunk by 30 %"),
        (rows(3), "text/csv", "shrunk by 97 %"),
        (rows(100)[: len(rows(100)) // 2], "text/csv", "shrunk"),
        (rows(100).replace("raised_usd", "usd"), "text/csv", "no column “raised_usd”"),
        (rows(100)[:-3] + '"', "text/csv", "quotation mark"),
        ("", "text/csv", "empty"),
        (b"%PDF-1.7", "application/pdf", "PDF"),
        (b"\x00\xff\xfe\x00\x01" * 50, "text/csv", ""),
    ],
)
def test_an_odd_file_is_held_and_nothing_is_imported(turns, body, content_type, words) -> None:
    turns.takes(rows(100), ETag='"good"')
    slot = turns.takes(body, Content_Type=content_type, ETag='"odd"')
    assert (slot.state, imports()) == (State.HELD, 1)
    assert words in slot.said
    assert turns.schedule.held == slot.said
    assert (turns.schedule.etag, turns.schedule.rows) == ('"good"', 100)
    asked = len(turns.server.requests)
    turns.takes(rows(100))
    assert len(turns.server.requests) == asked


def test_a_column_that_no_profile_needs_is_missed_all_the_same(turns: Turns) -> None:
    wide = rows(10).replace("\n", ",x\n").replace(HEADER + ",x", HEADER + ",notes")
    turns.takes(wide)
    slot = turns.takes(rows(10))
    assert (slot.state, slot.said) == (State.HELD, "The file has lost a column: “notes”.")


def test_the_first_file_of_all_may_be_held_too(turns: Turns) -> None:
    slot = turns.takes(HEADER + "\n")
    assert (slot.state, imports()) == (State.HELD, 0)


def test_a_person_may_take_a_held_file_all_the_same(turns: Turns, admin_user) -> None:
    turns.takes(rows(100))
    slot = turns.takes(rows(10), ETag='"short"')
    ended = slot.finished_at
    run = held.release(slot.pk, by=admin_user.pk, ring=ignore)
    slot.refresh_from_db()
    turns.schedule.refresh_from_db()
    assert (slot.state, slot.import_run, run.created_by) == (State.IMPORTED, run, admin_user)
    assert slot.said.endswith(f"Taken all the same by {admin_user.get_username()}.")
    # The turn took as long as it took; the person's time is not the feed's.
    assert slot.finished_at == ended
    assert (run.file_sha256, run.channel) == (slot.file_sha256, "schedule")
    assert (turns.schedule.held, turns.schedule.rows, turns.schedule.etag) == ("", 10, '"short"')
    assert turns.takes(rows(9)).state == State.IMPORTED


def test_a_person_may_drop_a_held_file_and_go_on(turns: Turns, admin_user) -> None:
    turns.takes(rows(100), ETag='"good"')
    slot = turns.takes(rows(10))
    held.discard(slot.pk, by=admin_user.pk)
    slot.refresh_from_db()
    assert (slot.state, imports()) == (State.DISCARDED, 1)
    assert slot.said.endswith(f"Discarded by {admin_user.get_username()}.")
    again = turns.takes(rows(10))
    assert (again.state, turns.schedule.held) == (State.UNCHANGED, "")
    assert "discarded" in again.said
    assert (turns.schedule.rows, turns.schedule.etag) == (100, '"good"')
    assert turns.takes(rows(110)).state == State.IMPORTED
    assert turns.takes(rows(10)).state == State.HELD


def test_a_decision_is_made_once(turns: Turns) -> None:
    turns.takes(rows(100))
    slot = turns.takes(rows(10))
    held.release(slot.pk, by=None, ring=ignore)
    for decide in (held.release, held.discard):
        more = {"ring": ignore} if decide is held.release else {}
        with pytest.raises(Refused, match="decided before"):
            decide(slot.pk, by=None, **more)
        with pytest.raises(Refused, match="decided before"):
            decide(999_999, by=None, **more)
    assert imports() == 2


@pytest.mark.parametrize("body", [PAGE, "", "%PDF-1.7", HEADER + "\n"])
def test_what_is_no_table_cannot_be_taken_by_anybody(turns: Turns, body) -> None:
    slot = turns.takes(body)
    with pytest.raises(Refused):
        held.release(slot.pk, by=None, ring=ignore)
    slot.refresh_from_db()
    turns.schedule.refresh_from_db()
    assert (slot.state, imports(), bool(turns.schedule.held)) == (State.HELD, 0, True)
    held.discard(slot.pk, by=None)
    assert turns.takes(rows(5)).state == State.IMPORTED


def test_a_held_file_whose_column_was_renamed_fits_once_the_profile_does(turns: Turns) -> None:
    slot = turns.takes(rows(10).replace("raised_usd", "usd"))
    turns.schedule.feed.profile = PROFILE.replace('"raised_usd"', '"usd"')
    turns.schedule.feed.save()
    assert held.release(slot.pk, by=None, ring=ignore).profile == turns.schedule.feed.profile


def test_a_held_file_that_is_gone_cannot_be_taken(turns: Turns) -> None:
    turns.takes(rows(100))
    slot = turns.takes(rows(10))
    (imports_dir() / slot.file_sha256).unlink()
    with pytest.raises(Refused, match="no longer there"):
        held.release(slot.pk, by=None, ring=ignore)


# --- failed ----------------------------------------------------------------------------------


def test_a_failed_fetch_is_tried_three_times_more_and_then_fails(turns: Turns) -> None:
    turns.takes(rows(10))
    turns.server.gives(b"", 503)
    pauses = []
    slot = turns.take()
    for _ in range(3):
        assert slot.state == State.DUE
        assert slot.leased_until is not None
        pauses.append(slot.leased_until - timezone.now())
        # Not before its pause is over.
        work_slot(slot.pk, ignore)
        past_pause(slot)
        work_slot(slot.pk, ignore)
        slot.refresh_from_db()
    assert (slot.state, slot.attempt, slot.http_status) == (State.FAILED, 4, 503)
    assert "fault of its own" in slot.said
    assert pauses == sorted(pauses)
    assert len(turns.server.requests) == 5
    turns.schedule.refresh_from_db()
    assert (turns.schedule.held, turns.schedule.rows, imports()) == ("", 10, 1)
    assert turns.takes(rows(11)).state == State.IMPORTED


def test_a_fetch_that_goes_well_at_the_second_try_is_taken(turns: Turns) -> None:
    turns.server.gives(b"", 500)
    slot = turns.take()
    past_pause(slot)
    turns.server.gives(rows(10))
    work_slot(slot.pk, ignore)
    slot.refresh_from_db()
    assert (slot.state, slot.attempt, slot.rows) == (State.IMPORTED, 2, 10)


def test_an_inside_address_is_not_tried_again(turns: Turns, settings) -> None:
    settings.FEED_ALLOW_INSIDE = []
    FeedSchedule.objects.update(url="http://127.0.0.1/")
    slot = turns.take()
    assert (slot.state, slot.attempt) == (State.FAILED, 1)
    assert "inside" in slot.said
    assert turns.schedule.held == ""


def test_a_profile_that_cannot_be_used_fails_the_turn_without_a_request(turns: Turns) -> None:
    turns.schedule.feed.profile = "name = 1"
    turns.schedule.feed.save()
    slot = turns.take()
    assert (slot.state, turns.server.connections) == (State.FAILED, 0)
    assert "profile" in slot.said


@pytest.mark.parametrize("change", [{"url": "https://other.example.org/"}, {"active": False}])
def test_a_file_that_came_while_the_schedule_changed_is_not_taken(
    turns: Turns, change, monkeypatch
) -> None:
    meanwhile(monkeypatch, lambda: FeedSchedule.objects.update(**change))
    slot = turns.takes(rows(10))
    assert (slot.state, imports()) == (State.FAILED, 0)
    assert "changed" in slot.said


@pytest.mark.parametrize("body", [rows(10), PAGE])
def test_a_worker_that_was_taken_for_dead_writes_nothing(turns: Turns, body, monkeypatch) -> None:
    meanwhile(monkeypatch, lambda: FeedSlot.objects.update(attempt=2))
    slot = turns.takes(body)
    assert (slot.state, slot.attempt, imports()) == (State.RUNNING, 2, 0)
    assert turns.schedule.held == ""


def meanwhile(monkeypatch, happens: Callable[[], object]) -> None:
    """Something happens between fetching a file and taking it."""

    def fetch(*args, **kwargs):
        fetched = real(*args, **kwargs)
        happens()
        return fetched

    real = work.fetch
    monkeypatch.setattr(work, "fetch", fetch)


def test_a_death_between_import_and_slot_leaves_neither(turns: Turns, monkeypatch) -> None:
    def dies(*args: object, **kwargs: object) -> None:
        raise SystemExit

    monkeypatch.setattr(FeedSchedule, "save", dies)
    turns.server.gives(rows(10))
    with pytest.raises(SystemExit):
        turns.take()
    monkeypatch.undo()
    slot = turns.schedule.slots.get()
    assert (slot.state, imports()) == (State.RUNNING, 0)
    past_pause(slot)
    work_slot(slot.pk, ignore)
    assert imports() == 1


def test_two_feeds_do_not_hinder_each_other(turns: Turns, settings) -> None:
    with serving() as other:
        settings.FEED_ALLOW_INSIDE += [f"127.0.0.1:{other.port}"]
        other.gives(PAGE)
        second = scheduled(other.url, feed=feed("second-supplier"))
        assert turns.takes(rows(10)).state == State.IMPORTED
        assert second.slots.get().state == State.HELD
        turns.now += HOUR
        assert turns.takes(rows(12)).state == State.IMPORTED


def test_a_scheduled_file_is_published_and_an_odd_one_changes_nothing(turns: Turns) -> None:
    FeedSchedule.objects.update(publish=True)
    run = turns.takes(rows(10)).import_run
    assert run is not None
    queue.work(run.pk, ring=ignore)
    run.refresh_from_db()
    assert (run.state, run.deals_created, Deal.objects.count()) == ("published", 10, 10)
    for body in (PAGE, rows(7)):
        slot = turns.takes(body)
        assert slot.state == State.HELD
        assert DealVersion.objects.filter(superseded_seq__isnull=True).count() == 10
        held.discard(slot.pk, by=None)
    (health,) = feed_health(timezone.now())
    assert (health.last_import, health.good_at) == (run, run.finished_at)


def test_an_import_that_is_refused_later_is_seen_in_the_feeds_health(turns: Turns) -> None:
    run = turns.takes(rows(10)).import_run
    assert run is not None
    (imports_dir() / run.file_sha256).unlink()
    queue.work(run.pk, ring=ignore)
    (health,) = feed_health(turns.now)
    assert health.state == "failing"
    assert "no longer there" in health.words
