"""What a trial has cost is told apart from what it waited for."""

import os
import time

import pytest

from benchmarks.chaos_trials import enough
from benchmarks.chaos_watch import processor_seconds


def test_work_is_counted_and_waiting_is_not() -> None:
    def spent(work) -> float:
        before = processor_seconds([os.getpid()])
        work()
        return processor_seconds([os.getpid()]) - before

    def reckon() -> None:
        until = time.process_time() + 0.3
        while time.process_time() < until:
            pass

    assert spent(reckon) >= 0.2
    assert spent(lambda: time.sleep(0.3)) < 0.2
    # One that has ended meanwhile is no error.
    assert processor_seconds([0]) == 0


@pytest.mark.parametrize(
    ("took", "left", "rows"),
    [(180, 20, 22_222), (10, 190, 100_000), (0, 200, 100_000), (200, 1, 1_000)],
)
def test_the_next_file_is_no_larger_than_the_kills_that_are_left(took, left, rows) -> None:
    assert enough(100_000, took=took, left=left, most=100_000) == rows
