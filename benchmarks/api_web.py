"""A web server as `make run` starts it, over the database of the measuring process."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from json import load
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import Any
from urllib.request import urlopen

from django.db import connection

from benchmarks.api_load import Load, in_its_own_process
from benchmarks.ports import free_port
from benchmarks.scratch import address

WORKERS, THREADS = 2, 4
LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Web:
    """The server at `port`; `master` is the process whose children answer."""

    port: int
    master: int

    def get(self, path: str) -> Any:
        """The open answer, to be read."""
        # An address of the answer itself is whole, one of ours begins with a slash.
        return urlopen(path if path.startswith("http") else f"http://127.0.0.1:{self.port}{path}")

    def json(self, path: str) -> Any:
        with self.get(path) as answer:
            return load(answer)

    def load(
        self, path: str, headers: dict[str, str] | None = None, wanted: int = 200
    ) -> Callable[[], Load]:
        """A measurement of this address, to be done later."""
        from benchmarks.api import SECONDS

        _, _, path = path.rpartition(f"127.0.0.1:{self.port}")

        def work() -> Load:
            before = self.processor()
            found = in_its_own_process(SECONDS, self.port, path, headers or {}, wanted)
            found.cost = (self.processor() - before) / found.answers * 1000
            return found

        return work

    def processor(self) -> float:
        """Seconds of processor time that its workers and the database's have had so far."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
            backends = [row[0] for row in cursor]
        return sum(map(_seconds, [*self.workers(), *backends]))

    def peak(self) -> float:
        """Megabytes that the largest of the answering processes ever had."""
        return max(_kilobytes(pid, "VmHWM") for pid in self.workers()) / 1024

    def workers(self) -> list[int]:
        return _children(self.master)

    @contextmanager
    def beside(self) -> Iterator[list[float]]:
        """Megabytes that the largest process beside an answering one had so far, again and again.

        They are gone when an answer is, so they are looked at while it is on its way.
        """
        seen, over = [0.0], Event()

        def look() -> None:
            while not over.wait(LOOK_SECONDS):
                for pid in [child for worker in self.workers() for child in _children(worker)]:
                    # One that has just begun or ended has nothing to say.
                    with suppress(OSError, StopIteration):
                        seen.append(_kilobytes(pid, "VmHWM") / 1024)

        watcher = Thread(target=look)
        watcher.start()
        try:
            yield seen
        finally:
            over.set()
            watcher.join()

    def forget_peak(self) -> None:
        for pid in self.workers():
            Path(f"/proc/{pid}/clear_refs").write_text("5")


def _seconds(pid: int) -> float:
    try:
        _, _, fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
    except FileNotFoundError:
        # A database on another machine.
        return 0.0
    # Its own, and those of processes that it started and that have ended.
    return sum(map(int, fields.split()[11:15])) / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    """Those that any thread of it has started."""
    found = list[int]()
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, thread.read_text().split())
    return found


def _kilobytes(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


@contextmanager
def web(application: str = "benchmarks.api_server", **environment: str) -> Iterator[Web]:
    """Start it on a free port; ended afterwards."""
    port = free_port()
    command = [
        sys.executable, "-m", "benchmarks.as_installed", "gunicorn", application,
        f"--bind=127.0.0.1:{port}", "--preload", "--worker-class=gthread",
        f"--workers={WORKERS}", f"--threads={THREADS}", "--keep-alive=30",
        "--log-level=error", "--no-control-socket",
    ]  # fmt: skip
    surroundings = os.environ | {"DATABASE_URL": address()} | environment
    # It writes a line for each request, as it always does, but to nowhere.
    server = subprocess.Popen(command, env=surroundings, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield Web(port, server.pid)
    finally:
        server.terminate()
        server.wait()


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz").close()
            return
        except OSError:
            sleep(0.2)
    raise TimeoutError(f"The web server does not answer at port {port}.")
