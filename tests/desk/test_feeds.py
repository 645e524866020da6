"""Feeds at the desk: health of all, all about one, its schedule, and files that were held."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals.feeds.receive import receive
from deals.models import FeedSchedule, FeedSlot, ImportRun
from tests.desk.runs import make_person, make_run
from tests.feeds.scheduled import feed, rows, scheduled

pytestmark = pytest.mark.django_db
PAGE = "/desk/feeds/"
State = FeedSlot.State
URL = "https://feeds.example.org/rounds.csv"


@pytest.fixture
def mona(client):
    person = make_person("mona", "manager")
    client.force_login(person)
    return person


def text_of(response) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(plain).split())


def hourly(**facts) -> FeedSchedule:
    """A schedule whose latest slot was a minute ago."""
    return scheduled(first_at=timezone.now() - timedelta(hours=40, minutes=1), **facts)


def slot(schedule: FeedSchedule, hours: int, state: State, **facts) -> FeedSlot:
    """A turn so many hours before the latest one."""
    due = schedule.first_at + timedelta(hours=40 - hours)
    ended = {"started_at": due, "finished_at": due + timedelta(seconds=4)}
    facts = {"attempt": 1, **(ended if state not in (State.DUE, State.RUNNING) else {}), **facts}
    return FeedSlot.objects.create(schedule=schedule, due_at=due, state=state, **facts)


def held(text: str = "", **facts) -> FeedSlot:
    """A file of half the rows that the feed had before, waiting for a decision."""
    schedule = hourly(held="The file has shrunk by 50 %.", rows=20, **facts)
    file = receive("rounds.csv", (text or rows(10)).encode())
    return slot(
        schedule, 0, State.HELD, said=schedule.held, file_name=file.name, file_sha256=file.sha256,
        rows=10, bytes=file.size, http_status=200,
    )  # fmt: skip


def at(name: str, what: FeedSlot | FeedSchedule | str) -> str:
    if isinstance(what, FeedSchedule):
        what = what.feed.code
    return reverse(name, args=[what.pk if isinstance(what, FeedSlot) else what])


def form(**changes: str) -> dict[str, str]:
    return {
        "url": URL, "every": "60", "minutes": "", "first_at": "2026-11-30T05:00", "publish": "no",
    } | changes  # fmt: skip


# --- the page of all feeds -------------------------------------------------------------------


def test_the_pages_need_a_role(client, django_user_model) -> None:
    pages = [PAGE, at("desk-feed", hourly()), at("desk-feed-profile", "small-supplier")]
    for page in pages:
        assert client.get(page).status_code == 302
    client.force_login(django_user_model.objects.create_user("guest"))
    for page in pages:
        assert client.get(page).status_code == 403
    client.force_login(make_person("anna"))
    for page in pages:
        assert client.get(page).status_code == 200
        assert client.post(page).status_code == 405


def test_without_feeds_the_page_says_how_one_comes_into_being(client, mona) -> None:
    assert "There is no feed yet." in text_of(client.get(PAGE))


def test_feeds_that_need_a_person_come_first_and_every_state_is_said(client, mona) -> None:
    feed("quiet")
    hourly(feed=feed("stopped"), active=False)
    fine = hourly(feed=feed("fine"))
    slot(fine, 0, State.UNCHANGED, said="The file is the one that was taken before.")
    slot(hourly(feed=feed("failing")), 0, State.FAILED, said="There is no file.")
    scheduled(feed=feed("late"))
    FeedSchedule.objects.filter(feed__code="late").update(
        first_at=timezone.now() - timedelta(minutes=30)
    )
    held(feed=feed("odd"))
    said = text_of(client.get(PAGE))
    assert "6 feeds: 1 held, 1 failing, 1 late, 1 fine, 1 stopped and 1 not scheduled." in said
    places = [
        said.index(words)
        for words in (
            "A person has to look 3", "Odd", "Failing ✕ Failing", "There is no file.",
            "Late ! Late", "is the scheduler running?", "Fetched on a schedule 1", "Fine ✓ Fine",
            "Stopped 1", "Stopped – Stopped", "Brought by people or programs 1", "Quiet",
        )
    ]  # fmt: skip
    assert places == sorted(places)


def test_turns_are_drawn_from_old_to_new_and_said_in_a_sentence(client, mona) -> None:
    schedule = hourly()
    for hours, state in enumerate([State.HELD, State.IMPORTED, State.FAILED, State.UNCHANGED]):
        slot(schedule, hours, state)
    slot(schedule, 4, State.UNCHANGED)
    response = client.get(PAGE)
    drawing = response.content.decode().partition("</svg>")[0]
    assert re.findall(r'class="turn turn-(\w+)"', drawing) == [
        "unchanged", "unchanged", "failed", "imported", "held",
    ]  # fmt: skip
    assert re.search(
        r"The last 5 turns since \d+ \w+ \d{4}, \d\d:\d\d UTC: "
        r"1 imported, 2 same file as before, 1 held and 1 failed\.",
        text_of(response),
    )


def test_the_last_import_stands_with_its_balance_or_its_problem(client, mona) -> None:
    schedule = hourly()
    done = make_run(
        "published", feed=schedule.feed, rows_used=90, rows_rejected=10, deals_created=1200,
        finished_at=timezone.now() - timedelta(hours=5),
    )  # fmt: skip
    said = text_of(client.get(PAGE))
    assert f"no. {done.pk} Published 100 rows, 10 rejected; 1,200 new" in said
    assert "5 hours ago" in said
    bad = make_run("failed", feed=schedule.feed, problem="It has no column “a”.")
    response = client.get(PAGE)
    assert f"no. {bad.pk} Failed It has no column “a”." in text_of(response)
    assert f'href="/desk/imports/{bad.pk}/"' in response.content.decode()


def test_the_page_of_feeds_takes_as_many_queries_as_one_feed(
    client, mona, django_assert_num_queries
) -> None:
    held(feed=feed("first"))
    with django_assert_num_queries(11):
        client.get(PAGE)
    for number in range(6):
        waiting = held(feed=feed(f"more-{number}"))
        make_run("published", feed=waiting.schedule.feed)
    with django_assert_num_queries(11):
        client.get(PAGE)


# --- one feed --------------------------------------------------------------------------------


def test_one_feed_shows_schedule_turns_imports_and_profile(
    client, mona, django_assert_num_queries
) -> None:
    schedule = hourly(minutes=60, created_by=mona, publish=True)
    run = make_run("published", feed=schedule.feed, channel="schedule")
    slot(schedule, 0, State.IMPORTED, said="Taken: 7 rows.", rows=7, bytes=990, import_run=run)
    slot(schedule, 1, State.FAILED, said="There is no file.", http_status=404, attempt=4)
    with django_assert_num_queries(12):
        response = client.get(at("desk-feed", schedule))
    said = text_of(response)
    assert "every hour, counted from" in said
    assert "is published without review; a file that has shrunk" in said
    assert "Answered for by mona" in said
    assert f"Imported Taken: 7 rows. Import no. {run.pk} – 1 7 990" in said
    assert "Failed There is no file. 404 4 – – 4.0" in said
    assert run.file_name in said
    assert 'target_name = "company"' in said
    assert client.get(at("desk-feed", "nobody")).status_code == 404


def test_the_profile_can_be_downloaded(client, mona) -> None:
    found = feed()
    response = client.get(at("desk-feed-profile", found.code))
    assert response.content.decode() == found.profile
    assert response["Content-Type"].startswith("application/toml")
    assert f'filename="{found.code}.toml"' in response["Content-Disposition"]


def test_what_follows_the_question_mark_of_an_address_is_for_managers(client, mona) -> None:
    schedule = hourly(url="https://x.example.org/f.csv?key=secret")
    page = at("desk-feed", schedule)
    assert "key=secret" in text_of(client.get(page))
    client.force_login(make_person("anna"))
    said = text_of(client.get(page))
    assert "https://x.example.org/f.csv?…" in said
    assert "secret" not in said
    assert "Change the schedule" not in said


def test_text_of_strangers_is_shown_harmless(client, mona) -> None:
    waiting = held("<script>x</script>\u202e,b\n1,2\n")
    FeedSlot.objects.update(file_name="<script>x</script>.csv", said="<script>x</script>\u202e")
    FeedSchedule.objects.update(held="<script>x</script>\u202e")
    for page in (PAGE, at("desk-feed", waiting.schedule)):
        content = client.get(page).content.decode()
        assert "<script>x" not in content
        assert "\u202e" not in content


# --- held files ------------------------------------------------------------------------------


def test_a_held_file_is_shown_with_its_reason_and_how_it_begins(client, mona) -> None:
    waiting = held()
    for page in (PAGE, at("desk-feed", waiting.schedule)):
        said = text_of(client.get(page))
        assert "The file has shrunk by 50 %." in said
        assert "10 rows. Nothing of it was imported" in said
        assert "company,company_country,month" in said
        assert "Company 0,CN,2019-05" in said
        assert "waits for a reviewer; the next one is compared" in said
    FeedSchedule.objects.update(publish=True)
    assert "published without review; the next one" in text_of(client.get(PAGE))


@pytest.mark.parametrize("data", [b"\x1f\x8b\x08rest", b"PK\x03\x04\x00\x00rest"])
def test_of_what_is_no_text_no_lines_are_shown(client, mona, data) -> None:
    file = receive("rounds.gz", data)
    held()
    FeedSlot.objects.update(file_sha256=file.sha256, file_name=file.name)
    assert "How the file begins" not in text_of(client.get(PAGE))


def test_a_file_that_is_gone_does_not_break_the_page(client, mona) -> None:
    held()
    FeedSlot.objects.update(file_sha256="1" * 64)
    response = client.get(PAGE)
    assert response.status_code == 200
    assert "How the file begins" not in text_of(response)


def test_a_held_file_is_taken_all_the_same(client, mona) -> None:
    waiting = held()
    response = client.post(at("desk-slot-release", waiting))
    assert response["Location"] == at("desk-feed", waiting.schedule)
    run = ImportRun.objects.get()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.import_run) == (State.IMPORTED, run)
    assert (run.state, run.created_by) == ("queued", mona)
    assert FeedSchedule.objects.get().held == ""
    said = text_of(client.get(response["Location"]))
    assert f"The file is taken all the same, by import no. {run.pk}." in said
    assert "Taken all the same by mona." in said


def test_a_held_file_is_discarded(client, mona) -> None:
    waiting = held()
    response = client.post(at("desk-slot-discard", waiting), follow=True)
    waiting.refresh_from_db()
    assert (waiting.state, FeedSchedule.objects.get().held) == (State.DISCARDED, "")
    assert "The file is dropped; the feed goes on" in text_of(response)
    assert not ImportRun.objects.exists()


def test_what_is_no_table_stays_held_with_the_reason(client, mona) -> None:
    waiting = held("<!DOCTYPE html><html><body>Please sign in</body></html>")
    response = client.post(at("desk-slot-release", waiting), follow=True)
    assert re.search('class="notice notice-error"', response.content.decode())
    waiting.refresh_from_db()
    assert waiting.state == State.HELD
    assert FeedSchedule.objects.get().held
    assert not ImportRun.objects.exists()


def test_what_was_not_kept_can_only_be_discarded(client, mona) -> None:
    waiting = held()
    FeedSlot.objects.update(file_sha256="", file_name="", rows=None, bytes=None)
    said = text_of(client.get(PAGE))
    assert "Discard it" in said
    assert "Take it all the same" not in said
    response = client.post(at("desk-slot-release", waiting), follow=True)
    assert "Nothing that could be taken was kept of this file" in text_of(response)


@pytest.mark.parametrize("name", ["desk-slot-release", "desk-slot-discard"])
def test_a_colleague_who_was_first_is_respected(client, mona, name) -> None:
    waiting = held()
    client.post(at("desk-slot-discard", waiting))
    response = client.post(at(name, waiting), follow=True)
    assert "somebody has decided before" in text_of(response)
    assert not ImportRun.objects.exists()
    nowhere = client.post(reverse(name, args=[0]))
    assert nowhere["Location"] == PAGE


@pytest.mark.parametrize("name", ["desk-slot-release", "desk-slot-discard"])
def test_only_managers_decide_on_held_files_and_only_by_the_form(client, name) -> None:
    waiting = held()
    address = at(name, waiting)
    assert client.post(address).status_code == 302
    client.force_login(make_person("rita", "reviewer"))
    assert client.post(address).status_code == 403
    said = text_of(client.get(PAGE))
    assert "A feed manager decides" in said
    assert "Discard it" not in said
    mona = make_person("mona", "manager")
    client.force_login(mona)
    assert client.get(address).status_code == 405
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(mona)
    assert careful.post(address).status_code == 403
    waiting.refresh_from_db()
    assert waiting.state == State.HELD


# --- the schedule ----------------------------------------------------------------------------


def test_a_feed_is_put_on_a_schedule(client, mona) -> None:
    found = feed()
    page = at("desk-feed-schedule", found.code)
    assert page in client.get(at("desk-feed", found.code)).content.decode()
    assert client.get(page).status_code == 200
    response = client.post(page, form(publish="yes"), follow=True)
    made = FeedSchedule.objects.get()
    assert (made.feed, made.url, made.minutes, made.publish) == (found, URL, 60, True)
    assert (f"{made.first_at:%Y-%m-%d %H:%M %Z}", made.created_by) == ("2026-11-30 05:00 UTC", mona)
    assert made.active
    assert "The schedule is saved. The next turn is" in text_of(response)


def test_a_schedule_is_changed_and_stopped(client, mona) -> None:
    schedule = hourly(minutes=90)
    page = at("desk-feed-schedule", schedule)
    content = client.get(page).content.decode()
    assert 'value="other" selected' in content
    assert 'value="90"' in content
    assert schedule.url in content
    sent = form(every="other", minutes="45", first_at="2026-12-01 06:30", active="on")
    client.post(page, sent)
    schedule.refresh_from_db()
    assert (schedule.minutes, schedule.active, schedule.created_by) == (45, True, mona)
    assert f"{schedule.first_at:%d %H:%M}" == "01 06:30"
    response = client.post(page, form(), follow=True)
    schedule.refresh_from_db()
    assert (schedule.minutes, schedule.active) == (60, False)
    assert "Nothing is fetched until it is started again." in text_of(response)


def test_a_held_feed_stays_held_when_its_schedule_changes(client, mona) -> None:
    schedule = held().schedule
    page = at("desk-feed-schedule", schedule)
    assert "A file of this feed is held." in text_of(client.get(page))
    response = client.post(page, form(active="on"), follow=True)
    assert "when the held file is taken or dropped" in text_of(response)
    assert FeedSchedule.objects.get().held


@pytest.mark.parametrize(
    ("changes", "place", "sentence"),
    [
        ({"url": " "}, "url", "Give the address of the feed’s file."),
        ({"url": "feeds.example.org"}, "url", "has to begin with https:// or http://"),
        ({"url": "http://127.0.0.1/x"}, "url", "127.0.0.1"),
        ({"url": "https://a:b@example.org/"}, "url", "user name or password"),
        ({"url": "https://example.org/\0"}, "url", "Null characters"),
        ({"every": "7"}, "every", "Choose how often"),
        ({"every": "other"}, "minutes", "Give a whole number of minutes, 15 at least"),
        ({"every": "other", "minutes": "14"}, "minutes", "15 at least"),
        ({"every": "other", "minutes": "9" * 20}, "minutes", "527,040 (366 days) at most"),
        ({"every": "other", "minutes": "an hour"}, "minutes", "Give a whole number"),
        ({"first_at": ""}, "first_at", "Give a day and a time in UTC"),
        ({"first_at": "30/11/2026"}, "first_at", "Give a day and a time in UTC"),
        ({"publish": "perhaps"}, "publish", "Choose whether what comes is published"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_saved(
    client, mona, changes, place, sentence
) -> None:
    schedule = hourly(url="https://old.example.org/r.csv")
    for page in (at("desk-feed-schedule", schedule), at("desk-feed-schedule", feed("new").code)):
        response = client.post(page, form(active="on", **changes))
        content = response.content.decode()
        assert response.status_code == 400
        assert "<title>Error: Schedule of" in content
        assert re.findall(r'<li><a href="#([\w-]+)">', content) == [place]
        assert f'id="{place}"' in content
        assert sentence in unescape(content).partition(f'id="{place}-error"')[2]
    schedule.refresh_from_db()
    assert schedule.url == "https://old.example.org/r.csv"
    assert FeedSchedule.objects.count() == 1


def test_minutes_are_asked_for_only_where_they_count(client, mona) -> None:
    page = at("desk-feed-schedule", feed().code)
    assert client.post(page, form(every="1440", minutes="nonsense")).status_code == 302
    assert FeedSchedule.objects.get().minutes == 1440


def test_a_profile_that_cannot_be_used_is_said(client, mona) -> None:
    found = feed()
    found.profile = "name = 3"
    found.save()
    response = client.post(at("desk-feed-schedule", found.code), form())
    assert response.status_code == 400
    assert f"The feed {found.code} cannot be scheduled" in text_of(response)
    assert not FeedSchedule.objects.exists()


def test_only_managers_change_schedules_and_only_by_the_form(client) -> None:
    schedule = hourly(url="https://old.example.org/r.csv")
    page = at("desk-feed-schedule", schedule)
    assert client.get(page).status_code == 302
    client.force_login(make_person("rita", "reviewer"))
    assert client.get(page).status_code == 403
    assert client.post(page, form()).status_code == 403
    mona = make_person("mona", "manager")
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(mona)
    assert careful.post(page, form()).status_code == 403
    client.force_login(mona)
    assert client.get(at("desk-feed-schedule", "nobody")).status_code == 404
    schedule.refresh_from_db()
    assert schedule.url == "https://old.example.org/r.csv"
