"""The product's own web server on the database of the tests, in processes of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from benchmarks.ports import free_port
from tests.processes import ROOT, wait_until


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers; `master` is the number of its first process."""

    port: int
    master: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def wait_for(port: int, server: subprocess.Popen[bytes] | None = None) -> None:
    """Until somebody listens on a port of this machine; `server` is who should."""

    def listens() -> bool:
        ended = server and server.poll()
        assert ended is None, f"who should listen on {port} has ended with {ended}"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return True
        return False

    wait_until(listens)


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
    # Clients that have to wait for a processor come back over the connection that they have.
    command += ["--keep-alive=60"]
    with (var / "web.log").open("wb") as log:
        web = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **places, **settings}, stdout=log, stderr=log
        )
    try:
        wait_for(port, web)
        yield Served(port, web.pid)
    finally:
        web.terminate()
        web.wait()
