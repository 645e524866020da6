"""docs/reliability.md names only what is there, and says what the last run found."""

import ast
import re
from pathlib import Path

import pytest

from benchmarks.chaos_docs import PAGE, TRIAL, filled
from benchmarks.chaos_promises import read
from benchmarks.chaos_report import kept, markdown
from benchmarks.chaos_sizes import RESULTS, TRIALS

ROOT = Path(__file__).parents[2]
TEXT = PAGE.read_text()
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and " promise |" not in line]
TESTS = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
WORDS = re.findall(r"`(?:[A-Z]+=\S+ )?make ([\w-]+)`", TEXT)


def test_every_promise_names_what_shows_it() -> None:
    for row in ROWS:
        assert row.count(" | ") == 3 or row.endswith("| |"), row
        assert "tests/" in row or "make " in row, row


@pytest.mark.parametrize(("path", "name"), TESTS)
def test_a_test_that_is_named_is_there(path: str, name: str) -> None:
    tree = ast.walk(ast.parse((ROOT / path).read_text()))
    assert name in {node.name for node in tree if isinstance(node, ast.FunctionDef)}


def test_trials_and_words_of_make_are_there_and_no_trial_is_missing() -> None:
    assert set(TRIAL.findall(TEXT)) == set(TRIALS)
    words = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(WORDS) <= words


def test_the_last_results_are_those_of_the_report() -> None:
    assert filled(TEXT, kept(RESULTS)) == TEXT


def test_the_report_has_a_line_for_every_promise_of_the_page() -> None:
    report = (RESULTS / "report.md").read_text()
    assert report == markdown(kept(RESULTS), read(TEXT))
    for row in ROWS:
        assert "\n" + " |".join(row.split(" |")[:2]) + " |" in report, row


def test_a_result_is_written_into_the_last_cell_of_its_row() -> None:
    page = "| workers | 0 lost | `TRIALS=workers make bench-chaos` | old |\n"
    empty = page.replace("old |", "|")
    trial = {
        "code": "workers", "broker": "redis", "faults": [],
        "facts": {"seconds to the end": 3, "kills": 200, "of": {"both": 1}},
        "at": "2026-11-22 20:00 UTC", "quick": False,
    }  # fmt: skip
    said = "2026-11-22, redis: held; kills 200; seconds to the end 3"
    for before in (page, empty):
        assert filled(before, [trial]) == page.replace("old", said)
    assert "failed" in filled(page, [trial | {"faults": ["One is lost."]}])
