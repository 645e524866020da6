"""Real servers and workers for the chaos run, on loopback, in a folder of their own.

Only processes that were started here are ever signalled, each by its number, and all of them end
with this process.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg

from benchmarks.ports import free_port
from investtrack.embedded import binaries, owner
from investtrack.processes import dies_with_parent, last_lines

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 180.0


class RigError(Exception):
    """A server that the run needs cannot be had; the text says why."""


def wait_until(condition: Callable[[], Any], seconds: float, what: str) -> float:
    """Seconds that it took; raises RigError when it does not come true."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > seconds:
            raise RigError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)
    return time.monotonic() - begun


def children(pid: int) -> list[int]:
    """Processes that this one has started, whatever session they went to."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
                if int(parent) == pid:
                    found.append(int(entry.name))
    return found


def kill(*pids: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@dataclass(slots=True)
class Process:
    """A program that can be started again and again; `popen` are further arguments for it."""

    name: str
    command: list[str]
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    popen: dict[str, Any] = field(default_factory=dict)
    running: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def pid(self) -> int:
        assert self.running is not None
        return self.running.pid

    def alive(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment},
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGKILL),
                **{"cwd": ROOT, **self.popen},
            )

    def kill(self, *, whole: bool = True) -> None:
        """SIGKILL it, with `whole` its children as well, and wait."""
        if self.running is not None:
            kill(self.running.pid, *(children(self.running.pid) if whole else ()))
            self.running.wait()

    def last_words(self) -> str:
        return last_lines(self.log)


class Broker(Protocol):
    """Whoever carries messages; see benchmarks/chaos_brokers.py."""

    url: str

    def start(self) -> None:
        """Start it empty, whatever it knew before, and wait until it takes messages."""

    def kill(self) -> None:
        """SIGKILL it, with all that it holds."""


class Rig:
    """PostgreSQL, a broker, two workers, a scheduler and a web server; nothing runs at first."""

    def __init__(self, folder: Path, broker: Broker, *, chunk: int | None = None) -> None:
        self.folder, self.broker = folder, broker
        self.var = folder / "var"
        self.var.mkdir()
        self.ports = {name: free_port() for name in ("postgres", "web", "files")}
        self.database_url = f"postgres://postgres@127.0.0.1:{self.ports['postgres']}/chaos"
        self.environment = {
            "DATABASE_URL": self.database_url,
            "VAR_DIR": str(self.var),
            "IMPORTS_DIR": "",
            "CELERY_BROKER_URL": broker.url,
            "CACHE_URL": "locmem://",
            "FEED_ALLOW_INSIDE": f"127.0.0.1:{self.ports['files']}",
            "WORKER_CONCURRENCY": "1",
            "SELF_APPROVAL": "true",
            "DEBUG": "false",
            "SECRET_KEY": "",
            "ALLOWED_HOSTS": "127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "investtrack.settings",
            **({"CHAOS_CHUNK": str(chunk)} if chunk else {}),
        }
        self.postgres = self._postgres()
        self.workers = [self._worker(number) for number in (1, 2)]
        self.scheduler = self.another_scheduler("scheduler")
        self.web = self._web()

    def _postgres(self) -> Process:
        user = owner.current()
        programs = binaries.find()
        home = self.folder / "postgres"
        home.mkdir()
        # PostgreSQL does not run as root, and its user has to get there.
        self.folder.chmod(0o755)
        if not binaries.runnable(programs, user):
            programs = binaries.copied(programs, home)
        data = home / "data"
        data.mkdir()
        user.take(data)
        plain = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        subprocess.run(
            [
                programs.program("initdb"), f"--pgdata={data}", "--locale=C.UTF-8",
                "--encoding=UTF8", "--username=postgres", "--auth=trust", "--no-instructions",
                # In MB: small, so that a disk can be full for tables before it is for the log.
                "--wal-segsize=1",
            ],
            check=True, capture_output=True, cwd="/", env=plain, **user.popen(),
        )  # fmt: skip
        command = [programs.program("postgres"), "-D", str(data)]
        for option in (
            "listen_addresses=127.0.0.1", f"port={self.ports['postgres']}",
            "unix_socket_directories=", "shared_buffers=256MB", "jit=off", "timezone=UTC",
            # One call for all files at the start after a crash.
            "recovery_init_sync_method=syncfs",
        ):  # fmt: skip
            command += ["-c", option]
        return Process("postgres", command, self.folder, popen={"cwd": "/", **user.popen()})

    def _celery(self, name: str, app: str, *arguments: str) -> Process:
        command = [sys.executable, "-m", "celery", "-A", app, *arguments, "--loglevel", "INFO"]
        ready = {"READY_FILE": str(self.folder / f"{name}.ready")}
        return Process(name, command, self.folder, {**self.environment, **ready})

    def _worker(self, number: int) -> Process:
        return self._celery(
            f"worker{number}", "benchmarks.chaos_worker", "worker", "--hostname",
            f"worker{number}@chaos", "--without-gossip", "--without-mingle",
        )  # fmt: skip

    def another_scheduler(self, name: str) -> Process:
        return self._celery(name, "investtrack", "beat", "--pidfile", "", "--max-interval", "2")

    def _web(self) -> Process:
        bind = f"--bind=127.0.0.1:{self.ports['web']}"
        command = [sys.executable, "-m", "gunicorn", "investtrack.wsgi", bind, "--workers=1"]
        command += ["--worker-class=gthread", "--threads=4", "--no-control-socket"]
        return Process("web", command, self.folder, self.environment)

    def connect(self) -> psycopg.Connection:
        """A connection of the observer's own. Raises psycopg.OperationalError."""
        return psycopg.connect(self.database_url, autocommit=True, connect_timeout=5)

    def database_answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError as error:
            return "does not exist" in str(error)
        return True

    def start_database(self) -> float:
        """Seconds until it took connections; right after a kill it may have to try again."""
        begun = time.monotonic()
        while True:
            self.postgres.start()
            while self.postgres.alive():
                if self.database_answers():
                    return time.monotonic() - begun
                time.sleep(0.05)
            if time.monotonic() - begun > START_SECONDS:
                raise RigError(f"PostgreSQL did not start: {self.postgres.last_words()}")
            time.sleep(0.1)

    def make_database(self) -> None:
        server = self.database_url.replace("/chaos", "/postgres")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("CREATE DATABASE chaos")

    def start_workers(self) -> None:
        """Start the workers that do not run, and wait until they take messages."""
        for worker in self.workers:
            if not worker.alive():
                Path(worker.environment["READY_FILE"]).unlink(missing_ok=True)
                worker.start()
        for worker in self.workers:
            ready = Path(worker.environment["READY_FILE"])
            wait_until(ready.exists, START_SECONDS, f"{worker.name} is ready")

    def revive(self) -> None:
        """Start what has died meanwhile, as a supervisor does; does not wait."""
        for process in (*self.workers, self.scheduler):
            if process.running is not None and not process.alive():
                process.start()

    def stop(self) -> None:
        for process in (self.web, self.scheduler, *self.workers):
            process.kill()
        self.broker.kill()
        self.postgres.kill()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def process_at(port: int, among: list[int]) -> int | None:
    """Which of these processes holds the local end of a TCP connection from this port."""
    inodes = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        cells = line.split()
        if int(cells[1].split(":")[1], 16) == port:
            inodes.add(f"socket:[{cells[9]}]")
    for pid in among:
        with suppress(OSError):
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    if os.readlink(descriptor) in inodes:
                        return pid
    return None


@contextmanager
def rig(folder: Path, broker: Broker, *, chunk: int | None = None) -> Iterator[Rig]:
    """Database and broker run, the database without tables; all else is still to be started."""
    made = Rig(folder, broker, chunk=chunk)
    try:
        made.start_database()
        made.make_database()
        made.broker.start()
        yield made
    finally:
        made.stop()
