"""`with swept() as folder:` a folder for servers of a run, of which nothing stays, however it ends.

The broom is a process in a session of its own that listens to a pipe. When the pipe closes, since
whoever made the folder ended, was interrupted or was killed, it kills what was started for the
folder and removes it. What was started for it names it, in its command or its environment; nobody
else does, since its name is new each time. Not all of it dies with its parent: RabbitMQ's machine
leaves the script that started it.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.chaos_rig import ROOT, children, kill

SWEEPS = 200


@contextmanager
def swept() -> Iterator[Path]:
    """A new folder in /tmp. It, and all processes that were started for it, end with the block or
    with this process."""
    folder = Path(tempfile.mkdtemp(prefix="investtrack-chaos-", dir="/tmp"))
    # PostgreSQL does not run as root, and its user has to get there.
    folder.chmod(0o755)
    broom = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.chaos_broom"],
        stdin=subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,
    )
    assert broom.stdin is not None
    # Not in its command, where the broom would find itself.
    broom.stdin.write(f"{folder}\n".encode())
    broom.stdin.flush()
    try:
        yield folder
    finally:
        broom.stdin.close()
        broom.wait()


def started_for(folder: str) -> list[int]:
    """Processes whose command or environment names the folder."""
    found, name = [], folder.encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                said = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                if name in said:
                    found.append(int(entry.name))
    return found


def sweep(folder: str) -> None:
    """Kill until nobody is left who could start another or write on, and remove the folder."""
    for _ in range(SWEEPS):
        if found := started_for(folder):
            # PostgreSQL's processes name nothing: they write what they do over their environment.
            kill(*found, *(child for pid in found for child in children(pid)))
        shutil.rmtree(folder, ignore_errors=True)
        if not found and not Path(folder).exists():
            return
        time.sleep(0.05)


if __name__ == "__main__":
    (made,) = sys.stdin.read().splitlines()
    sweep(made)
