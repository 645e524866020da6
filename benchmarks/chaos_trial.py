"""What all trials of the chaos run share: what they report, and how they bring a file."""

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from benchmarks.chaos_check import faults
from benchmarks.chaos_file import Made, make_file, profile_text
from benchmarks.chaos_rig import Rig
from benchmarks.chaos_watch import Watch
from deals import tasks
from deals.feeds import queue
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import receive

# How much longer than promised something may take, where it only has to come: service tests share
# their machine with others, and do not measure it. A report that people read has 1.
SLACK = float(os.environ.get("CHAOS_SLACK") or 1)
AFTER_KILLS = 60.0
AFTER_BROKER = 120.0
# A trial that takes longer is stuck.
PATIENCE = 3 * 3600.0
Brought = list[tuple[int, Made]]


@dataclass(slots=True)
class Trial:
    """One line of the report; `faults` are sentences, and none is good."""

    name: str
    faults: list[str] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)
    seconds: float = 0.0

    def limit(self, what: str, seconds: float, most: float) -> None:
        """Note a measured time, and a fault when it is too long."""
        self.facts[what] = round(seconds, 1)
        if seconds > most * SLACK:
            self.faults.append(f"{what}: {seconds:.1f} s, more than {most:.0f} s.")


@dataclass(slots=True)
class Chaos:
    """What all trials share."""

    rig: Rig
    watch: Watch
    chance: random.Random

    def bring(self, name: str, feed: str, rows: int, ring: Callable[[int], object]) -> tuple:
        """Queue one file as the desk and the API do; (import id, its truth)."""
        made = make_file(name, rows, self.chance)
        file = receive(f"{name}.csv", made.data)
        profile = load_profile(profile_text(feed))
        run = queue.enqueue(file, profile, publish=True, by=None, ring=ring)
        return run.pk, made

    def pause(self) -> None:
        """0.2 to 2 s."""
        time.sleep(self.chance.uniform(0.2, 2.0))

    def sweep_every(self, seconds: int) -> None:
        """How long a dead worker goes unnoticed; the product's own time is 10 s."""
        self.every(seconds, tasks.sweep_imports.name)

    def every(self, seconds: int, task: str) -> None:
        """Have the scheduler send a task so often."""
        every, _ = IntervalSchedule.objects.get_or_create(
            every=seconds, period=IntervalSchedule.SECONDS
        )
        regular = PeriodicTask.objects.get(task=task)
        regular.interval = every
        regular.save()

    def check(self, trial: Trial, brought: Brought, *, derived: bool = True) -> Trial:
        connection.close()
        trial.faults += faults(brought, derived=derived)
        return trial
