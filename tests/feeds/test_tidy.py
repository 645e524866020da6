"""Files and staged rows go when nothing needs them any longer, and not before."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from deals.feeds.receive import Received, receive
from deals.feeds.tidy import tidy
from deals.models import Feed, FeedSchedule, FeedSlot, ImportRun, StagedRow, Upload

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def old(file: Received, days: float = 2) -> Received:
    stamp = NOW.timestamp() - days * 86_400
    for path in (file.path, *file.path.parent.glob(f"{file.path.name}.*")):
        os.utime(path, (stamp, stamp))
    return file


def run_of(file: Received, state: str, days_ago: float = 0) -> ImportRun:
    feed, _ = Feed.objects.get_or_create(code="f", defaults={"name": "F", "profile": ""})
    at = NOW - timedelta(days=days_ago)
    return ImportRun.objects.create(
        feed=feed, state=state, file_sha256=file.sha256, created_at=at, finished_at=at
    )


def test_a_file_that_nobody_names_goes_after_a_day() -> None:
    file = receive("a.csv", b"a,b\n")
    assert tidy(NOW)["files"] == 0
    old(file)
    assert tidy(NOW)["files"] == 1
    assert not file.path.exists()


def test_a_file_that_came_again_is_young_again() -> None:
    old(receive("a.csv", b"a,b\n"))
    file = receive("a.csv", b"a,b\n")
    assert tidy(NOW)["files"] == 0
    assert file.path.exists()


@pytest.mark.parametrize(
    ("state", "days_ago", "kept"),
    [
        ("queued", 400, True),
        ("running", 400, True),
        ("review", 400, True),
        ("published", 89, True),
        ("published", 91, False),
        ("failed", 89, True),
        ("cancelled", 91, False),
        ("undone", 91, False),
    ],
)
def test_the_file_of_an_import_stays_while_it_may_be_needed(state, days_ago, kept) -> None:
    file = old(receive("a.csv", b"a,b\n"))
    run_of(file, state, days_ago)
    tidy(NOW)
    assert file.path.exists() == kept


def test_how_long_the_file_of_an_import_stays_is_a_setting(settings) -> None:
    settings.IMPORT_KEEP_DAYS = 5
    file = old(receive("a.csv", b"a,b\n"))
    run_of(file, "published", 6)
    assert tidy(NOW)["files"] == 1


@pytest.mark.parametrize(("days_ago", "kept"), [(29, True), (31, False)])
def test_an_uploaded_file_stays_for_a_month(days_ago: int, kept: bool) -> None:
    file = old(receive("a.csv", b"a,b\n"))
    Upload.objects.create(
        file_sha256=file.sha256,
        size=1,
        created_by=get_user_model().objects.create(username="editor"),
        created_at=NOW - timedelta(days=days_ago),
    )
    tidy(NOW)
    assert file.path.exists() == kept


@pytest.mark.parametrize(
    ("state", "days_ago", "kept"),
    [("held", 400, True), ("imported", 89, True), ("discarded", 91, False)],
)
def test_the_file_of_a_scheduled_feed_stays_while_it_may_be_needed(state, days_ago, kept) -> None:
    file = old(receive("a.csv", b"a,b\n"))
    feed = Feed.objects.create(code="f", name="F", profile="")
    schedule = FeedSchedule.objects.create(feed=feed, url="https://e.org", minutes=60, first_at=NOW)
    FeedSlot.objects.create(
        schedule=schedule,
        due_at=NOW - timedelta(days=days_ago),
        state=state,
        file_sha256=file.sha256,
    )
    tidy(NOW)
    assert file.path.exists() == kept


@pytest.mark.parametrize(
    ("state", "kept"), [("running", True), ("review", True), ("failed", False)]
)
def test_what_was_unpacked_stays_only_for_imports_that_go_on(state: str, kept: bool) -> None:
    file = receive("a.gz", b"\x1f\x8b")
    table = file.path.with_name(f"{file.sha256}.table")
    table.write_bytes(b"a,b\n")
    old(file)
    run_of(file, state)
    assert tidy(NOW)["tables"] == (0 if kept else 1)
    assert (table.exists(), file.path.exists()) == (kept, True)


def test_remains_go_and_files_of_others_stay(settings) -> None:
    folder = Path(settings.IMPORTS_DIR)
    folder.mkdir()
    for name in ("incoming-1", "incoming-2", "7-errors.csv"):
        (folder / name).write_bytes(b"")
        stamp = NOW.timestamp() - 2 * 86_400
        if name != "incoming-2":
            os.utime(folder / name, (stamp, stamp))
    assert tidy(NOW)["remains"] == 1
    assert sorted(path.name for path in folder.iterdir()) == ["7-errors.csv", "incoming-2"]


@pytest.mark.parametrize(
    ("state", "days_ago", "kept"),
    [
        ("running", 400, True),
        ("review", 400, True),
        ("failed", 89, True),
        ("failed", 91, False),
        ("published", 0, False),
        ("rejected", 0, False),
        ("cancelled", 0, False),
    ],
)
def test_staged_rows_go_with_the_end_of_their_import(state, days_ago, kept) -> None:
    run = run_of(receive("a.csv", b"a,b\n"), state, days_ago)
    for number in range(3):
        StagedRow.objects.create(run=run.pk, key="k", number=number, partial=False)
    assert tidy(NOW)["staged_rows"] == (0 if kept else 3)
    assert StagedRow.objects.count() == (3 if kept else 0)


def test_tidying_twice_finds_nothing_more() -> None:
    old(receive("a.csv", b"a,b\n"))
    tidy(NOW)
    assert set(tidy(NOW).values()) == {0}


@pytest.mark.parametrize(("days", "kept"), [(89, True), (92, False)])
def test_a_list_of_rejected_rows_stays_as_long_as_its_file(days: int, kept: bool, settings) -> None:
    listed = receive("a.csv", b"a,b\n").path.with_name("7-errors.csv")
    listed.write_text("row,reason\n")
    stamp = NOW.timestamp() - days * 86_400
    os.utime(listed, (stamp, stamp))
    tidy(NOW)
    assert listed.exists() == kept
