"""Times by the clock and of work, of one thing done several times."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from benchmarks.took import measured

TIMES = int(os.environ.get("TIMES", "5"))
# What takes no time is done so long, so that the processor's clock shows it.
LEAST_SECONDS, MOST_TIMES = 0.15, 60
# What takes so long in all, joins of ten million deals, is done no more than so many times.
MOST_SECONDS, LEAST_TIMES = 10, 3


@dataclass(frozen=True, slots=True)
class Timed:
    """Milliseconds of each run, sorted; milliseconds of processor time of one; what came out."""

    taken: list[float]
    work: float
    result: Any

    @property
    def p50(self) -> float:
        return median(self.taken)

    @property
    def p95(self) -> float:
        return quantiles(self.taken, n=20)[-1] if len(self.taken) > 1 else self.taken[0]


def timed(work: Callable[[], Any], runs: int = TIMES) -> Timed:
    """Each of several runs after a first one, which fills caches and is not counted."""
    result = work()
    taken: list[float] = []
    with measured() as took:
        while _again(len(taken), sum(taken) / 1000, runs):
            begun = perf_counter()
            result = work()
            taken.append((perf_counter() - begun) * 1000)
    return Timed(sorted(taken), took.work * 1000 / len(taken), result)


def _again(times: int, seconds: float, runs: int) -> bool:
    if seconds > MOST_SECONDS:
        return times < min(runs, LEAST_TIMES)
    return times < runs or (seconds < LEAST_SECONDS and times < MOST_TIMES)


def over(one: float, other: float) -> float | None:
    """How many times; None where the processor's clock saw nothing."""
    return one / other if one and other else None
