"""Seconds by the clock, and of work: on a machine that has other things to do they differ."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

from django.db import connection

HERTZ = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Took:
    """Seconds by the clock, and of CPU in this process and in the database's for this session."""

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
    wall, here, server = perf_counter(), process_time(), _server_seconds()
    yield took
    took.wall, took.here = perf_counter() - wall, process_time() - here
    took.server = _server_seconds() - server


def peak_mb() -> float:
    """The most memory that this process ever held. Linux only; 0 elsewhere.

    Not of getrusage, which begins with that of the process that started this one.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _server_seconds() -> float:
    """0 where the database is on another machine, or this one has no /proc."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    host = str(connection.settings_dict["HOST"])
    if not (host in ("", "localhost", "127.0.0.1") or host.startswith("/")) or not stat.exists():
        return 0.0
    fine = stat.with_name("schedstat")
    if fine.exists():
        # Nanoseconds of its only thread; the other file counts in hundredths of a second.
        return int(fine.read_text().split()[0]) / 1e9
    user, system = stat.read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / HERTZ
