"""The proof: a backup is restored, started, asked, and compared with what it says of itself.

Nothing of the installation is touched but the backup, which is read. No worker and no scheduler is
started, so that nobody is mailed or called by a copy.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from investtrack.backup import BackupError
from investtrack.backup.compare import differences
from investtrack.backup.files import damaged
from investtrack.backup.restore import (
    hand_over,
    lay_out,
    lay_out_log,
    reading,
    until_moment,
)
from investtrack.backup.scratch import Scratch, scratch
from investtrack.backup.shelf import Backup, Shelf
from investtrack.backup.smoke import serving
from investtrack.backup.source import programs, run
from investtrack.backup.take import verify
from investtrack.backup.told import DRILL, tell
from investtrack.environment import BASE_DIR, SECRETS

RECOVERY_SECONDS = 3600.0


@dataclass(slots=True)
class Report:
    """What a drill found; it passed when there are no faults."""

    backup: str
    until: str
    seconds: dict[str, float] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def drill(
    shelf: Shelf,
    backup: Backup,
    *,
    until: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Report:
    """Restore to the moment of its description, or to `until` ({} is the end of the log)."""
    manifest = backup.manifest()
    exact = until is None
    settings = until_moment(backup) if until is None else until
    report = Report(backup.name, _said(manifest, until))
    begun = time.monotonic()
    with restored(shelf, backup, settings, folder) as server:
        report.seconds["the database to be back"] = round(time.monotonic() - begun, 1)
        environment = surroundings(server, manifest["database"])
        # Before any page is asked for: what is asked is counted, in a table.
        state = state_of(environment, manifest["register"]["head"])
        report.facts["the ledger ends at"] = state["head"]
        report.faults += differences(manifest, state, exact=exact)
        begun = time.monotonic()
        with serving(server.folder, environment) as answers:
            report.seconds["pages to answer after that"] = round(time.monotonic() - begun, 1)
            report.facts |= answers.facts
            report.faults += answers.faults
    report.facts["files beside it"] = len(manifest["files"])
    wrong = damaged(backup.files, manifest["files"])
    report.faults += [f"File {name} is damaged." for name in wrong]
    return report


def _said(manifest: Mapping[str, Any], until: Mapping[str, str] | None) -> str:
    if until is None:
        return f"{manifest['moment']['at']}, when it was described"
    return until.get("recovery_target_time", "the end of the log")


def write_result(shelf: Shelf, report: Report) -> None:
    """Beside the backups: when the last drill was, and whether it passed."""
    found = f"{len(report.faults)} differences: {report.faults[0]}" if report.faults else ""
    tell(DRILL, found, [settings.VAR_DIR, shelf.folder], **asdict(report))


@contextmanager
def restored(
    shelf: Shelf, backup: Backup, until: Mapping[str, str], folder: Path | None = None
) -> Iterator[Scratch]:
    """A server with the backup in it, recovered and ready, below a new folder in `folder`."""
    tools = programs(int(backup.manifest()["major"]))
    verify(tools, backup.database)
    with tempfile.TemporaryDirectory(prefix="investtrack-drill-", dir=folder) as made:
        Path(made).chmod(0o755)
        with scratch(Path(made) / "server", tools) as server:
            lay_out(backup, server.data)
            log = server.folder / "wal"
            lay_out_log(backup, shelf.wal, log)
            hand_over(server.data, server.user)
            hand_over(log, server.user)
            # A copy for a look need not survive a power cut.
            server.start({**reading(log), **until, "fsync": "off"}, RECOVERY_SECONDS)
            yield server


def surroundings(server: Scratch, database: str) -> dict[str, str]:
    """The product's environment on a restored server: a folder of its own, nobody's address.

    What may hold a secret names another server or a person to reach, and is emptied.
    """
    var = server.folder / "var"
    var.mkdir(exist_ok=True)
    (var / "tmp").mkdir(exist_ok=True)
    emptied = {name: "" for one in SECRETS for name in (one, f"{one}_FILE")}
    return {
        **os.environ,
        **emptied,
        "DATABASE_URL": server.address(database, _owner(server, database)),
        "DATABASE_POOLED": "false",
        "CACHE_URL": "locmem://",
        "EMAIL_URL": "console:",
        "VAR_DIR": str(var),
        "IMPORTS_DIR": "",
        "RELEASES_DIR": "",
        "STATIC_ROOT": "",
        "DEBUG": "false",
        "METRICS": "false",
        "HTTPS": "false",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "investtrack.settings",
    }


def _owner(server: Scratch, database: str) -> str:
    """The role that owns the register: everybody is let in here, whoever they say they are."""
    command = [server.programs.program("psql"), "-XAtd", server.address(database, "postgres")]
    sql = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    return run([*command, "-c", sql], "The restored register cannot be read").strip()


def state_of(environment: Mapping[str, str], until: int) -> dict[str, Any]:
    """What the register on that server says of itself."""
    command = [sys.executable, "manage.py", "register_state", "--until", str(until)]
    done = subprocess.run(
        command, cwd=BASE_DIR, env=dict(environment), capture_output=True, text=True
    )
    if done.returncode:
        raise BackupError(f"The restored register cannot be read: {done.stderr.strip()[-600:]}")
    said: dict[str, Any] = json.loads(done.stdout)
    return said
