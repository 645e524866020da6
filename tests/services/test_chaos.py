"""The short chaos run: what dies while files are imported costs time, and never a row.

`make bench-chaos` is the long one. Each trial ends with the ledger's own accounts beside those of
the files (benchmarks/chaos_check.py); a fault is a sentence about what was lost, doubled or late.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.processes import ROOT
from tests.services.conftest import NO_REDIS, redis_program

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(redis_program() is None, reason=NO_REDIS),
]
SHORT = {
    "ROWS": "2500",
    "KILLS": "10",
    "DATABASE_ROWS": "1000",
    "DATABASE_KILLS": "3",
    "FILES": "3",
    "FILE_ROWS": "100",
    "CHUNK": "200",
}


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What each trial found, by its name."""
    report: Path = tmp_path_factory.mktemp("chaos") / "report.json"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.chaos"],
        cwd=ROOT,
        env={**os.environ, **SHORT, "TRIALS": "", "BROKER_URL": "", "CHAOS_REPORT": str(report)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert report.exists(), done.stdout + done.stderr
    print(done.stdout)
    return {trial["name"]: trial for trial in json.loads(report.read_text())}


def without_fault(trial: dict[str, Any]) -> dict[str, Any]:
    assert trial["faults"] == []
    return trial["facts"]


def test_workers_and_their_processes_are_killed_and_every_row_is_there_once(trials) -> None:
    facts = without_fault(trials["workers killed"])
    assert facts["kills"] >= int(SHORT["KILLS"])
    assert facts["seconds from the last kill to the end"] <= 60


def test_the_database_is_killed_and_pages_say_so_and_are_whole_within_ten_seconds(trials) -> None:
    facts = without_fault(trials["database killed"])
    assert facts["kills"] >= int(SHORT["DATABASE_KILLS"])
    assert facts["answers to readers"]["503"] > 0
    assert set(facts["answers to readers"]) == {"200", "503"}
    assert facts["seconds until pages are whole"] <= 10


def test_a_broker_that_dies_with_its_queue_loses_no_import(trials) -> None:
    facts = without_fault(trials["broker killed with its queue"])
    assert facts["seconds from its return to the end"] <= 120


def test_files_are_taken_while_the_broker_is_down(trials) -> None:
    facts = without_fault(trials["broker down while files are sent"])
    assert facts["files that wait"] == int(SHORT["FILES"])
    assert facts["seconds for the slowest answer"] <= 10
    assert facts["seconds from its return to the end"] <= 120


def test_messages_that_come_many_times_at_once_do_nothing_twice(trials) -> None:
    without_fault(trials["every message doubled"])


def test_a_file_that_kills_its_readers_is_given_up_and_holds_nobody_up(trials) -> None:
    facts = without_fault(trials["poisonous file"])
    assert facts["it says"].startswith("Stopped after row 0 after 3 attempts.")
    assert facts["seconds that the others were delayed"] <= 10
