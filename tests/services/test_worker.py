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

from tests.processes import ROOT, wait_until

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
        wait_until((tmp_path / "ready").exists, 40)
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
    )
    return file


def test_a_task_that_is_sent_is_done(worker, broker, tmp_path):
    file = send(tmp_path, broker, "done")
    wait_until(file.exists, 15)
    time.sleep(1)
    assert file.read_text() == "done\n"


@pytest.mark.parametrize("broker", ["redis"], indirect=True)
def test_a_task_whose_process_was_killed_is_done_again(worker, broker, tmp_path):
    file = send(tmp_path, broker, "tried", "die")
    wait_until(lambda: file.exists() and file.read_text() == "tried\ntried\n", 30)


@pytest.mark.parametrize("broker", ["files"], indirect=True)
def test_the_pool_of_a_killed_worker_ends_too(worker, tmp_path):
    def children() -> str:
        command = ["pgrep", "-g", str(worker.pid)]
        return subprocess.run(command, capture_output=True, text=True).stdout

    assert len(children().split()) == 2
    worker.kill()
    worker.wait()
    wait_until(lambda: not children(), 10)


def test_a_broker_that_is_down_delays_the_sender_only_for_seconds(tmp_path):
    started = time.monotonic()
    with pytest.raises(subprocess.CalledProcessError):
        send(tmp_path, "redis://127.0.0.1:1/0", "never")
    assert time.monotonic() - started < 20
