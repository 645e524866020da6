"""`make run` on a machine that has run it before: seconds until it is ready.

With a folder of its own and the embedded PostgreSQL, whatever DATABASE_URL says.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.ports import free_port
from benchmarks.report import Figure, at_most
from benchmarks.went import Say

LATER_SECONDS = 20


def measure(say: Say, size: int) -> None:
    """The first start makes the database and loads the starter data; `size` is no matter."""
    with TemporaryDirectory() as folder:
        first, later = _start(Path(folder)), _start(Path(folder))
    say(Figure("", "first start, starter data loaded", first, "s"))
    say(at_most(Figure("", "later start of the whole system", later, "s"), LATER_SECONDS))


def _start(folder: Path) -> float:
    """Seconds until `Ready:`, after which it is ended as Ctrl-C would."""
    ours = {"VAR_DIR": str(folder), "PORT": str(free_port()), "PYTHONUNBUFFERED": "1"}
    other = ("DATABASE_URL", "LARGE_DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")
    environment = {name: value for name, value in os.environ.items() if name not in other}
    begun = perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "investtrack.run"],
        env=environment | ours, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as system:  # fmt: skip
        said = ""
        for said in system.stdout or ():
            if said.startswith("Ready:"):
                break
        seconds = perf_counter() - begun
        system.send_signal(signal.SIGINT)
    if not said.startswith("Ready:"):
        raise RuntimeError("The system ended before it was ready.")
    return seconds
