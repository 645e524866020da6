"""The product's own web server on the database of the tests, in processes of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from tests.processes import ROOT

START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers; `master` is the number of its first process."""

    port: int
    master: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, seconds: float) -> None:
    """Until somebody listens on a port of this machine."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens on {port} after {seconds:.0f} s")


def database_url() -> str:
    """The database of the tests, for others. Where it is an embedded one, its host is a folder."""
    connection.ensure_connection()
    of = connection.connection.info
    login = f"{quote(of.user, safe='')}:{quote(of.password, safe='')}"
    return f"postgres://{login.rstrip(':')}@{quote(of.host, safe='')}:{of.port}/{of.dbname}"


@contextmanager
def serve(var: Path, *, threads: int = 4, **environment: str) -> Iterator[Served]:
    """Two processes behind a port of their own; requests are not limited unless told otherwise.

    They have the database of the tests, unless `environment` names another one.
    """
    port = free_port()
    settings = {"API_PER_HOUR": "0", "API_PER_HOUR_OPEN": "0"} | environment
    named = environment.get("DATABASE_URL") or database_url()
    places = {"DATABASE_URL": named, "VAR_DIR": str(var)}
    command = [sys.executable, "-m", "gunicorn", "investtrack.wsgi", f"--bind=127.0.0.1:{port}"]
    command += ["--preload", "--workers=2", f"--threads={threads}", "--worker-class=gthread"]
    command += ["--no-control-socket", "--access-logfile=-", "--graceful-timeout=1"]
    with (var / "web.log").open("wb") as log:
        web = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **places, **settings}, stdout=log, stderr=log
        )
    try:
        wait_for(port, START_SECONDS)
        yield Served(port, web.pid)
    finally:
        web.terminate()
        web.wait()
