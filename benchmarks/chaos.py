"""`make bench-chaos`: kill whatever can be killed while files are imported, and check the ledger.

Real PostgreSQL, Redis, Celery workers, scheduler and web server on loopback, thrown away at the
end. ROWS, KILLS, DATABASE_ROWS, DATABASE_KILLS, FILES, FILE_ROWS, CHUNK, SEED and TRIALS change
the run; BROKER_URL names another broker for the trial `plain`, and CHAOS_REPORT a file for the
report as JSON. Exits with 1 when anything was lost, doubled or late, and with 2 when it could not
be done.
"""

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django

from benchmarks.chaos_rig import Rig, RigError, rig


def number(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


def main() -> int:
    seed = number("SEED", random.randrange(10**6))
    print(f"Chaos, seed {seed}: SEED={seed} make bench-chaos repeats it.", flush=True)
    with tempfile.TemporaryDirectory(prefix="investtrack-chaos-", dir="/tmp") as folder:
        try:
            broker = os.environ.get("BROKER_URL", "")
            with rig(Path(folder), chunk=number("CHUNK", 500), broker=broker) as running:
                trials = run(running, random.Random(seed))
        except RigError as error:
            print(f"The run could not be done: {error}", file=sys.stderr)
            return 2
    if path := os.environ.get("CHAOS_REPORT"):
        Path(path).write_text(json.dumps([asdict(trial) for trial in trials], default=str))
    wrong = sum(bool(trial.faults) for trial in trials)
    print("0 lost, 0 doubled." if not wrong else f"{wrong} trial(s) went wrong.", flush=True)
    return 1 if wrong else 0


def run(running: Rig, chance: random.Random) -> list[Any]:
    """Set Django up on the rig's database, and do one trial after the other."""
    os.environ.update(running.environment)
    django.setup()
    from benchmarks import chaos_trials as trials
    from benchmarks.chaos_watch import Watch

    prepare(running)
    chaos = trials.Chaos(running, Watch(running), chance)
    files, rows = number("FILES", 20), number("FILE_ROWS", 300)
    plan: dict[str, Callable[[], trials.Trial]] = {
        "workers": lambda: trials.workers(chaos, number("ROWS", 100_000), number("KILLS", 200)),
        "database": lambda: trials.database(
            chaos, number("DATABASE_ROWS", 20_000), number("DATABASE_KILLS", 50)
        ),
        "plain": lambda: trials.plain(chaos, files, rows),
        "broker-lost": lambda: trials.broker_lost(chaos, files, rows),
        "broker-down": lambda: trials.broker_down(chaos, files, rows),
        "doubled": lambda: trials.doubled(chaos, files, rows),
        "poison": lambda: trials.poison(chaos, files, rows),
    }
    wanted = os.environ.get("TRIALS", "").split() or [name for name in plan if name != "plain"]
    return [report(plan[name]) for name in wanted]


def prepare(running: Rig) -> None:
    """Tables, the regular work, and everybody at their place."""
    from django.core.management import call_command
    from django.db import connection

    from deals.management.schedule import settle_schedule

    call_command("migrate", interactive=False, verbosity=0)
    settle_schedule()
    connection.close()
    running.start_workers()
    running.scheduler.start()


def report(one: Callable[[], Any]) -> Any:
    begun = time.monotonic()
    trial = one()
    verdict = "FAILED" if trial.faults else "ok"
    print(f"\n{trial.name}: {verdict}, in {time.monotonic() - begun:,.0f} s", flush=True)
    for what, value in trial.facts.items():
        print(f"  {what}: {value}")
    for fault in trial.faults:
        print(f"  FAULT {fault}")
    sys.stdout.flush()
    return trial


if __name__ == "__main__":
    sys.exit(main())
