"""A real worker on a real broker, with the project's own settings."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.processes import PATIENCE, ROOT, wait_until

SEND = "import sys; from tests.services.probe import note; note.delay(*sys.argv[1:])"

pytestmark = pytest.mark.services


def environment(var: Path, broker: str) -> dict[str, str]:
    return {
        **os.environ,
        "VAR_DIR": str(var),
        "CELERY_BROKER_URL": broker,
        "READY_FILE": str(var / "ready"),
        "TMPDIR": str(var),
    }


@pytest.fixture(params=["redis", "files"])
def broker(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue("redis") if request.param == "redis" else ""


@pytest.fixture
def worker(tmp_path: Path, broker: str) -> Iterator[subprocess.Popen[bytes]]:
    celery = [sys.executable, "-m", "celery", "--app", "tests.services.probe", "worker"]
    process = subprocess.Popen(
        celery, cwd=ROOT, env=environment(tmp_path, broker), start_new_session=True
    )
    try:
        wait_until((tmp_path / "ready").exists)
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def send(var: Path, broker: str, *arguments: str) -> Path:
    """Send the task; the file that it will write."""
    file = var / "noted"
    subprocess.run(
        [sys.executable, "-c", SEND, str(file), *arguments],
        cwd=ROOT,
        env=environment(var, broker),
        check=True,
        timeout=PATIENCE,
    )
    return file


def test_a_task_that_is_sent_is_done(worker, broker, tmp_path):
    file = send(tmp_path, broker, "done")
    wait_until(lambda: file.exists() and file.read_text() == "done\n")
    # And is not done again.
    time.sleep(1)
    assert file.read_text() == "done\n"


@pytest.mark.parametrize("broker", ["redis"], indirect=True)
def test_a_task_whose_process_was_killed_is_done_again(worker, broker, tmp_path):
    file = send(tmp_path, broker, "tried", "die")
    wait_until(lambda: file.exists() and file.read_text() == "tried\ntried\n")


@pytest.mark.parametrize("broker", ["files"], indirect=True)
def test_the_pool_of_a_killed_worker_ends_too(worker, tmp_path):
    def children() -> str:
        command = ["pgrep", "-g", str(worker.pid)]
        return subprocess.run(command, capture_output=True, text=True).stdout

    wait_until(lambda: len(children().split()) == 2)
    worker.kill()
    worker.wait()
    wait_until(lambda: not children())


def test_a_broker_that_is_down_does_not_hold_the_sender_for_ever(tmp_path):
    with pytest.raises(subprocess.CalledProcessError):
        send(tmp_path, "redis://127.0.0.1:1/0", "never")
