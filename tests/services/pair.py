"""A PostgreSQL and its streaming replica, each a process of its own that tests may kill."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.chaos_rig import Process, wait_until
from investtrack.embedded import binaries, owner
from tests.processes import PATIENCE, ROOT

PLAIN = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
OPTIONS = (
    "listen_addresses=", "shared_buffers=64MB", "fsync=off", "jit=off", "timezone=UTC",
    "max_connections=60", "wal_receiver_status_interval=1s", "hot_standby_feedback=on",
)  # fmt: skip


class Pair:
    """Both listen on sockets in the folder: the primary at 5433, the replica at 5434."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.user = folder, owner.current()
        folder.chmod(0o755)
        self.programs = binaries.find()
        if not binaries.runnable(self.programs, self.user):
            self.programs = binaries.copied(self.programs, folder)
        self.home = folder / "pg"
        self.home.mkdir()
        self.user.take(self.home)
        self.home.chmod(0o755)
        self._run("initdb", "--pgdata", "primary", "--locale=C.UTF-8", "--encoding=UTF8")
        self.primary, self.replica = self._server("primary", 5433), self._server("replica", 5434)
        self.primary.start()
        self.wait("primary")
        self._run("psql", "-h", self.home, "-p", "5433", "-c", "CREATE DATABASE pair", "postgres")
        self._run(
            "pg_basebackup", "-h", self.home, "-p", "5433", "-D", "replica", "-R", "-c", "fast"
        )
        self.replica.start()
        self.wait("replica")

    def url(self, name: str) -> str:
        where = str(self.home).replace("/", "%2F")
        return f"postgres://postgres@{where}:{5433 if name == 'primary' else 5434}/pair"

    def ask(self, name: str, text: str) -> Any:
        """The first value of the first row."""
        with psycopg.connect(self.url(name), autocommit=True, connect_timeout=30) as connection:
            row = connection.execute(text).fetchone()
        return row[0] if row else None

    def wait(self, name: str) -> None:
        wait_until(lambda: self._answers(name), PATIENCE, f"{name} answers")

    def back(self, name: str) -> None:
        """Start one that was killed; while its children let go of its data, it ends again."""
        server: Process = getattr(self, name)
        begun = time.monotonic()
        while time.monotonic() - begun < PATIENCE and not (server.alive() and self._answers(name)):
            if not server.alive():
                server.start()
            time.sleep(0.1)
        self.wait(name)

    def settle(self) -> None:
        """Wait until the replica has everything."""
        there = self.ask("primary", "SELECT pg_current_wal_lsn()")
        said = f"SELECT pg_last_wal_replay_lsn() >= '{there}'"
        wait_until(lambda: self.ask("replica", said), PATIENCE, "the replica has everything")

    def stop(self) -> None:
        self.replica.kill()
        self.primary.kill()

    def _answers(self, name: str) -> bool:
        try:
            return bool(self.ask(name, "SELECT true"))
        except psycopg.OperationalError as error:
            return "does not exist" in str(error)

    def _run(self, program: str, *arguments: Any) -> None:
        more = ["--username=postgres"]
        if program == "initdb":
            more += ["--auth=trust", "--no-sync", "--no-instructions"]
        subprocess.run(
            [self.programs.program(program), *more, *map(str, arguments)],
            check=True, capture_output=True, cwd=self.home, env=PLAIN, **self.user.popen(),
        )  # fmt: skip

    def _server(self, name: str, port: int) -> Process:
        command = [self.programs.program("postgres"), "-D", str(self.home / name)]
        for option in (f"port={port}", f"unix_socket_directories={self.home}", *OPTIONS):
            command += ["-c", option]
        return Process(name, command, self.folder, PLAIN, {"cwd": "/", **self.user.popen()})


def run(environment: dict[str, str], code: str) -> str:
    """What this code prints, in a process of its own with the project's settings."""
    begin = "import django; django.setup()\n"
    done = subprocess.run(
        [sys.executable, "-c", begin + code], cwd=ROOT, capture_output=True, text=True,
        env=environment | {"DJANGO_SETTINGS_MODULE": "investtrack.settings"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@contextmanager
def running() -> Iterator[Pair]:
    with tempfile.TemporaryDirectory(prefix="it-", dir="/tmp") as folder:
        pair = Pair(Path(folder))
        try:
            yield pair
        finally:
            pair.stop()
