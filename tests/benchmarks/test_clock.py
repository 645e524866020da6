"""How often a thing is done before its time is believed."""

import pytest

from benchmarks import clock

pytestmark = pytest.mark.django_db


def _times(runs: int) -> int:
    done: list[None] = []
    clock.timed(lambda: done.append(None), runs)
    # The first one fills caches and is not counted.
    return len(done) - 1


def test_what_takes_no_time_is_done_until_a_processors_clock_would_show_it() -> None:
    assert _times(5) == clock.MOST_TIMES


def test_what_takes_long_is_done_fewer_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "MOST_SECONDS", 0)
    assert _times(5) == clock.LEAST_TIMES
    assert _times(1) == 1
