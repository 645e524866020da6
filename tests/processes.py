"""Looking at real processes, for tests that start some."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Seconds for what comes at once on a machine with nothing else to do: a test that waits so long has
# found what never comes. How fast something is, benchmarks say.
PATIENCE = 90.0


def processes_of(folder: Path) -> dict[int, str]:
    """Processes whose command names the folder, who work in it or write to it; by number."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            where = os.readlink(entry / "cwd")
            environment = (entry / "environ").read_bytes().split(b"\0")
            writes = f"VAR_DIR={folder}".encode() in environment
            if writes or str(folder) in command or where.startswith(str(folder)):
                found[int(entry.name)] = command
    return found


def the_process(folder: Path, words: str) -> int:
    """The one process of the folder whose command has these words.

    For a moment after a fork, a child of PostgreSQL still bears the name of its parent.
    """

    found: list[int] = []

    def is_alone() -> bool:
        found[:] = [pid for pid, command in processes_of(folder).items() if words in command]
        return len(found) == 1

    wait_until(is_alone)
    return found[0]


def wait_until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
