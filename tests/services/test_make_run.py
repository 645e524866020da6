"""`make run` as people use it: it gets ready, and whatever ends it leaves no process behind."""

import os
import signal
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.ports import free_port
from tests.processes import PATIENCE, ROOT, kill, processes_of, the_process, wait_until

# The last lines of what the database and the register say of all that was ever written to them.
STATE = """
from django.db.migrations.recorder import MigrationRecorder
from deals.models import DealVersion, Source
print(MigrationRecorder.Migration.objects.latest("applied").applied.isoformat())
print(DealVersion.objects.latest("pk").pk, Source.objects.latest("pk").pk)
"""

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(
        not (ROOT / ".venv" / ".requirements").exists(), reason="needs `make install`"
    ),
]


@dataclass(frozen=True)
class Running:
    """`make run` on a folder and a port of its own."""

    make: subprocess.Popen[str]
    var: Path
    port: int

    def wait_ready(self) -> str:
        """Everything that it printed up to the line that says it is ready."""
        assert self.make.stdout is not None
        printed = ""
        for line in self.make.stdout:
            printed += line
            if line.startswith("Ready:"):
                return printed
        raise AssertionError(f"not ready: {printed}")

    def manage(self, *words: str) -> str:
        """What a command says that is given beside it."""
        done = subprocess.run(
            [str(ROOT / ".venv/bin/python"), "manage.py", *words],
            cwd=ROOT, env={**os.environ, "VAR_DIR": str(self.var), "DATABASE_URL": ""},
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def health(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz") as answer:
            return int(answer.status)

    def runner(self) -> int:
        listed = subprocess.run(
            ["pgrep", "-P", str(self.make.pid)], capture_output=True, text=True, check=True
        )
        return int(listed.stdout)


def start(var: Path, port: int) -> Running:
    environment = {
        **os.environ,
        "VAR_DIR": str(var),
        "PORT": str(port),
        "DATABASE_URL": "",
        "CELERY_BROKER_URL": "",
    }
    for name in ("MAKEFLAGS", "MAKELEVEL"):
        environment.pop(name, None)
    make = subprocess.Popen(
        ["make", "--no-print-directory", "run"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # A test runner in the background may have had SIGINT ignored for its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    return Running(make, var, port)


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """One folder for all, so that only the first start has to make a database."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        wait_until(lambda: not processes_of(Path(folder)))


@pytest.fixture
def running(var: Path) -> Iterator[Running]:
    one = start(var, free_port())
    yield one
    one.make.kill()
    one.make.communicate()
    wait_until(lambda: not processes_of(var))


def test_it_prints_the_headline_and_serves_and_keeps_others_from_its_data_and_port(running):
    printed = running.wait_ready()
    lines = printed.splitlines()
    assert lines[-1] == f"Ready: http://127.0.0.1:{running.port}"
    assert "Europe" in printed
    assert running.health() == 200
    # A command works beside it.
    running.manage("migrate", "--check")
    a_port_that_is_taken_is_one_clear_sentence(running)
    a_second_one_on_the_same_data_is_refused(running)


def a_port_that_is_taken_is_one_clear_sentence(running: Running) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as other:
        second = start(Path(other), running.port)
        printed, _ = second.make.communicate(timeout=PATIENCE)
    assert second.make.returncode != 0
    assert f"InvestTrack was not started: port {running.port} on 127.0.0.1" in printed
    assert f"make run PORT={running.port + 1}" in printed
    assert "Traceback" not in printed


def a_second_one_on_the_same_data_is_refused(running: Running) -> None:
    second = start(running.var, free_port())
    printed, _ = second.make.communicate(timeout=PATIENCE)
    assert second.make.returncode != 0
    assert "it already runs with the data in" in printed
    assert running.health() == 200


def end_by_control_c(running: Running) -> None:
    os.killpg(running.make.pid, signal.SIGINT)


def end_by_interrupting_make_alone(running: Running) -> None:
    running.make.send_signal(signal.SIGINT)


def end_by_terminating_make(running: Running) -> None:
    running.make.terminate()


def end_by_killing_make(running: Running) -> None:
    running.make.kill()


def end_by_killing_the_runner(running: Running) -> None:
    kill(running.runner())


def end_by_killing_the_keeper_of_the_services(running: Running) -> None:
    kill(the_process(running.var, "-m investtrack.group"))


def end_by_killing_runner_and_both_keepers(running: Running) -> None:
    keepers = [the_process(running.var, "-m investtrack.group")]
    keepers += [the_process(running.var, "embedded.keeper")]
    for pid in [running.runner(), *keepers, running.make.pid]:
        kill(pid)


@pytest.mark.parametrize(
    "end",
    [
        end_by_control_c,
        end_by_interrupting_make_alone,
        end_by_terminating_make,
        end_by_killing_make,
        end_by_killing_the_runner,
        end_by_killing_the_keeper_of_the_services,
        end_by_killing_runner_and_both_keepers,
    ],
    ids=lambda end: end.__name__,
)
def test_no_process_survives(running, end):
    running.wait_ready()
    assert len(processes_of(running.var)) > 5
    end(running)
    wait_until(lambda: not processes_of(running.var))


def test_a_later_start_does_nothing_again_that_takes_long(running):
    """How many seconds it takes, `make bench` says (benchmarks/start.py)."""
    running.wait_ready()
    before, made = running.manage("shell", "-v0", "-c", STATE), database_made(running.var)
    os.killpg(running.make.pid, signal.SIGINT)
    running.make.communicate(timeout=PATIENCE)
    later = start(running.var, running.port)
    try:
        later.wait_ready()
        assert later.manage("shell", "-v0", "-c", STATE) == before
        assert database_made(running.var) == made
    finally:
        later.make.kill()
        later.make.communicate()


def database_made(var: Path) -> int:
    """When the folder of the database was made."""
    return (var / "postgres" / "data" / "PG_VERSION").stat().st_mtime_ns
