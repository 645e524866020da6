"""Nothing stays of a chaos run: no process, no folder, whatever becomes of the run itself."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.chaos_broom import started_for
from tests.processes import PATIENCE, ROOT, wait_until

# One process that dies with its parent, and one that has left for a session of its own.
RUN = """
import signal, subprocess, sys, time
from benchmarks.chaos_broom import swept
# As at a terminal: what a shell starts beside itself is deaf to it, and hands that on.
signal.signal(signal.SIGINT, signal.default_int_handler)
with swept() as folder:
    shell = f"exec setsid sleep 600"
    subprocess.Popen(["sh", "-c", shell], env={"HOME": str(folder), "PATH": "/usr/bin:/bin"})
    (folder / "written").write_text("by a server")
    print(folder, flush=True)
    time.sleep(float(sys.argv[1]))
"""


def start(seconds: float) -> tuple[subprocess.Popen[str], Path]:
    command = [sys.executable, "-c", RUN, str(seconds)]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    return running, Path(running.stdout.readline().strip())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_stays_of_a_run_that_was_ended(number: signal.Signals) -> None:
    running, folder = start(600)
    with running:
        wait_until(lambda: started_for(str(folder)))
        running.send_signal(number)
    wait_until(lambda: not folder.exists() and not started_for(str(folder)))


def test_nothing_stays_of_a_run_that_came_to_its_end() -> None:
    running, folder = start(0)
    with running:
        assert running.wait(PATIENCE) == 0
    assert not folder.exists()
    assert not started_for(str(folder))
