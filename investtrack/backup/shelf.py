"""The folder of backups: one at a time, whole or not at all, so many are kept.

BACKUP_DIR/2026-11-22T193000Z/database   the copy, with the log that makes it whole
BACKUP_DIR/2026-11-22T193000Z/files      received files and those of releases
BACKUP_DIR/2026-11-22T193000Z/manifest.json
BACKUP_DIR/wal                           the log since then, if the server archives it there
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from investtrack.backup import BackupError
from investtrack.embedded import locks

NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")
UNFINISHED = ".unfinished"
SEGMENT = re.compile(r"[0-9A-F]{24}(\.partial)?")


@dataclass(frozen=True, slots=True)
class Backup:
    """One finished backup."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def database(self) -> Path:
        return self.folder / "database"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def manifest(self) -> dict[str, Any]:
        try:
            read: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text())
        except (OSError, ValueError) as error:
            raise BackupError(f"Backup {self.name} has no manifest: {error}.") from None
        return read

    def at(self) -> datetime:
        """When it was described: to no earlier moment can it be restored."""
        try:
            return datetime.fromisoformat(self.manifest()["moment"]["at"])
        except (KeyError, TypeError, ValueError):
            raise BackupError(f"Backup {self.name} does not say when it was described.") from None

    def first_segment(self) -> str:
        """The file of the log with which its recovery begins."""
        label = (self.database / "backup_label").read_text()
        found = re.search(r"\(file ([0-9A-F]{24})\)", label)
        if found is None:
            raise BackupError(f"Backup {self.name} does not say where its log begins.")
        return found[1]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder in which backups stand."""

    folder: Path

    @property
    def wal(self) -> Path:
        return self.folder / "wal"

    def backups(self) -> list[Backup]:
        """Finished ones, the oldest first."""
        if not self.folder.is_dir():
            return []
        found = [path for path in self.folder.iterdir() if NAME.fullmatch(path.name)]
        return [Backup(path) for path in sorted(found) if (path / "manifest.json").exists()]

    def newest(self, name: str = "", *, until: datetime | None = None) -> Backup:
        """The one of this name, or the newest; only one that can be restored to `until`.

        Told to recover to a time before a backup, PostgreSQL stops at the backup and says nothing.
        """
        found = [one for one in self.backups() if name in ("", one.name)]
        if not found:
            which = f"no backup {name}" if name else "no backup"
            raise BackupError(f"There is {which} in {self.folder}: manage.py backup takes one.")
        for one in reversed(found):
            if until is None or one.at() <= until:
                return one
        # A time that can be typed: the first whole second from which on it can.
        begins = (found[0].at() + timedelta(microseconds=999_999)).replace(microsecond=0)
        raise BackupError(
            f"Backup {found[0].name} restores to {begins:%Y-%m-%dT%H:%M:%SZ} or later: name a "
            "later time, or an older backup."
        )

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else takes a backup meanwhile. Raises BackupError when somebody does."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = locks.open_lock(self.folder / ".lock")
        except OSError as error:
            raise BackupError(f"{self.folder} cannot be written to: {error}.") from None
        try:
            if not locks.try_lock(lock, locks.EXCLUSIVE):
                raise BackupError(f"Another backup is being taken into {self.folder}.")
            yield
        finally:
            os.close(lock)

    @contextmanager
    def new(self) -> Iterator[Path]:
        """A folder that becomes a backup when this ends well, and goes when it does not."""
        for left in self.folder.glob(f"*{UNFINISHED}"):
            shutil.rmtree(left, ignore_errors=True)
        name = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
        if (self.folder / name).exists():
            raise BackupError(f"There is a backup {name} already; wait a second.")
        made = self.folder / f"{name}{UNFINISHED}"
        made.mkdir(mode=0o700)
        try:
            yield made
            made.rename(self.folder / name)
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def keep(self, count: int) -> list[str]:
        """Remove all but the newest, and the archived log that none of them needs; what went."""
        old = self.backups()[:-count]
        for backup in old:
            shutil.rmtree(backup.folder)
        gone = [backup.name for backup in old]
        left = self.backups()
        if left and self.wal.is_dir():
            first = left[0].first_segment()
            for path in self.wal.iterdir():
                # Without the time line, which is its first eight digits.
                if SEGMENT.fullmatch(path.name) and path.name[8:24] < first[8:]:
                    path.unlink()
        return gone


def write_whole(path: Path, content: dict[str, Any]) -> None:
    """A JSON file that is there completely or not at all, also after a power cut."""
    unfinished = path.with_suffix(".part")
    with unfinished.open("w") as file:
        json.dump(content, file, indent=1, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
