"""Seconds by the clock, and of work: on a machine that has other things to do they differ."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, process_time

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

HERTZ = os.sysconf("SC_CLK_TCK")
# How often sessions of other threads are looked at, in seconds.
EVERY = 0.01


@dataclass(slots=True)
class Took:
    """Seconds by the clock, and of CPU in this process and in the database's for its sessions."""

    wall: float = 0.0
    here: float = 0.0
    server: float = 0.0

    @property
    def work(self) -> float:
        return self.here + self.server


@contextmanager
def measured() -> Iterator[Took]:
    """Measures what is done inside; the numbers are there when it has ended."""
    took = Took()
    own = _own_backend()
    with _other_sessions() as others:
        wall, here, server = perf_counter(), process_time(), _seconds(own)
        yield took
        took.wall, took.here = perf_counter() - wall, process_time() - here
    took.server = _seconds(own) - server + sum(others.values())


@contextmanager
def _other_sessions() -> Iterator[dict[int, float]]:
    """Seconds by server process of sessions that are begun inside, in whatever thread.

    They may end inside, too, and with them what the system says of them; so it is asked often.
    """
    seen: dict[int, float] = {}
    over = Event()

    def look() -> None:
        while not over.wait(EVERY):
            for pid in list(seen):
                seen[pid] = max(seen[pid], _seconds(pid))

    watch = Thread(target=look, daemon=True)

    def begun(connection: BaseDatabaseWrapper, **_: object) -> None:
        seen[connection.connection.info.backend_pid] = 0.0
        if not watch.is_alive():
            watch.start()

    connection_created.connect(begun)
    try:
        yield seen
    finally:
        connection_created.disconnect(begun)
        over.set()
        if watch.is_alive():
            watch.join()


def peak_mb() -> float:
    """The most memory that this process ever held. Linux only; 0 elsewhere.

    Not of getrusage, which begins with that of the process that started this one.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _own_backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _seconds(pid: int) -> float:
    """0 where the database is on another machine, this one has no /proc, or the session ended."""
    host = str(connection.settings_dict["HOST"])
    if not (host in ("", "localhost", "127.0.0.1") or host.startswith("/")):
        return 0.0
    stat = Path(f"/proc/{pid}/stat")
    try:
        # Nanoseconds of its only thread; the other file counts in hundredths of a second.
        return int(stat.with_name("schedstat").read_text().split()[0]) / 1e9
    except OSError:
        pass
    try:
        user, system = stat.read_text().rsplit(")", 1)[1].split()[11:13]
    except OSError:
        return 0.0
    return (int(user) + int(system)) / HERTZ
