"""A backup and the archived log become the data of a server, up to a moment or a time."""

import os
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from investtrack.backup import BackupError
from investtrack.backup.shelf import SEGMENT, Backup
from investtrack.embedded.owner import Owner

LSN = re.compile(r"[0-9A-F]{1,8}/[0-9A-F]{1,8}")
# What is written into postgresql.auto.conf, and what of it belongs to one recovery alone.
ONE_RECOVERY = "# for one recovery (manage.py restore_backup)"
RECOVERY = re.compile(r"\s*(recovery_target\w*|restore_command)\b|# for one recovery ")


def until_moment(backup: Backup) -> dict[str, str]:
    """Settings that end recovery exactly where the backup's description was made."""
    lsn = str(backup.manifest()["moment"]["lsn"])
    if not LSN.fullmatch(lsn):
        raise BackupError(f"Backup {backup.name} does not say where in the log it was described.")
    return {"recovery_target_lsn": lsn, "recovery_target_inclusive": "off"}


def read_time(text: str) -> datetime:
    """ISO 8601 with its zone: 2026-11-22T19:30:00Z, or +01:00."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise BackupError(f"“{text}” is no time such as 2026-11-22T19:30:00Z.")
    return time.astimezone(UTC)


def until_time(text: str) -> dict[str, str]:
    """Settings that end recovery before the first transaction that was committed after a time."""
    target = read_time(text).strftime("%Y-%m-%d %H:%M:%S.%f+00")
    return {"recovery_target_time": target, "recovery_target_inclusive": "on"}


def lay_out(backup: Backup, data: Path) -> None:
    """The files of the backup, as they are, in a new or empty folder."""
    if data.exists() and any(data.iterdir()):
        raise BackupError(f"{data} is not empty: a backup is restored into an empty folder.")
    if any((backup.database / "pg_tblspc").iterdir()):
        raise BackupError("The server has tablespaces; restore it by PostgreSQL's own means.")
    shutil.copytree(backup.database, data, symlinks=True, dirs_exist_ok=True)
    (data / "standby.signal").unlink(missing_ok=True)
    (data / "recovery.signal").touch()


def lay_out_log(backup: Backup, wal: Path, goal: Path) -> int:
    """Copies of the archived log from the backup on; how many files."""
    goal.mkdir()
    first, count = backup.first_segment()[8:], 0
    for path in sorted(wal.iterdir()) if wal.is_dir() else ():
        if path.suffix == ".history" or (SEGMENT.fullmatch(path.name) and path.name[8:24] >= first):
            shutil.copy2(path, goal / path.name.removesuffix(".partial"))
            count += 1
    return count


def reading(log: Path) -> dict[str, str]:
    """The setting with which a server gets its log back from a folder."""
    if re.search(r"['\"%\n]", str(log)):
        raise BackupError(f"{log}: a folder of the log may not have quotes or % in its name.")
    return {"restore_command": f'cp "{log}/%f" "%p"', "recovery_target_action": "promote"}


def tell(data: Path, settings: Mapping[str, str]) -> None:
    """Settings for recovery, in data that somebody will start, in place of those of an earlier one.

    A server that was restored once has these in all its backups: its recovery to a time would end
    the next recovery at that time, too.
    """
    path = data / "postgresql.auto.conf"
    before = path.read_text().splitlines() if path.exists() else []
    kept = [line for line in before if not RECOVERY.match(line)]
    lines = [
        f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()
    ]
    path.write_text("\n".join([*kept, ONE_RECOVERY, *lines, ""]))


def hand_over(folder: Path, user: Owner) -> None:
    """All of a folder to the user that the server runs as, and to nobody else."""
    for root, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(root) / name
            if user.ids is not None:
                os.chown(path, *user.ids, follow_symlinks=False)
    user.take(folder)
