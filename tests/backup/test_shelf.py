"""The folder of backups: one at a time, whole or not at all, so many are kept."""

import json
import multiprocessing
from datetime import UTC, datetime, timedelta

import pytest

from investtrack.backup import BackupError
from investtrack.backup.files import copy_all, damaged
from investtrack.backup.shelf import Shelf, write_whole

LABEL = "START WAL LOCATION: 0/2000028 (file {segment})\nCHECKPOINT LOCATION: 0/2000060\n"


def add(shelf: Shelf, name: str, segment: str = "000000010000000000000002") -> None:
    database = shelf.folder / name / "database"
    database.mkdir(parents=True)
    (database / "backup_label").write_text(LABEL.format(segment=segment))
    (shelf.folder / name / "manifest.json").write_text("{}")


def test_a_backup_that_fails_leaves_nothing(tmp_path):
    shelf = Shelf(tmp_path)
    with pytest.raises(FileNotFoundError), shelf.new() as folder:
        (folder / "no" / "such" / "folder").mkdir()
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_there_when_it_is_whole_and_what_was_killed_before_is_gone(tmp_path):
    shelf = Shelf(tmp_path)
    (tmp_path / "2026-01-01T000000Z.unfinished" / "database").mkdir(parents=True)
    with shelf.new() as folder:
        assert shelf.backups() == []
        write_whole(folder / "manifest.json", {"n": "ü"})
    assert [path.name for path in tmp_path.iterdir()] == [shelf.newest().name]
    assert shelf.newest().manifest() == {"n": "ü"}


def _hold(folder, held, end):
    with Shelf(folder).alone():
        held.set()
        end.wait(20)


def test_two_backups_at_a_time_refuse(tmp_path):
    context = multiprocessing.get_context("fork")
    held, end = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(tmp_path, held, end))
    other.start()
    try:
        assert held.wait(20)
        with pytest.raises(BackupError, match="Another backup is being taken"):
            Shelf(tmp_path).alone().__enter__()
    finally:
        end.set()
        other.join()
    with Shelf(tmp_path).alone():
        pass


def test_so_many_are_kept_with_the_log_that_they_need(tmp_path):
    shelf = Shelf(tmp_path)
    names = [f"2026-11-0{day}T000000Z" for day in (1, 2, 3)]
    for number, name in enumerate(names, 2):
        add(shelf, name, f"00000001000000000000000{number}")
    shelf.wal.mkdir()
    log = ["000000010000000000000001", "000000010000000000000002", "000000010000000000000003"]
    for name in [*log, "00000002.history", "000000010000000000000004.part"]:
        (shelf.wal / name).touch()
    assert shelf.keep(2) == [names[0]]
    assert [one.name for one in shelf.backups()] == names[1:]
    kept = {"000000010000000000000003", "00000002.history", "000000010000000000000004.part"}
    assert {path.name for path in shelf.wal.iterdir()} == kept


def test_a_shelf_without_backups_says_what_to_do(tmp_path):
    with pytest.raises(BackupError, match=r"manage.py backup takes one"):
        Shelf(tmp_path / "none").newest()


def test_a_time_before_a_backup_asks_for_an_older_one(tmp_path):
    shelf = Shelf(tmp_path)
    for day in (1, 2, 3):
        name = f"2026-11-0{day}T000000Z"
        add(shelf, name)
        manifest = {"moment": {"at": f"2026-11-0{day}T00:04:59.250000Z"}}
        (tmp_path / name / "manifest.json").write_text(json.dumps(manifest))
    until = datetime(2026, 11, 3, 0, 4, tzinfo=UTC)
    assert shelf.newest(until=until).name == "2026-11-02T000000Z"
    assert shelf.newest(until=until + timedelta(minutes=1)).name == "2026-11-03T000000Z"
    for name in ("", "2026-11-01T000000Z"):
        with pytest.raises(BackupError, match=r"restores to 2026-11-01T00:05:00Z or later"):
            shelf.newest(name, until=datetime(2026, 11, 1, tzinfo=UTC))
    named = datetime(2026, 11, 1, 0, 5, tzinfo=UTC)
    assert shelf.newest(until=named).name == "2026-11-01T000000Z"


def test_of_a_time_only_the_backups_that_could_have_it_are_read(tmp_path):
    shelf = Shelf(tmp_path)
    add(shelf, "2026-11-01T000000Z")
    add(shelf, "2026-11-02T000000Z")
    manifest = {"moment": {"at": "2026-11-02T00:05:00Z"}}
    (tmp_path / "2026-11-02T000000Z" / "manifest.json").write_text(json.dumps(manifest))
    later = datetime(2026, 11, 3, tzinfo=UTC)
    assert shelf.newest(until=later).name == "2026-11-02T000000Z"
    with pytest.raises(BackupError, match="01T000000Z does not say when it was described"):
        shelf.newest(until=datetime(2026, 11, 2, tzinfo=UTC))


def test_files_that_are_the_same_are_shared_and_others_are_copied(tmp_path):
    imports, first, second = tmp_path / "imports", tmp_path / "1", tmp_path / "2"
    (imports / "a").mkdir(parents=True)
    (imports / "a" / "old.csv").write_text("old")
    known = copy_all({"imports": imports}, first, None, [])
    (imports / "new.csv").write_text("new")
    listed = copy_all({"imports": imports, "none": tmp_path / "none"}, second, first, known)
    assert [one["path"] for one in listed] == ["imports/a/old.csv", "imports/new.csv"]
    assert (second / "imports/a/old.csv").samefile(first / "imports/a/old.csv")
    assert not (second / "imports/a/old.csv").samefile(imports / "a" / "old.csv")
    assert damaged(second, listed) == []
    (second / "imports/new.csv").write_text("bad")
    (second / "imports/a/old.csv").unlink()
    assert damaged(second, listed) == ["imports/a/old.csv", "imports/new.csv"]
    assert json.dumps(listed)
