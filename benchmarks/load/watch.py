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
    counted once; `processor` the seconds that they worked."""

    memory: list[tuple[float, int]] = field(default_factory=list)
    processor: float = 0.0

    def growth(self) -> float:
        """MB in an hour, as the line that fits the warm part of the run best; 0 without one."""
        return slope(self.memory[int(len(self.memory) * WARM) :]) * 3600 / MB

    def ends(self) -> tuple[float, float]:
        """MB when warm, and at the end."""
        warm = self.memory[int(len(self.memory) * WARM) :]
        return (warm[0][1] / MB, warm[-1][1] / MB) if warm else (0.0, 0.0)


def slope(points: list[tuple[float, int]]) -> float:
    """By least squares; 0 for fewer than two points."""
    if len(points) < 2:
        return 0.0
    middle = sum(x for x, _ in points) / len(points)
    mean = sum(y for _, y in points) / len(points)
    spread = sum((x - middle) ** 2 for x, _ in points)
    return sum((x - middle) * (y - mean) for x, y in points) / spread if spread else 0.0


class Watch:
    """Use as a context manager; `kinds` say by name which processes there are at a moment."""

    def __init__(self, kinds: dict[str, Callable[[], list[int]]]) -> None:
        self.kinds = kinds
        self.taken = {name: Taken() for name in kinds}
        self.seconds = 0.0
        self._before: dict[int, float] = {}
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
                    self._look(self.taken[name], pids())

    def _look(self, taken: Taken, pids: list[int]) -> None:
        memory = sum(proportional(pid) for pid in pids)
        taken.memory.append((time.monotonic() - self._begun, memory))
        for pid in pids:
            worked = worked_for(pid)
            # One that is new has worked since the last look only.
            taken.processor += max(worked - self._before.get(pid, worked), 0.0)
            self._before[pid] = worked


def proportional(pid: int) -> int:
    """Bytes of memory, a share of what several have together; 0 for one that has ended."""
    with suppress(OSError, IndexError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def worked_for(pid: int) -> float:
    """Seconds of processor; 0 for one that has ended."""
    with suppress(OSError, IndexError):
        cells = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(cells[11]) + int(cells[12])) / TICKS
    return 0.0
