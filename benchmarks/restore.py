"""`make restore-drill`: a whole life with backups, on a server of its own, and then an accident.

An empty server that archives its log, the starter register, a backup; write A, the time is noted,
write B, and the server crashes. Restored to the backup's own moment everything is as described;
restored to the time, A is there and B is not; restored to the end, both are. Each time every table
is compared. If there are backups in BACKUP_DIR, the newest of them is drilled afterwards.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.chaos_rig import RigError, wait_until
from investtrack.backup import BackupError
from investtrack.backup.compare import differences
from investtrack.backup.drill import drill, restored, state_of, surroundings
from investtrack.backup.restore import until_time
from investtrack.backup.scratch import Scratch, scratch
from investtrack.backup.shelf import Backup, Shelf
from investtrack.embedded import binaries
from investtrack.environment import BASE_DIR

# In seconds; `docs/operations.md` says 300 for an installation, and here nobody waits so long.
ARCHIVE_TIMEOUT = 5
DATABASE = "investtrack"
# reliability_tests: at most so much is lost, and so long nothing answers.
LOST_SECONDS, AWAY_SECONDS = 300.0, 1800.0


@dataclass(slots=True)
class Told:
    """What the register said after each write, and the time between them."""

    after_a: dict[str, Any]
    after_b: dict[str, Any]
    between: str
    archived_after: float


def main() -> int:
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="investtrack-restore-", dir="/tmp") as made:
        Path(made).chmod(0o755)
        try:
            faults += rehearse(Path(made))
        except (BackupError, RigError, subprocess.CalledProcessError) as error:
            faults.append(str(error))
    for fault in faults:
        print(f"DIFFERS: {fault}")
    print("The rehearsal passed." if not faults else "The rehearsal failed.", flush=True)
    return 1 if faults else newest_of_this_installation()


def rehearse(folder: Path) -> list[str]:
    """Faults of all three restorations."""
    shelf = Shelf(folder / "backups")
    with scratch(folder / "first", binaries.find()) as server:
        told = live(server, shelf)
        server.crash()
    backup = shelf.newest()
    begun = time.monotonic()
    report = drill(shelf, backup, folder=folder)
    say(f"restored to the backup's own moment in {time.monotonic() - begun:.1f} s: {report.facts}")
    away = sum(report.seconds.values())
    faults = list(report.faults)
    for what, until, expected in (
        (f"to {told.between}: A is there, B is not", until_time(told.between), told.after_a),
        ("to the end of the log: A and B are there", {}, told.after_b),
    ):
        found = again(shelf, backup, until, folder)
        faults += [f"Restored {what}? {one}" for one in compared(expected, found)]
        say(f"restored {what}; {len(found['tables'])} tables compared")
    say(f"lost at most (RPO): {told.archived_after:.1f} s, archive_timeout {ARCHIVE_TIMEOUT} s")
    say(f"until pages answer again (RTO): {away:.1f} s")
    if told.archived_after > LOST_SECONDS or away > AWAY_SECONDS:
        faults.append("It took longer than is promised.")
    return faults


def say(text: str) -> None:
    print(f"  {text}", flush=True)


def live(server: Scratch, shelf: Shelf) -> Told:
    """From an empty server to two writes, the second one archived."""
    server.initialise()
    shelf.wal.mkdir(parents=True)
    server.user.take(shelf.wal)
    script = server.folder / "archive-wal.sh"
    shutil.copy2(BASE_DIR / "deploy" / "postgresql" / "archive-wal.sh", script)
    script.chmod(0o755)
    command = f'sh {script} "%p" "%f" {shelf.wal}'
    archiving = {"archive_mode": "on", "archive_command": command}
    server.start(archiving | {"archive_timeout": f"{ARCHIVE_TIMEOUT}s", "fsync": "off"}, 60)
    with psycopg.connect(server.address("postgres"), autocommit=True) as known:
        known.execute(f"CREATE DATABASE {DATABASE}")
    environment = surroundings(server, DATABASE)
    manage(environment, "migrate", "--verbosity=0")
    manage(environment, "load_starter")
    manage(environment, "backup", "--to", str(shelf.folder))
    say(f"backup {shelf.newest().name} was taken")
    archived(server)
    manage(environment, "release", "before-the-accident", "--no-files")
    after_a = state_of(environment, 0)
    between = datetime.now(UTC).isoformat()
    time.sleep(0.2)
    manage(environment, "release", "the-accident", "--no-files")
    waited = archived(server)
    return Told(after_a, state_of(environment, 0), between, waited)


def manage(environment: Mapping[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR, env=dict(environment), capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise BackupError(f"manage.py {arguments[0]}: {done.stderr.strip()[-600:]}")


def archived(server: Scratch) -> float:
    """Seconds until what is written by now is in the archive."""
    with psycopg.connect(server.address("postgres"), autocommit=True) as known:
        row = known.execute("SELECT pg_walfile_name(pg_current_wal_insert_lsn())").fetchone()
        assert row is not None

        def done() -> bool:
            last = known.execute("SELECT last_archived_wal FROM pg_stat_archiver").fetchone()
            return bool(last and last[0] and last[0] >= row[0])

        return wait_until(done, LOST_SECONDS, "The log is archived")


def again(shelf: Shelf, backup: Backup, until: Mapping[str, str], folder: Path) -> dict[str, Any]:
    with restored(shelf, backup, until, folder) as server:
        return state_of(surroundings(server, DATABASE), 0)


def compared(expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Sentences about all that is not the same in two states of the register."""
    described = {"register": expected, "moment": {"exact": True}}
    return differences(described, found, exact=True)


def newest_of_this_installation() -> int:
    """The drill of `manage.py restore_drill`, where there is something to drill."""
    given = os.environ.get("BACKUP_DIR", "")
    var = Path(os.environ.get("VAR_DIR", "") or BASE_DIR / "var")
    shelf = Path(given) if given else var / "backups"
    if not Shelf(shelf).backups():
        print(f"No backups in {shelf}, so none of this installation was drilled.")
        return 0
    command = [sys.executable, "manage.py", "restore_drill", "--from", str(shelf)]
    return subprocess.run(command, cwd=BASE_DIR).returncode


if __name__ == "__main__":
    sys.exit(main())
