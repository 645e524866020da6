"""The quick chaos run: what dies, is cut off or fills up costs time, and never a row.

`make bench-chaos` is the long one, and holds the system to its promises of seconds; here it is
enough that what has to come does come (CHAOS_SLACK). Each trial ends with the ledger's own accounts
beside those of the files (benchmarks/chaos_check.py); a fault is a sentence about what was lost,
doubled or never came.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.chaos_brokers import NO_RABBITMQ, NO_REDIS, rabbitmq_is_here, redis_program
from benchmarks.chaos_sizes import QUICK
from tests.processes import ROOT

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(redis_program() is None, reason=NO_REDIS),
]
HOW = {"QUICK": "1", "CHAOS_SLACK": "10", "SEED": "11"}
Trials = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Trials:
    """What each trial found, by broker and name."""
    folder: Path = tmp_path_factory.mktemp("chaos")
    plain = dict.fromkeys((*QUICK, "TRIALS", "BROKERS", "SEED"), "")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.chaos"],
        cwd=ROOT,
        env={**os.environ, **plain, **HOW, "CHAOS_RESULTS": str(folder)},
        capture_output=True,
        text=True,
        timeout=2400,
    )
    report = folder / "report.json"
    assert report.exists(), done.stdout + done.stderr
    print(done.stdout)
    found = json.loads(report.read_text())["trials"]
    return {(trial["broker"], trial["name"]): trial for trial in found}


def without_fault(trials: Trials, name: str, broker: str = "redis") -> dict[str, Any]:
    trial = trials[broker, name]
    assert trial["faults"] == []
    return trial["facts"]


def test_workers_and_their_processes_are_killed_and_every_row_is_there_once(trials) -> None:
    facts = without_fault(trials, "workers killed")
    assert facts["kills"] >= QUICK["KILLS"]


def test_the_database_is_killed_and_pages_say_so_and_are_whole_again(trials) -> None:
    facts = without_fault(trials, "database killed")
    assert facts["kills"] >= QUICK["DATABASE_KILLS"]
    assert facts["answers to readers"]["503"] > 0
    assert set(facts["answers to readers"]) == {"200", "503"}


def test_sessions_and_servers_that_end_cost_an_import_nothing(trials) -> None:
    facts = without_fault(trials, "database sessions ended")
    assert facts["times"] >= QUICK["SESSION_KILLS"]


@pytest.mark.parametrize("broker", ["redis", "rabbitmq"])
def test_a_broker_that_dies_with_its_queue_loses_no_import(trials, broker) -> None:
    needs(broker)
    without_fault(trials, "broker killed with its queue", broker)


def test_files_are_taken_while_the_broker_is_down(trials) -> None:
    facts = without_fault(trials, "broker down while files are sent")
    assert facts["files that wait"] == QUICK["FILES"]


@pytest.mark.parametrize("broker", ["redis", "rabbitmq"])
def test_messages_that_come_many_times_at_once_do_nothing_twice(trials, broker) -> None:
    needs(broker)
    without_fault(trials, "every message doubled", broker)


def test_of_work_that_comes_many_times_everybody_is_told_once(trials) -> None:
    facts = without_fault(trials, "every task sent many times")
    assert facts["messages to the webhook"] > 0
    assert facts["mails"] > 0


def test_an_undo_whose_workers_are_killed_leaves_nothing_of_the_import(trials) -> None:
    facts = without_fault(trials, "workers killed while an import is undone")
    assert facts["kills"] >= QUICK["UNDO_KILLS"]


def test_a_file_that_kills_its_readers_is_given_up_and_holds_nobody_up(trials) -> None:
    facts = without_fault(trials, "poisonous file")
    assert facts["it says"].startswith("Stopped after row 0 after 3 attempts.")


def test_a_file_that_needs_more_memory_than_there_is_says_so_and_is_given_up(trials) -> None:
    facts = without_fault(trials, "memory runs out")
    assert facts["it says"].endswith("There was not enough memory.")


def test_a_commit_whose_answer_was_lost_is_neither_lost_nor_done_again(trials) -> None:
    facts = without_fault(trials, "answers to COMMIT lost")
    assert facts["proposals"] == QUICK["PROPOSALS"]
    assert facts["answers that an import lost"] > 0
    assert facts["answers that proposals lost"] > 0


def test_a_full_disk_is_said_and_work_goes_on_when_there_is_room(trials) -> None:
    facts = without_fault(trials, "disk full")
    assert "cannot be kept" in facts["an upload without room"]
    assert facts["it says"].startswith("Stopped ")
    assert facts["pages read meanwhile"] > 0


def test_of_several_schedulers_that_are_killed_as_well_each_slot_has_one_turn(trials) -> None:
    facts = without_fault(trials, "two schedulers, and killed ones")
    assert facts["requests"] == facts["feeds"] == QUICK["FEEDS"]
    assert facts["schedulers killed"] > 0


def needs(broker: str) -> None:
    if broker == "rabbitmq" and not rabbitmq_is_here():
        pytest.skip(NO_RABBITMQ)
