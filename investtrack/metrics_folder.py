"""Where the processes of one web server count together, each in files of its own."""

import os
import socket
import time
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

# Where prometheus_client finds it, in each process that is forked or started from here.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
UNUSED_SECONDS = 7 * 24 * 3600


def prepare(var_dir: Path) -> None:
    """Make the folder, in the first process of a web server.

    Nobody shares it with another server, also not where several have one VAR_DIR: their processes
    may have the same numbers. What servers that are gone have left is deleted: those of this host
    at once, those of others, such as earlier containers, when nobody has counted there for days.
    """
    if os.environ.get(FOLDER):
        return
    above, host = var_dir / "run" / "metrics", socket.gethostname()
    for left in above.glob("*-*"):
        if _is_left(left, host):
            rmtree(left, ignore_errors=True)
    mine = above / f"{host}-{os.getpid()}"
    rmtree(mine, ignore_errors=True)
    mine.mkdir(parents=True)
    os.environ[FOLDER] = str(mine)


def _is_left(folder: Path, host: str) -> bool:
    of, _, pid = folder.name.rpartition("-")
    if of == host:
        return not Path(f"/proc/{pid}").exists()
    with suppress(OSError):
        used = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
        return time.time() - used > UNUSED_SECONDS
    return False


def forget(pid: int) -> None:
    """A process ended: what it was doing is no longer being done; what it has counted stays."""
    folder = os.environ.get(FOLDER, "")
    if folder and Path(folder).is_dir():
        from prometheus_client.multiprocess import mark_process_dead

        with suppress(OSError):
            mark_process_dead(pid, folder)
