"""For every process that needs the embedded database: `ensure(home)`.

Locks in `home`, all of them `flock`s that vanish with their holders:
    clients.lock   shared, held by each client for the rest of its life
    start.lock     exclusive, held while a client looks for a keeper or starts one
    keeper.lock    exclusive, held by the keeper; started with it in hand, so that two never run
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from investtrack.embedded import EmbeddedError, locks
from investtrack.embedded.place import make_home
from investtrack.processes import last_lines

PROJECT = Path(__file__).resolve().parent.parent.parent
STOPPING_SECONDS = 20.0
STARTING_SECONDS = 90.0
# A server that died is back within that time, or the caller hears of it.
RETURN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Server:
    """How to connect: `host` is the folder of the socket."""

    host: str
    keeper: int

    def accepts(self) -> bool:
        """Whether something listens; it may still be starting."""
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(f"{self.host}/.s.PGSQL.5432")
            except OSError:
                return False
        return True


_guard = threading.Lock()
_held: dict[Path, int] = {}  # the shared locks; a forked child inherits them and holds them too
_known: dict[Path, Server] = {}


def ensure(home: Path, *, throwaway: bool = False, again: bool = False) -> Server:
    """The running server of `home`, started if need be, and kept for the life of this process.

    With `again`, what was known is not believed: the last connection failed.
    Raises EmbeddedError when it cannot be had.
    """
    with _guard:
        if again or home not in _known:
            try:
                _known[home] = _find_or_start(home, throwaway)
            except OSError as error:
                raise EmbeddedError(f"The embedded database cannot be used: {error}.") from error
        return _known[home]


def _find_or_start(home: Path, throwaway: bool) -> Server:
    make_home(home)
    if home not in _held:
        _held[home] = _hold(home / "clients.lock")
    start = locks.open_lock(home / "start.lock")
    try:
        if not locks.wait_lock(start, locks.EXCLUSIVE, STARTING_SECONDS):
            raise EmbeddedError(f"The database in {home} is being started, but never was ready.")
        return _meet_keeper(home, throwaway)
    finally:
        os.close(start)


def _hold(path: Path) -> int:
    lock = locks.open_lock(path)
    if not locks.wait_lock(lock, locks.SHARED, STOPPING_SECONDS):
        os.close(lock)
        raise EmbeddedError(f"The database in {path.parent} is being stopped, but never ends.")
    return lock


def _meet_keeper(home: Path, throwaway: bool) -> Server:
    """Wait for the keeper's word that the server is ready; start a keeper if there is none."""
    keeper = locks.open_lock(home / "keeper.lock")
    started = False
    deadline = time.monotonic() + RETURN_SECONDS
    try:
        while time.monotonic() < deadline:
            if not locks.try_lock(keeper, locks.EXCLUSIVE):
                server = _announced(home)
                if server and server.accepts():
                    return server
                time.sleep(0.05)
            elif started:
                raise EmbeddedError(_why(home))
            else:
                _start_keeper(home, keeper, throwaway)
                # Closed, not released: the lock lives on in the keeper's copy.
                os.close(keeper)
                keeper = locks.open_lock(home / "keeper.lock")
                started, deadline = True, time.monotonic() + STARTING_SECONDS
    finally:
        os.close(keeper)
    raise EmbeddedError(f"The database in {home} does not answer. {_why(home)}")


def _start_keeper(home: Path, lock: int, throwaway: bool) -> None:
    (home / "server.json").unlink(missing_ok=True)
    command = [sys.executable, "-m", "investtrack.embedded.keeper", str(home), str(lock)]
    if throwaway:
        command.append("--throwaway")
    with (home / "keeper.log").open("wb") as log:
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=PROJECT,
            start_new_session=True,
            pass_fds=(lock,),
        )


def _announced(home: Path) -> Server | None:
    try:
        return Server(**json.loads((home / "server.json").read_text()))
    except FileNotFoundError:
        return None


def _why(home: Path) -> str:
    """What the keeper had to say before it ended."""
    try:
        return (home / "error.txt").read_text()
    except FileNotFoundError:
        return f"Its keeper said: {last_lines(home / 'keeper.log')}"
