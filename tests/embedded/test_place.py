import os
import tempfile
from pathlib import Path

import pytest

from investtrack.embedded import EmbeddedError, binaries, owner, place

OURS = owner.Owner(None)
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends PostgreSQL another user")


class Nowhere(owner.Owner):
    """A user that cannot reach anything below a private home."""

    def can_reach(self, folder: Path) -> bool:
        return "private" not in folder.parts


def test_a_short_path_keeps_its_socket_beside_the_data():
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        assert place.socket_folder(Path(folder), OURS) == Path(folder) / "socket"


@pytest.mark.parametrize("name", ["x" * 120, "with, comma", "数据"])
def test_a_path_that_a_socket_cannot_have_gets_a_short_private_one(tmp_path, name):
    where = tmp_path / name
    where.mkdir()
    folder = place.socket_folder(where, OURS)
    try:
        assert len(str(folder)) < 60
        assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        place.discard_socket_folder(folder, where)
    assert not folder.exists()


def test_data_lie_in_home_when_the_user_of_the_database_can_reach_it(tmp_path):
    assert place.data_place(tmp_path, OURS) == tmp_path


def test_data_lie_elsewhere_under_a_private_home_and_are_found_again(tmp_path, monkeypatch):
    shelf, home = tmp_path / "shelf", tmp_path / "private" / "postgres"
    shelf.mkdir()
    home.mkdir(parents=True)
    monkeypatch.setattr(place, "SHELVES", (shelf,))
    first = place.data_place(home, Nowhere(None))
    assert first.parent == shelf
    assert place.data_place(home, Nowhere(None)) == first


def test_data_elsewhere_are_removed_when_their_home_was_deleted(tmp_path, monkeypatch):
    shelf, home = tmp_path / "shelf", tmp_path / "private" / "postgres"
    shelf.mkdir()
    home.mkdir(parents=True)
    monkeypatch.setattr(place, "SHELVES", (shelf,))
    orphan = place.data_place(home, Nowhere(None))
    (home / "elsewhere").unlink()
    other = shelf / "investtrack-other"
    other.mkdir()
    (other / "belongs-to").write_text("/somewhere/else")
    again = place.data_place(home, Nowhere(None))
    assert sorted(shelf.iterdir()) == sorted([again, other])
    assert not orphan.exists()


def test_without_any_shelf_the_reason_is_given(tmp_path, monkeypatch):
    home = tmp_path / "private"
    home.mkdir()
    monkeypatch.setattr(place, "SHELVES", (tmp_path / "missing",))
    with pytest.raises(EmbeddedError, match="No folder for the database could be made"):
        place.data_place(home, Nowhere(None))


@root_only
def test_root_lends_a_user_who_can_run_a_copy_of_the_programs_and_see_nothing_private(tmp_path):
    lent = owner.current()
    assert lent.ids is not None
    assert lent.ids[0] != 0
    tmp_path.chmod(0o700)
    assert not lent.can_reach(tmp_path)
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        copy = binaries.copied(binaries.find(), Path(folder))
        assert binaries.runnable(copy, lent)
        assert binaries.copied(binaries.find(), Path(folder)) == copy


def test_programs_that_fit_the_data_are_found_or_the_lack_is_explained():
    found = binaries.find()
    assert binaries.find(found.major) == found
    assert Path(found.program("initdb")).exists()
    with pytest.raises(EmbeddedError, match="written by PostgreSQL 9"):
        binaries.find(9)
