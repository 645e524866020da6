"""A server of one's own for as long as a rehearsal lasts: its socket is the only way in."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from investtrack.backup import BackupError
from investtrack.embedded import binaries, place
from investtrack.embedded.binaries import Binaries
from investtrack.embedded.cluster import kill, stop
from investtrack.embedded.owner import Owner, current
from investtrack.processes import dies_with_parent, last_lines

# Nothing of what a copied server was told: not where it listens, nor whom it follows or feeds.
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "40",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "hot_standby": "off",
    "archive_mode": "off",
    "log_min_messages": "log",
}
LET_IN = "local all all trust\nlocal replication all trust\n"
PLAIN = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
POLL_SECONDS = 0.1


@dataclass(slots=True)
class Scratch:
    """`folder` has `data`; the server runs as `user`, who may not be root."""

    folder: Path
    user: Owner
    programs: Binaries
    running: subprocess.Popen[bytes] | None = None
    socket: Path | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    def initialise(self) -> None:
        """An empty server."""
        self.data.mkdir()
        self.user.take(self.data)
        command = [self.programs.program("initdb"), f"--pgdata={self.data}", "--locale=C.UTF-8"]
        command += ["--encoding=UTF8", "--username=postgres", "--auth=trust", "--no-instructions"]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd="/", env=PLAIN, **self.user.popen()
        )
        if done.returncode:
            raise BackupError(f"No server could be made: {done.stderr.strip()}")

    def start(self, options: Mapping[str, str], seconds: float) -> None:
        """Start it, and wait until it takes connections that may write."""
        self._configure({**OPTIONS, **options})
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                [self.programs.program("postgres"), "-D", str(self.data)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=PLAIN,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGQUIT),
                **self.user.popen(),
            )
        self._wait(seconds)

    def _configure(self, options: Mapping[str, str]) -> None:
        if self.socket is None:
            self.socket = place.socket_folder(self.folder, self.user)
        known = {**options, "unix_socket_directories": str(self.socket)}
        lines = [
            f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in known.items()
        ]
        for name, text in {
            "postgresql.conf": "\n".join(lines) + "\n",
            "postgresql.auto.conf": "",
            "pg_hba.conf": LET_IN,
            "pg_ident.conf": "",
        }.items():
            path = self.data / name
            path.write_text(text)
            self.user.take(path)

    def _wait(self, seconds: float) -> None:
        """A server that recovers refuses connections, or takes them for reading alone."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.alive():
            try:
                with psycopg.connect(self.address("postgres"), connect_timeout=5) as known:
                    row = known.execute("SELECT pg_is_in_recovery()").fetchone()
            except psycopg.OperationalError as error:
                if "does not exist" in str(error):
                    return  # some superuser of another name; it answers
                row = None
            if row == (False,):
                return
            time.sleep(POLL_SECONDS)
        why = "ended" if not self.alive() else f"was not ready in {seconds:.0f} s"
        raise BackupError(f"The server {why}. It said: {last_lines(self.log, 8)}")

    def alive(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def address(self, database: str, role: str = "postgres") -> str:
        """As DATABASE_URL takes it."""
        assert self.socket is not None
        where = quote(str(self.socket), safe="")
        return f"postgres://{quote(role, safe='')}@{where}/{quote(database, safe='')}"

    def crash(self) -> None:
        """As a power cut would end it."""
        if self.running is not None:
            kill(self.running)

    def stop(self) -> None:
        if self.running is not None:
            stop(self.running)
        if self.socket is not None:
            place.discard_socket_folder(self.socket, self.folder)


@contextmanager
def scratch(folder: Path, tools: Binaries) -> Iterator[Scratch]:
    """A server to be initialised or restored in a new `folder`, which goes with it."""
    user = current()
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    if not user.can_reach(folder):
        raise BackupError(f"PostgreSQL's user cannot reach {folder}; name another --folder.")
    if not binaries.runnable(tools, user):
        tools = binaries.copied(tools, folder)
    made = Scratch(folder, user, tools)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)
