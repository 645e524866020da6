"""`make bench-chaos`: kill, cut off or fill up whatever can be, and check the ledger after each.

Real PostgreSQL, Redis or RabbitMQ, Celery workers, schedulers and a web server on loopback, thrown
away at the end. BROKERS="redis rabbitmq" are gone through one after the other, the second only
with what a broker can break. QUICK=1 is the short run of `make test-services`; SEED, TRIALS and
the names of FULL change it, and CHAOS_RESULTS names another folder for the report. Exits with 1
when anything was lost, doubled or late, and with 2 when it could not be done.
"""

import json
import logging
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from benchmarks import chaos_docs
from benchmarks.chaos_brokers import make_broker, rabbitmq_is_here
from benchmarks.chaos_report import write
from benchmarks.chaos_rig import ROOT, Rig, RigError, rig

if TYPE_CHECKING:
    from benchmarks.chaos_trial import Chaos, Trial

FULL = {
    "ROWS": 100_000, "KILLS": 200, "DATABASE_ROWS": 20_000, "DATABASE_KILLS": 50, "FILES": 20,
    "FILE_ROWS": 300, "LOST_FILES": 500, "LOST_ROWS": 5, "PROPOSALS": 1_000, "ANSWER_ROWS": 5_000,
    "FULL_ROWS": 3_000, "FEEDS": 20, "CHUNK": 500,
}  # fmt: skip
QUICK = {
    "ROWS": 2_000, "KILLS": 8, "DATABASE_ROWS": 800, "DATABASE_KILLS": 3, "FILES": 3,
    "FILE_ROWS": 100, "LOST_FILES": 5, "LOST_ROWS": 20, "PROPOSALS": 25, "ANSWER_ROWS": 1_200,
    "FULL_ROWS": 1_500, "FEEDS": 3, "CHUNK": 200,
}  # fmt: skip
# By the names that TRIALS takes; the product's own words for them are in the report.
TRIALS = (
    "workers", "database", "broker-lost", "broker-down", "doubled", "poison", "memory",
    "answers-lost", "disk-full", "schedulers",
)  # fmt: skip
OF_A_BROKER = ("broker-lost", "doubled")
# Of a run with one broker, for the run with all of them.
ONE = "CHAOS_BROKER"


def quick() -> bool:
    return os.environ.get("QUICK", "") not in ("", "0")


def number(name: str) -> int:
    return int(os.environ.get(name) or (QUICK if quick() else FULL)[name])


def main() -> int:
    if broker := os.environ.get(ONE):
        return with_broker(broker)
    default = "redis rabbitmq" if rabbitmq_is_here() else "redis"
    brokers = (os.environ.get("BROKERS") or default).split()
    seed = int(os.environ.get("SEED") or random.randrange(10**6))
    print(f"Chaos, seed {seed}: SEED={seed} make bench-chaos repeats it.", flush=True)
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="investtrack-chaos-", dir="/tmp") as folder:
        for place, broker in enumerate(brokers):
            trials = os.environ.get("TRIALS") or " ".join(OF_A_BROKER if place else TRIALS)
            report = Path(folder) / f"{place}.json"
            environment = {ONE: broker, "SEED": str(seed), "TRIALS": trials, "REPORT": str(report)}
            command = [sys.executable, "-m", "benchmarks.chaos"]
            done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment})
            if not report.exists():
                return done.returncode or 2
            found += json.loads(report.read_text())
    results = os.environ.get("CHAOS_RESULTS")
    path = write(found, seed=seed, quick=quick(), folder=Path(results) if results else None)
    if not results:
        chaos_docs.main()
    wrong = sum(bool(trial["faults"]) for trial in found)
    print("0 lost, 0 doubled." if not wrong else f"{wrong} trial(s) went wrong.")
    print(f"Report: {path}", flush=True)
    return 1 if wrong else 0


def with_broker(name: str) -> int:
    print(f"\nWith {name}:", flush=True)
    with tempfile.TemporaryDirectory(prefix="investtrack-chaos-", dir="/tmp") as folder:
        try:
            broker = make_broker(name, Path(folder))
            with rig(Path(folder), broker, chunk=number("CHUNK")) as running:
                trials = run(running, random.Random(int(os.environ["SEED"])))
        except RigError as error:
            print(f"The run could not be done: {error}", file=sys.stderr)
            return 2
    codes = os.environ["TRIALS"].split()
    found = [
        {"broker": name, "code": code, **asdict(t)} for code, t in zip(codes, trials, strict=True)
    ]
    Path(os.environ["REPORT"]).write_text(json.dumps(found, default=str))
    return 1 if any(trial.faults for trial in trials) else 0


def run(running: Rig, chance: random.Random) -> list["Trial"]:
    """Set Django up on the rig's database, and do one trial after the other."""
    os.environ.update(running.environment)
    django.setup()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    from benchmarks.chaos_trial import Chaos
    from benchmarks.chaos_watch import Watch

    prepare(running)
    plan = planned(Chaos(running, Watch(running), chance))
    return [report(plan[name]) for name in os.environ["TRIALS"].split()]


def planned(chaos: "Chaos") -> dict[str, Callable[[], "Trial"]]:
    from benchmarks import chaos_limits as limits
    from benchmarks import chaos_trials as trials

    files, rows = number("FILES"), number("FILE_ROWS")
    return {
        "workers": lambda: trials.workers(chaos, number("ROWS"), number("KILLS")),
        "database": lambda: trials.database(
            chaos, number("DATABASE_ROWS"), number("DATABASE_KILLS")
        ),
        "plain": lambda: trials.plain(chaos, files, rows),
        "broker-lost": lambda: trials.broker_lost(chaos, number("LOST_FILES"), number("LOST_ROWS")),
        "broker-down": lambda: trials.broker_down(chaos, files, rows),
        "doubled": lambda: trials.doubled(chaos, files, rows),
        "poison": lambda: trials.poison(chaos, files, rows),
        "memory": lambda: limits.memory(chaos, rows),
        "answers-lost": lambda: limits.answers_lost(
            chaos, number("ANSWER_ROWS"), number("PROPOSALS")
        ),
        "disk-full": lambda: limits.disk_full(chaos, number("FULL_ROWS")),
        "schedulers": lambda: limits.schedulers(chaos, number("FEEDS"), rows),
    }


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


def report(one: Callable[[], "Trial"]) -> "Trial":
    begun = time.monotonic()
    trial = one()
    trial.seconds = time.monotonic() - begun
    verdict = "FAILED" if trial.faults else "ok"
    print(f"\n{trial.name}: {verdict}, in {trial.seconds:,.0f} s", flush=True)
    for what, value in trial.facts.items():
        print(f"  {what}: {value}")
    for fault in trial.faults:
        print(f"  FAULT {fault}")
    sys.stdout.flush()
    return trial


if __name__ == "__main__":
    sys.exit(main())
