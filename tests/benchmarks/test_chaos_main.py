"""`make bench-chaos` ends with what it found, and goes on behind a trial that did not end."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import chaos

Ran = list[tuple[str, str]]


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    """`ended(*runs)`: the exit status when the runs with servers report and end like this."""
    monkeypatch.setenv("CHAOS_RESULTS", str(tmp_path))
    monkeypatch.setenv("BROKERS", "redis")
    monkeypatch.setattr(chaos.signal, "signal", lambda *_: None)

    def run(*runs: tuple[str, int], trials: str = "workers doubled") -> int:
        left = list(runs)

        def child(command: list[str], *, cwd: Path, env: dict[str, str]) -> object:
            asked.append(env["TRIALS"])
            done, status = left.pop(0)
            (Path(env[chaos.FOLDER]) / chaos.DONE).write_text(done)
            return subprocess.CompletedProcess(command, status)

        asked: list[str] = []
        monkeypatch.setenv("TRIALS", trials)
        with monkeypatch.context() as patch:
            patch.setattr(chaos.subprocess, "run", child)
            status = chaos.main()
        assert not left
        assert asked == [trials, *(["doubled"] if len(runs) > 1 else [])]
        return status

    return run


def test_it_ends_with_nothing_when_everything_held(ended) -> None:
    assert ended(('["workers", false]\n["doubled", false]\n', 0)) == 0


def test_it_ends_with_one_when_a_promise_was_broken(ended) -> None:
    assert ended(('["workers", true]\n["doubled", false]\n', 0)) == 1


def test_the_others_get_new_servers_behind_a_trial_that_did_not_end(ended) -> None:
    assert ended(('["workers", true]\n', 3), ('["doubled", false]\n', 0)) == 1
    assert ended(('["workers", false]\n', -9), ('["doubled", false]\n', 0)) == 0


def test_it_ends_with_two_without_servers(ended) -> None:
    assert ended(("", 2)) == 2
    assert ended(("", -9)) == 2


def test_what_tests_show_counts_as_well(ended, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaos.chaos_tests, "run", lambda seed: [("tests/test_x.py::test_y", True)])
    monkeypatch.setenv("TRIALS", "tests")
    assert chaos.main() == 1
