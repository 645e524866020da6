"""A trial in which workers are killed while an import is undone."""

import random
import time
from collections import Counter

from benchmarks.chaos_file import make_file, profile_text
from benchmarks.chaos_trial import AFTER_KILLS, Chaos, Trial
from benchmarks.chaos_trials import STUCK, kill_a_worker, moments, say
from deals import tasks
from deals.feeds import queue
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import receive
from deals.feeds.undo import ask_undo
from deals.models import ImportRun

FEED = "Chaos undo"


def undone(chaos: Chaos, rows: int, kills: int) -> Trial:
    """Import a file over one that is there, and kill workers while that is undone, again and again.

    At the end the register has the first file, as if nothing had come since.
    """
    trial = Trial("workers killed while an import is undone")
    chaos.sweep_every(1)
    first = chaos.bring("U", FEED, rows, tasks.ring)
    chaos.watch.until_done(STUCK)
    done, rounds, slowest = Counter[str](), 0, 0.0
    while done.total() < kills and rounds < 3 * kills:
        rounds += 1
        run = _over_it(chaos, rows)
        ask_undo(run, by=None, reason="chaos", ring=tasks.ring)
        last = time.monotonic()
        for seen in moments(chaos, run):
            done[kill_a_worker(chaos, seen)] += 1
            say(done.total(), kills, seen)
            last = time.monotonic()
        slowest = max(slowest, time.monotonic() - last)
        trial.faults += _not_undone(run)
    chaos.sweep_every(10)
    trial.limit("seconds from a kill to the end of the undo", slowest, AFTER_KILLS)
    trial.facts |= {
        "kills": done.total(),
        "of": dict(done),
        "undone": rounds,
        "rows": first[1].rows,
    }
    if done.total() < kills:
        trial.faults.append(f"Only {done.total()} of {kills} kills fell into an undo.")
    return chaos.check(trial, [first])


def _over_it(chaos: Chaos, rows: int) -> int:
    """An import of the same deals with other facts, and of some more; its id."""
    made = make_file("U", rows + rows // 10, random.Random(chaos.chance.random()))
    file = receive("U.csv", made.data)
    profile = load_profile(profile_text(FEED))
    run = queue.enqueue(file, profile, publish=True, by=None, ring=tasks.ring)
    chaos.watch.until_done(STUCK)
    return run.pk


def _not_undone(run_id: int) -> list[str]:
    run = ImportRun.objects.get(pk=run_id)
    if run.state == ImportRun.State.UNDONE:
        return []
    return [f"Import {run_id} is {run.state}, and not undone: {run.problem or 'no word'}"]
