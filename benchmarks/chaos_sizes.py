"""How much the chaos run kills, brings and asks, in full and in short, and what may change it."""

import os
from pathlib import Path

from benchmarks.chaos_rig import ROOT

FULL = {
    "ROWS": 100_000, "KILLS": 200, "DATABASE_ROWS": 20_000, "DATABASE_KILLS": 50,
    "SESSION_KILLS": 50, "FILES": 20, "FILE_ROWS": 300, "LOST_FILES": 500, "LOST_ROWS": 5,
    "PROPOSALS": 1_000, "UNDO_ROWS": 10_000, "UNDO_KILLS": 20,
    "ANSWER_ROWS": 5_000, "FULL_ROWS": 3_000, "FEEDS": 20, "CHUNK": 500,
}  # fmt: skip
QUICK = {
    "ROWS": 2_000, "KILLS": 8, "DATABASE_ROWS": 800, "DATABASE_KILLS": 3,
    "SESSION_KILLS": 3, "FILES": 3, "FILE_ROWS": 100, "LOST_FILES": 5, "LOST_ROWS": 20,
    "PROPOSALS": 25, "UNDO_ROWS": 2_000, "UNDO_KILLS": 2,
    "ANSWER_ROWS": 1_200, "FULL_ROWS": 1_500, "FEEDS": 3, "CHUNK": 200,
}  # fmt: skip
# By the names that TRIALS takes; the product's own words for them are in the report.
TRIALS = (
    # While there is little: regular work may go through all that there is, and does so many times.
    "every-task",
    "workers", "undo", "database", "sessions", "broker-lost", "broker-down", "doubled", "poison",
    "memory", "answers-lost", "disk-full", "schedulers",
)  # fmt: skip
OF_A_BROKER = ("broker-lost", "doubled")
# The tests that docs/reliability.md names; they need no servers of the run.
TESTS = "tests"
RESULTS = ROOT / "benchmarks" / "results" / "chaos"


def quick() -> bool:
    return os.environ.get("QUICK", "") not in ("", "0")


def number(name: str) -> int:
    return int(os.environ.get(name) or (QUICK if quick() else FULL)[name])


def smaller() -> bool:
    """Whether something is asked for that is not the full size, and so no result to keep."""
    less = any(number(name) < most for name, most in FULL.items() if name != "CHUNK")
    return quick() or less or float(os.environ.get("CHAOS_SLACK") or 1) > 1


def results() -> Path:
    """Where the report is: beside the code only what was done in full."""
    if folder := os.environ.get("CHAOS_RESULTS"):
        return Path(folder)
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var")
    return var / "bench" / "chaos" if smaller() else RESULTS
