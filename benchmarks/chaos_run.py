"""Trials of the chaos run with one broker: `python -m benchmarks.chaos_run`.

benchmarks/chaos.py starts it, and tells it by the environment what to do.

Exits with 2 when servers cannot be had, and with 3 behind a trial that could not be done to its
end: what that has left may not be what the next one needs, which gets servers of its own.
"""

import json
import logging
import os
import random
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import django

from benchmarks.chaos_brokers import make_broker
from benchmarks.chaos_report import keep, measured
from benchmarks.chaos_rig import Rig, RigError, rig
from benchmarks.chaos_sizes import number, results

if TYPE_CHECKING:
    from benchmarks.chaos_trial import Chaos, Trial

NO_SERVERS, NOT_DONE = 2, 3
# What benchmarks/chaos.py tells, and what it is told: a line for each trial that has been.
BROKER, FOLDER, DONE = "CHAOS_BROKER", "CHAOS_FOLDER", "done.jsonl"


def main() -> int:
    folder, name = Path(os.environ[FOLDER]), os.environ[BROKER]
    seed, codes = int(os.environ["SEED"]), os.environ["TRIALS"].split()
    print(f"\nWith {name}:", flush=True)
    try:
        with rig(folder, make_broker(name, folder), chunk=number("CHUNK")) as running:
            chaos = prepared(running)
            for code in codes:
                # Anew, so that one trial alone does what it does among others.
                chaos.chance.seed(seed)
                trial, whole = tried(code, planned(chaos)[code])
                row = {"broker": name, "code": code, **asdict(trial), **measured(seed)}
                keep([row], results())
                with (folder / DONE).open("a") as done:
                    done.write(json.dumps([code, bool(trial.faults)]) + "\n")
                if not whole:
                    return NOT_DONE
    except RigError as error:
        print(f"The run could not be done: {error}", file=sys.stderr)
        return NO_SERVERS
    return 0


def prepared(running: Rig) -> "Chaos":
    """Django on the rig's database, with tables and the regular work, and everybody at their place.

    Raises RigError.
    """
    os.environ.update(running.environment)
    django.setup()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.chaos_trial import Chaos
    from benchmarks.chaos_watch import Watch
    from deals.management.schedule import settle_schedule

    call_command("migrate", interactive=False, verbosity=0)
    settle_schedule()
    connection.close()
    running.start_workers()
    running.scheduler.start()
    return Chaos(running, Watch(running), random.Random())


def planned(chaos: "Chaos") -> dict[str, Callable[[], "Trial"]]:
    from benchmarks import chaos_database as databases
    from benchmarks import chaos_limits as limits
    from benchmarks import chaos_tasks as house
    from benchmarks import chaos_trials as trials
    from benchmarks import chaos_undo as undoing

    files, rows = number("FILES"), number("FILE_ROWS")
    return {
        "workers": lambda: trials.workers(chaos, number("ROWS"), number("KILLS")),
        "database": lambda: databases.database(
            chaos, number("DATABASE_ROWS"), number("DATABASE_KILLS")
        ),
        "sessions": lambda: databases.sessions(
            chaos, number("DATABASE_ROWS"), number("SESSION_KILLS")
        ),
        "plain": lambda: trials.plain(chaos, files, rows),
        "broker-lost": lambda: trials.broker_lost(chaos, number("LOST_FILES"), number("LOST_ROWS")),
        "broker-down": lambda: trials.broker_down(chaos, files, rows),
        "doubled": lambda: trials.doubled(chaos, files, rows),
        "every-task": lambda: house.every_task(chaos, files, rows),
        "undo": lambda: undoing.undone(chaos, number("UNDO_ROWS"), number("UNDO_KILLS")),
        "poison": lambda: trials.poison(chaos, files, rows),
        "memory": lambda: limits.memory(chaos, rows),
        "answers-lost": lambda: limits.answers_lost(
            chaos, number("ANSWER_ROWS"), number("PROPOSALS")
        ),
        "disk-full": lambda: limits.disk_full(chaos, number("FULL_ROWS")),
        "schedulers": lambda: limits.schedulers(chaos, number("FEEDS"), rows),
    }


def tried(code: str, one: Callable[[], "Trial"]) -> tuple["Trial", bool]:
    """Do a trial and say what it showed; whether it came to its end."""
    from benchmarks.chaos_trial import Trial

    begun = time.monotonic()
    try:
        trial, whole = one(), True
    except Exception as error:
        # Whatever it was: a trial that was not done is no trial that held.
        traceback.print_exc()
        said = str(error).partition("\n")[0]
        trial, whole = Trial(code, [f"It did not come to its end: {said}"]), False
    trial.seconds = time.monotonic() - begun
    tell(trial)
    return trial, whole


def tell(trial: "Trial") -> None:
    verdict = "FAILED" if trial.faults else "ok"
    print(f"\n{trial.name}: {verdict}, in {trial.seconds:,.0f} s", flush=True)
    for what, value in trial.facts.items():
        print(f"  {what}: {value}")
    for fault in trial.faults:
        print(f"  FAULT {fault}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
