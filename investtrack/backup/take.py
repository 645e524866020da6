"""One backup: the whole server, the log until a known moment, the files, and what it all says."""

import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg

from investtrack.backup import BackupError
from investtrack.backup.files import copy_all
from investtrack.backup.moment import mark, one_moment
from investtrack.backup.shelf import Backup, Shelf, write_whole
from investtrack.backup.source import Source, programs, run
from investtrack.embedded.binaries import Binaries

FORMAT = 1
WAL_SECONDS = 120
# While it is held, the server keeps what of its log this backup still has to fetch. It goes with
# its connection, so a backup that was killed does not fill the server's disk.
SLOT = "SELECT pg_create_physical_replication_slot(%s, true, true)"
MAY_NOT = (
    "its role may not copy the server. Give it the attribute REPLICATION and pg_hba.conf a line "
    "for it, or let BACKUP_URL name a role that has both (docs/operations.md)"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a backup takes: how to describe the register, folders by name, a secret or not."""

    describe: Callable[[], dict[str, Any]]
    folders: Mapping[str, Path]
    secret: Path | None = None
    patience: float = 60.0


def take(shelf: Shelf, source: Source, wanted: Wanted) -> Backup:
    """Raises BackupError; then nothing is left of it."""
    tools = programs(source.major)
    with shelf.alone():
        begun, earlier = time.monotonic(), shelf.backups()[-1:]
        with shelf.new() as folder, closing(source.connect()) as watcher:
            _hold_log(watcher)
            _copy(source, tools, folder / "database")
            verify(tools, folder / "database")
            manifest = _describe(source, tools, folder, watcher, wanted)
            manifest["files"] = _files(folder, earlier, wanted)
            manifest["seconds"] = round(time.monotonic() - begun, 1)
            manifest["bytes"] = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
            write_whole(folder / "manifest.json", manifest)
        return shelf.newest()


def _hold_log(watcher: psycopg.Connection) -> None:
    name = f"investtrack_backup_{watcher.info.backend_pid}"
    try:
        watcher.execute(SLOT, [name])
    except psycopg.errors.InsufficientPrivilege:
        raise BackupError(f"No backup: {MAY_NOT}.") from None
    except psycopg.Error as error:
        raise BackupError(f"The server does not keep its log for a backup: {error}") from None


def _copy(source: Source, tools: Binaries, goal: Path) -> None:
    arguments = ["--pgdata", str(goal), "--format=plain", "--wal-method=stream"]
    arguments += ["--checkpoint=fast", "--manifest-checksums=SHA256", "--label=investtrack"]
    command = source.command(tools.program("pg_basebackup"), *arguments)
    try:
        run(command, "The server could not be copied", env=source.environment())
    except BackupError as error:
        refused = "no pg_hba.conf entry" in str(error) or "permission denied" in str(error)
        raise BackupError(f"{error} — {MAY_NOT}." if refused else str(error)) from None


def verify(tools: Binaries, database: Path) -> None:
    """Each file of the copy is what the server sent; raises BackupError."""
    run([tools.program("pg_verifybackup"), "--quiet", str(database)], "The copy is damaged")


def _describe(
    source: Source, tools: Binaries, folder: Path, watcher: psycopg.Connection, wanted: Wanted
) -> dict[str, Any]:
    """What the register says at a moment, after the log until that moment is here."""
    with one_moment(watcher, wanted.patience) as moment:
        until = mark(watcher, folder.name)
        _fetch_log(source, tools, folder / "database" / "pg_wal", until)
        said = wanted.describe()
    return {
        "format": FORMAT,
        "moment": asdict(moment),
        "postgres": watcher.info.parameter_status("server_version"),
        "major": source.major,
        "database": source.database,
        "register": said,
    }


def _fetch_log(source: Source, tools: Binaries, into: Path, until: str) -> None:
    """The log that was written since the copy ended, as far as the mark."""
    arguments = ["--directory", str(into), f"--endpos={until}", "--no-loop"]
    command = source.command(tools.program("pg_receivewal"), *arguments)
    popen: dict[str, Any] = {"env": source.environment(), "timeout": WAL_SECONDS}
    run(command, "The log of the server could not be fetched", **popen)
    for partial in into.glob("*.partial"):
        # Filled with zeros to its full length, at which recovery ends.
        partial.rename(partial.with_suffix(""))


def _files(folder: Path, earlier: list[Backup], wanted: Wanted) -> list[dict[str, Any]]:
    """After the moment: a file is there before the row that names it."""
    before, known = None, []
    if earlier:
        before, known = earlier[0].files, earlier[0].manifest()["files"]
    (folder / "files").mkdir()
    copied = copy_all(wanted.folders, folder / "files", before, known)
    if wanted.secret is not None and wanted.secret.exists():
        shutil.copy2(wanted.secret, folder / "SECRET-secret-key")
    return copied
