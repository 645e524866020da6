"""Time one thing several times and keep the best, which is the least disturbed."""

from collections.abc import Callable
from time import perf_counter
from typing import Any


def best_of(times: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the fastest run, and what the last one returned."""
    seconds = []
    result = None
    for _ in range(times):
        begun = perf_counter()
        result = work()
        seconds.append(perf_counter() - begun)
    return min(seconds), result


def line(what: str, seconds: float, note: str) -> None:
    print(f"{what:<58} {seconds * 1000:>10.1f} ms   {note}", flush=True)
