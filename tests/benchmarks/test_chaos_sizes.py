"""How much the chaos run does, and which of it is kept beside the code."""

from pathlib import Path

import pytest

from benchmarks.chaos_sizes import FULL, QUICK, RESULTS, number, results


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*FULL, "QUICK", "CHAOS_RESULTS", "CHAOS_SLACK"):
        monkeypatch.delenv(name, raising=False)


def test_only_what_was_done_in_full_and_held_to_its_promises_is_kept_beside_the_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert results() == RESULTS
    for name, value in (("QUICK", "1"), ("KILLS", "20"), ("CHAOS_SLACK", "10")):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            assert results() != RESULTS, name
    monkeypatch.setenv("CHAOS_RESULTS", "/tmp/elsewhere")
    assert results() == Path("/tmp/elsewhere")


def test_the_short_run_has_a_size_of_its_own_for_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert QUICK.keys() == FULL.keys()
    assert number("KILLS") == FULL["KILLS"] >= 200
    assert number("DATABASE_KILLS") >= 50
    assert number("LOST_FILES") >= 500
    monkeypatch.setenv("QUICK", "1")
    assert number("KILLS") == QUICK["KILLS"]
