"""The keeper: `python -m investtrack.embedded.keeper HOME LOCK_FD [--throwaway]`.

Started by a client that has just taken the keeper's lock and hands it over. It runs PostgreSQL,
starts it again if it dies, and stops it when no client holds the shared lock.
"""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psycopg

from investtrack.embedded import EmbeddedError, binaries, locks, owner, place
from investtrack.embedded.cluster import Cluster, kill, stop

DATABASE = ROLE = "investtrack"
POLL_SECONDS = 0.25
# Commands follow one another; the server waits that long for the next client.
LINGER_SECONDS = 2.0
START_SECONDS = 60.0
RESTARTS = 5


def prepare(home: Path, throwaway: bool) -> Cluster:
    """The cluster of `home`, created when missing, with no server on it."""
    user = owner.current()
    where = place.data_place(home, user)
    version_file = where / "data" / "PG_VERSION"
    major = int(version_file.read_text()) if version_file.exists() else None
    programs = binaries.find(major)
    if not binaries.runnable(programs, user):
        programs = binaries.copied(programs, where)
    cluster = Cluster(where, user, programs, home / "postgres.log", throwaway)
    cluster.clear_stale()
    cluster.create()
    return cluster


def wait_ready(cluster: Cluster, server: subprocess.Popen[bytes], socket: Path) -> None:
    """Wait until the server answers, and see to it that our role and database are there."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            with psycopg.connect(
                host=str(socket), user="postgres", dbname="postgres", autocommit=True
            ) as connection:
                _create_database(connection)
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise EmbeddedError(f"PostgreSQL did not start. It said: {cluster.last_words()}")


def _create_database(connection: psycopg.Connection) -> None:
    """An ordinary role, as in a real installation, that owns the database and may make others."""
    roles = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
    if roles.fetchone() is None:
        connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
    databases = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if databases.fetchone() is None:
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")


class Keeper:
    """One server while it has clients."""

    def __init__(self, home: Path, lock: int, throwaway: bool) -> None:
        self.lock = lock
        self.home = home
        self.cluster = prepare(home, throwaway)
        self.clients = locks.open_lock(home / "clients.lock")
        self.address = home / "server.json"
        self.restarts = 0
        self.asked_to_stop = False

    def run(self) -> None:
        socket = place.socket_folder(self.cluster.place, self.cluster.owner)
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)
        server = self._start(socket)
        try:
            while not self._over():
                if server.poll() is not None:
                    self.address.unlink(missing_ok=True)
                    server = self._start(socket)
        finally:
            if self._home_is_ours():
                self.address.unlink(missing_ok=True)
                stop(server)
            else:
                # VAR_DIR was deleted, and a new server may be on its way in the same place. A
                # killed one cannot remove the socket of its successor.
                kill(server)
            place.discard_socket_folder(socket, self.cluster.place)

    def _home_is_ours(self) -> bool:
        try:
            return os.path.samestat(os.stat(self.home / "keeper.lock"), os.fstat(self.lock))
        except FileNotFoundError:
            return False

    def _ask_to_stop(self, *_: object) -> None:
        self.asked_to_stop = True

    def _start(self, socket: Path) -> subprocess.Popen[bytes]:
        """Start and wait; after `kill -9` its children need a moment to let go of the data."""
        while True:
            server = self.cluster.start(socket)
            try:
                wait_ready(self.cluster, server, socket)
            except EmbeddedError:
                stop(server)
                self.restarts += 1
                if self.restarts > RESTARTS:
                    raise
                if self.restarts == RESTARTS and self.cluster.throwaway:
                    self.cluster.create_anew()  # without fsync, a power cut may have spoilt it
                time.sleep(1)
                continue
            self.restarts = 0
            self._publish(socket)
            return server

    def _publish(self, socket: Path) -> None:
        unfinished = self.address.with_suffix(".unfinished")
        unfinished.write_text(json.dumps({"host": str(socket), "keeper": os.getpid()}))
        unfinished.replace(self.address)

    def _over(self) -> bool:
        """Look for clients once per poll; when there are none for long, keep new ones out."""
        deadline = time.monotonic() + LINGER_SECONDS
        while self._home_is_ours() and not self.asked_to_stop:
            time.sleep(POLL_SECONDS)
            if not locks.try_lock(self.clients, locks.EXCLUSIVE):
                return False
            if time.monotonic() >= deadline:
                return True  # the lock stays ours: who comes now waits, then starts a new keeper
            locks.release(self.clients)
        return True


def main(arguments: list[str]) -> int:
    home, lock = Path(arguments[0]), int(arguments[1])
    os.set_inheritable(lock, False)
    if os.fork():  # our starter has its own affairs and is not to collect a dead keeper
        return 0
    error = home / "error.txt"
    error.unlink(missing_ok=True)
    try:
        Keeper(home, lock, "--throwaway" in arguments).run()
    except EmbeddedError as failure:
        error.write_text(str(failure))
        return 1
    except Exception as failure:
        with suppress(OSError):
            error.write_text(f"{type(failure).__name__}: {failure}")
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
