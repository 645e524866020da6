"""How much memory and processor each kind of process takes while everybody is at work."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
MB = 1024 * 1024
EVERY = 1.0
# The first part of a run fills what is kept between requests; growth counts from here on.
WARM = 0.4


@dataclass(slots=True)
class Taken:
    """`memory` is (seconds, bytes) over time, of all processes of a kind together, what they share
    counted once; `processor` the seconds that they worked. `passing` are processes that come and go
    with single answers: theirs is no growth."""

    memory: list[tuple[float, int]] = field(default_factory=list)
    processor: float = 0.0
    passing: bool = False

    def growth(self) -> float:
        """MB in an hour, as the line that fits the warm part of the run best; 0 without one."""
        return slope(self.memory[int(len(self.memory) * WARM) :]) * 3600 / MB

    def ends(self) -> tuple[float, float]:
        """MB when warm, and at the end."""
        warm = self.memory[int(len(self.memory) * WARM) :]
        return (warm[0][1] / MB, warm[-1][1] / MB) if warm else (0.0, 0.0)

    def most(self) -> float:
        """MB at the most, at any look."""
        return max((size for _, size in self.memory), default=0) / MB


def slope(points: list[tuple[float, int]]) -> float:
    """By least squares; 0 for fewer than two points."""
    if len(points) < 2:
        return 0.0
    middle = sum(x for x, _ in points) / len(points)
    mean = sum(y for _, y in points) / len(points)
    spread = sum((x - middle) ** 2 for x, _ in points)
    return sum((x - middle) * (y - mean) for x, y in points) / spread if spread else 0.0


class Watch:
    """Use as a context manager; `kinds` say by name which processes there are at a moment.

    Some come and go between two looks. `parents` are who starts these: their work is what those
    children of their parents have done that have ended.
    """

    def __init__(
        self,
        kinds: dict[str, Callable[[], list[int]]],
        parents: dict[str, Callable[[], list[int]]] | None = None,
    ) -> None:
        self.kinds, self.parents = kinds, parents or {}
        self.taken = {name: Taken(passing=name in self.parents) for name in kinds}
        self.seconds = 0.0
        self._before: dict[tuple[str, int], float] = {}
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)

    def __enter__(self) -> "Watch":
        self._begun = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        self.seconds = time.monotonic() - self._begun

    def _look_on(self) -> None:
        while not self._end.wait(EVERY):
            for name, pids in self.kinds.items():
                with suppress(OSError):
                    self.look(name, pids())

    def look(self, name: str, pids: list[int]) -> None:
        """Look at one kind, whose processes these are."""
        taken, worked = self.taken[name], worked_for
        memory = sum(proportional(pid) for pid in pids)
        taken.memory.append((time.monotonic() - self._begun, memory))
        if name in self.parents:
            pids, worked = self.parents[name](), ended_after
        for pid in pids:
            now, key = worked(pid), (name, pid)
            # One that is new has worked since the last look only.
            taken.processor += max(now - self._before.get(key, now), 0.0)
            self._before[key] = now


def proportional(pid: int) -> int:
    """Bytes of memory, a share of what several have together; 0 for one that has ended."""
    with suppress(OSError, IndexError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def worked_for(pid: int) -> float:
    """Seconds of processor; 0 for one that has ended."""
    return _ticks(pid, 11)


def ended_after(pid: int) -> float:
    """Seconds of processor of its children that have ended."""
    return _ticks(pid, 13)


def _ticks(pid: int, at: int) -> float:
    """Of this cell after the name, in user mode, and of the next, in the system's."""
    with suppress(OSError, IndexError):
        cells = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(cells[at]) + int(cells[at + 1])) / TICKS
    return 0.0
