"""What the rehearsal makes of requests and of the compose files, without starting anything."""

import httpx
import pytest

from benchmarks.compose import load
from benchmarks.rehearsal_faults import STEPS, seconds
from benchmarks.rehearsal_load import GOOD, PROMISED, WRONG, Request, judged, proposal
from benchmarks.rehearsal_report import Outcome, markdown
from benchmarks.rehearsal_stack import ADDRESSES, FOLDER, PROGRAMS, missing_packages


def outcome(*verdicts: tuple[str, str]) -> Outcome:
    requests = [Request(who, "/", 0.0, 0.1, verdict) for who, verdict in verdicts]
    return Outcome("a step", {}, [], requests)


@pytest.mark.parametrize(
    ("status", "headers", "verdict"),
    [
        (200, {}, GOOD),
        (302, {}, GOOD),
        (503, {"Retry-After": "5"}, PROMISED),
        (503, {}, WRONG),
        (409, {"Retry-After": "1"}, PROMISED),
        (500, {}, WRONG),
        (404, {}, WRONG),
    ],
)
def test_an_answer_is_good_or_says_when_to_come_again_or_is_an_error(status, headers, verdict):
    assert judged(httpx.Response(status, headers=headers))[0] == verdict


def test_who_is_promised_an_answer_must_not_be_told_to_come_again():
    step = outcome(("reader", PROMISED), ("partner", PROMISED), ("reader", GOOD))
    step.judge(frozenset({"partner"}), frozenset())
    assert len(step.faults) == 1
    assert step.faults[0].startswith("reader")


def test_an_error_is_a_fault_but_for_whom_a_cut_is_allowed():
    step = outcome(("export", WRONG), ("reader", WRONG))
    step.judge(frozenset({"reader", "export"}), frozenset({"export"}))
    assert [fault.split(",")[0] for fault in step.faults] == ["reader"]


def test_readers_of_pages_are_never_cut_and_wait_only_for_the_pool_and_the_database():
    waiting = [step.name for step in STEPS if "reader" in step.may_wait]
    assert waiting == ["PgBouncer restarted", "PostgreSQL restarted"]
    assert all(step.may_break <= {"export"} for step in STEPS)


def test_the_report_says_what_broke():
    kept, broken = outcome(("reader", GOOD)), outcome(("reader", WRONG))
    broken.judge(frozenset(), frozenset())
    assert "Every promise held." in markdown([kept], 60)
    text = markdown([kept, broken], 60)
    assert "BROKEN" in text
    assert "| a step | 0 | 0 | 1 |" in text


def test_times_of_the_compose_file_are_read():
    assert (seconds("40s"), seconds("5m")) == (40, 300)


def test_every_address_that_becomes_a_port_is_one_of_a_service():
    services = load()["services"]
    assert {name.partition("-")[0] for name in ADDRESSES} <= set(services)


def test_a_folder_of_a_container_is_found_and_not_one_that_only_ends_like_it():
    assert FOLDER.search("--statedb=/tmp/worker.db")
    assert FOLDER.search("/run/secrets/pool_url")
    assert not FOLDER.search("/srv/tmp/file")


def test_what_is_not_installed_is_named_as_debian_calls_it(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda program, path=None: None)
    assert missing_packages() == [package for _program, package in PROGRAMS.values()]


def test_no_two_proposals_are_alike():
    assert len({str(proposal(number)) for number in range(100)}) == 100
