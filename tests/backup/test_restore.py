"""What recovery is told, and what a restored register is compared with."""

from copy import deepcopy

import pytest

from investtrack.backup import BackupError, restore
from investtrack.backup.compare import differences
from investtrack.backup.shelf import Backup
from investtrack.backup.source import programs
from investtrack.embedded import binaries
from tests.backup.test_shelf import LABEL

STATE = {
    "head": 7,
    "head_at": "2026-11-22T19:00:00+00:00",
    "entries": {"rows": 7, "checksum": "12"},
    "deals": {"number": 3, "digest": "ab"},
    "organizations": {"number": 2, "digest": "cd"},
    "headline": ["Documented …"],
    "tables": {
        "deals_deal": {"rows": 3, "checksum": "5"},
        "auth_user": {"rows": 1, "checksum": "9"},
    },
    "until": {"entries": {"rows": 7, "checksum": "12"}, "deals": {"number": 3, "digest": "ab"}},
}
MANIFEST = {"register": STATE, "moment": {"exact": True, "lsn": "0/3000060", "at": "…"}}


def changed(*path, value):
    state = deepcopy(STATE)
    inner = state
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return state


def test_a_copy_that_is_the_same_has_no_differences():
    assert differences(MANIFEST, deepcopy(STATE), exact=True) == []
    assert differences(MANIFEST, deepcopy(STATE), exact=False) == []


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (changed("head", value=6), "The ledger's end was 7 and is 6."),
        (changed("deals", "digest", value="ff"), "The digest of the deals was"),
        (changed("headline", value=[]), "The headline was"),
        (changed("tables", "auth_user", "rows", value=2), "auth_user had 1 rows and has 2."),
        (changed("tables", "deals_deal", "checksum", value="6"), "deals_deal has other contents"),
        (changed("tables", value={}), "Table auth_user is missing."),
    ],
)
def test_each_difference_at_the_described_moment_is_a_sentence(state, said):
    assert said in differences(MANIFEST, state, exact=True)[0]


def test_later_copies_are_held_to_the_ledger_up_to_its_end_then():
    later = changed("tables", "auth_user", "rows", value=2) | {"head": 9}
    assert differences(MANIFEST, later, exact=False) == []
    other = changed("until", "entries", "checksum", value="13") | {"head": 9}
    assert "up to 7 are not the same" in differences(MANIFEST, other, exact=False)[0]
    assert "ends at 5" in differences(MANIFEST, changed("head", value=5), exact=False)[0]
    assert (
        "deals after entry 7"
        in differences(MANIFEST, changed("until", "deals", "digest", value="ff"), exact=False)[0]
    )


def test_where_somebody_wrote_all_the_time_tables_may_differ_a_little():
    busy = MANIFEST | {"moment": {"exact": False}}
    assert differences(busy, changed("tables", "auth_user", "rows", value=2), exact=True) == []


def test_a_time_needs_its_zone_and_is_given_in_utc():
    told = restore.until_time("2026-11-22T20:30:00+01:00")
    assert told["recovery_target_time"] == "2026-11-22 19:30:00.000000+00"
    for text in ("yesterday", "2026-11-22T20:30:00", "2026-11-22'; DROP"):
        with pytest.raises(BackupError, match="is no time such as"):
            restore.until_time(text)


@pytest.fixture
def backup(tmp_path):
    made = Backup(tmp_path / "2026-11-22T193000Z")
    (made.database / "pg_tblspc").mkdir(parents=True)
    (made.database / "backup_label").write_text(LABEL.format(segment="000000010000000000000002"))
    (made.folder / "manifest.json").write_text('{"moment": {"lsn": "0/3000060"}}')
    return made


def test_recovery_ends_before_the_place_of_the_description(backup):
    told = restore.until_moment(backup)
    assert told == {"recovery_target_lsn": "0/3000060", "recovery_target_inclusive": "off"}
    (backup.folder / "manifest.json").write_text('{"moment": {"lsn": "0\'; x"}}')
    with pytest.raises(BackupError, match="does not say where"):
        restore.until_moment(backup)


def test_a_backup_is_laid_out_into_an_empty_folder_only(backup, tmp_path):
    data = tmp_path / "data"
    restore.lay_out(backup, data)
    restore.tell(data, restore.reading(tmp_path / "wal"))
    assert (data / "recovery.signal").exists()
    assert f'cp "{tmp_path}/wal/%f" "%p"' in (data / "postgresql.auto.conf").read_text()
    with pytest.raises(BackupError, match="is not empty"):
        restore.lay_out(backup, data)


def test_an_earlier_recoverys_end_is_none_of_the_next(backup, tmp_path):
    """A server that was restored once keeps what it was told, and its backups have it."""
    conf = backup.database / "postgresql.auto.conf"
    conf.write_text("work_mem = '64MB'\n")
    told = restore.until_time("2026-11-22T19:30:00Z") | restore.reading(tmp_path / "wal")
    restore.tell(backup.database, told)
    assert "recovery_target_time" in conf.read_text()
    restore.tell(backup.database, restore.reading(tmp_path / "later"))
    text = conf.read_text()
    assert "recovery_target_time" not in text
    assert text.count("restore_command") == text.count("# for one recovery") == 1
    assert text.startswith("work_mem = '64MB'\n")
    assert f'cp "{tmp_path}/later/%f"' in text


def test_of_the_archived_log_only_what_comes_after_the_backup_is_taken(backup, tmp_path):
    wal = tmp_path / "wal"
    wal.mkdir()
    for name in ("000000010000000000000001", "000000010000000000000002", "00000002.history"):
        (wal / name).touch()
    (wal / "000000010000000000000003.partial").touch()
    assert restore.lay_out_log(backup, wal, tmp_path / "log") == 3
    names = {path.name for path in (tmp_path / "log").iterdir()}
    assert names == {"000000010000000000000002", "000000010000000000000003", "00000002.history"}


def test_an_odd_name_of_the_folder_of_the_log_is_refused(tmp_path):
    with pytest.raises(BackupError, match="may not have quotes"):
        restore.reading(tmp_path / 'a"; touch b; "')


def test_programs_of_another_version_are_asked_for_by_name():
    assert programs(binaries.find().major).folder.is_dir()
    with pytest.raises(BackupError, match="install postgresql-99"):
        programs(99)
