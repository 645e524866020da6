"""Groups of services end with their asker, with all their children, whoever is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from investtrack.group import Event, Group, Service
from tests.processes import PATIENCE, ROOT, processes_of, wait_until

# A service with a child that takes no hint, as a pool of workers may be.
FAMILY = """
import signal, subprocess, sys, time
child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(999)"
subprocess.Popen([sys.executable, "-c", child, sys.argv[1]])
time.sleep(999)
"""
# A command that notes that it was interrupted.
LISTENER = """
import pathlib, sys, time
here = pathlib.Path(sys.argv[1])
try:
    (here / "listens").touch()
    time.sleep(999)
except KeyboardInterrupt:
    (here / "heard").touch()
"""
ASKER = """
import sys, time
from investtrack.group import Group, Service
with Group([Service("family", [sys.executable, "-c", {family!r}, sys.argv[1]])]):
    time.sleep(999)
"""


def wait_for(count: int, folder: Path) -> None:
    wait_until(lambda: len(processes_of(folder)) == count)


@pytest.fixture
def asker(tmp_path) -> Iterator[subprocess.Popen[bytes]]:
    """A process with a group of one service, which has one child."""
    code = ASKER.format(family=FAMILY)
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT)
    wait_for(3, tmp_path)
    yield process
    process.kill()
    process.wait()
    wait_for(0, tmp_path)


def test_a_killed_asker_takes_service_and_its_children_along(asker, tmp_path):
    asker.kill()
    asker.wait()
    wait_for(0, tmp_path)


def test_a_killed_keeper_does_too_once_the_asker_looks(tmp_path):
    service = Service("family", [sys.executable, "-c", FAMILY, str(tmp_path)])
    with Group([service]) as group:
        wait_for(2, tmp_path)
        os.kill(group._keeper.pid, signal.SIGKILL)
        with pytest.raises(EOFError, match="was ended"):
            listen_for_ever(group)
    wait_for(0, tmp_path)


def listen_for_ever(group: Group) -> None:
    while True:
        list(group.events())


def events_of(service: Service, kinds: list[str]) -> list[Event]:
    """The events of a group of one, until as many as expected have come."""
    seen: list[Event] = []
    deadline = time.monotonic() + PATIENCE
    with Group([service]) as group:
        while len(seen) < len(kinds) and time.monotonic() < deadline:
            seen += group.events()
    return seen


def test_a_service_that_dies_is_started_again():
    service = Service("brief", [sys.executable, "-c", "raise SystemExit(3)"])
    events = events_of(service, ["started", "exited", "started"])
    assert [(event.kind, event.code) for event in events[:3]] == [
        ("started", None),
        ("exited", 3),
        ("started", None),
    ]
    assert events[0].pid != events[2].pid


def test_a_service_gets_its_environment_and_its_log(tmp_path):
    log = tmp_path / "log"
    code = "import os; print(os.environ['WORD'])"
    service = Service(
        "speaker",
        [sys.executable, "-c", code],
        log=str(log),
        restart=False,
        environment={"WORD": "hello"},
    )
    events_of(service, ["started", "exited"])
    assert log.read_text() == "hello\n"


@pytest.mark.parametrize("code", [0, 3])
def test_a_guarded_command_gives_its_exit_status(code):
    command = [sys.executable, "-c", f"raise SystemExit({code})"]
    guarded = [sys.executable, "-m", "investtrack.guard", *command]
    assert subprocess.run(guarded, cwd=ROOT).returncode == code


def test_a_guarded_command_ends_with_whoever_called(tmp_path):
    guarded = [sys.executable, "-m", "investtrack.guard", sys.executable, "-c", FAMILY]
    caller = f"import subprocess; subprocess.run({[*guarded, str(tmp_path)]!r})"
    process = subprocess.Popen([sys.executable, "-c", caller], cwd=ROOT)
    wait_for(4, tmp_path)
    process.kill()
    process.wait()
    wait_for(0, tmp_path)


def test_a_guarded_command_hears_that_it_is_interrupted(tmp_path):
    guarded = [sys.executable, "-m", "investtrack.guard", sys.executable, "-c", LISTENER]
    process = subprocess.Popen([*guarded, str(tmp_path)], cwd=ROOT)
    wait_until((tmp_path / "listens").exists)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    assert (tmp_path / "heard").exists()
