"""A place for real embedded servers, and processes that use them."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.processes import ROOT, processes_of, wait_until

CLIENT = """
import sys, time
from pathlib import Path
from investtrack.embedded.client import ensure
print(ensure(Path(sys.argv[1]), throwaway=True).host, flush=True)
time.sleep(600)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for a server, with a short path that every user can reach, unlike tmp_path."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "postgres"
        wait_until(lambda: not processes_of(Path(folder)))


@pytest.fixture
def client(home: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """`client()` starts a process that uses the server of `home`, and waits until it may."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("/")
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
