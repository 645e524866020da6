"""`make rehearse`: what docker-compose.yml and docker-compose.scale.yml say, as real processes.

PostgreSQL with a replica, PgBouncer, Redis in Valkey's place, two copies of web behind nginx,
workers by kind of work and the scheduler, on loopback in a temporary folder. Under a steady load of
readers, an editor and a partner everything is killed, restarted or reloaded in turn. Promised:
nobody sees an error; where a sentence with Retry-After is promised instead, that. STEPS="worker
nginx" does only the steps with these words, REHEARSAL_RESULTS names another folder for the report.

Exits with 1 when a promise was broken, and with 2 when the rehearsal could not be done.
"""

import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.chaos_rig import ROOT, RigError
from benchmarks.rehearsal_faults import STEPS, Broken, Facts, Step, equal_ends
from benchmarks.rehearsal_load import Load
from benchmarks.rehearsal_report import Outcome, show, write
from benchmarks.rehearsal_stack import Stack, missing_packages, stack
from benchmarks.rehearsal_start import start


def main() -> int:
    if missing := missing_packages():
        print(f"Not installed (Debian: apt-get install {' '.join(missing)}).", file=sys.stderr)
        return 2
    forget_this_machine()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="investtrack-rehearsal-", dir="/tmp") as folder:
        try:
            with stack(Path(folder)) as made:
                outcomes = rehearse(made)
                if any(outcome.faults for outcome in outcomes):
                    print(f"Logs: {kept_logs(made)}", flush=True)
        except RigError as error:
            print(f"The rehearsal could not be done: {error}", file=sys.stderr)
            return 2
    took = time.monotonic() - begun
    print(f"\nReport: {write(outcomes, took)}", flush=True)
    return 1 if any(outcome.faults for outcome in outcomes) else 0


def kept_logs(made: Stack) -> Path:
    """Where the logs are when the rehearsal itself has gone."""
    kept = Path(tempfile.mkdtemp(prefix="investtrack-rehearsal-logs-", dir="/tmp"))
    return Path(shutil.copytree(made.folder / "logs", kept, dirs_exist_ok=True))


def forget_this_machine() -> None:
    """Variables of the person who rehearses are not those of the installation."""
    for name in re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.sample").read_text(), re.M):
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)


def rehearse(made: Stack) -> list[Outcome]:
    print("Starting what the compose files say ...", flush=True)
    begun = time.monotonic()
    people = start(made)
    print(f"It serves after {time.monotonic() - begun:.0f} s.", flush=True)
    wanted = os.environ.get("STEPS", "").lower().split()
    outcomes = []
    with Load(made, people) as load:
        time.sleep(5)
        for step in STEPS:
            if not wanted or any(word in step.name.lower() for word in wanted):
                outcomes.append(take(step, load))
                show(outcomes[-1])
        at = time.monotonic()
    outcomes.append(conclude(load, at))
    show(outcomes[-1])
    return outcomes


def take(step: Step, load: Load) -> Outcome:
    begun = time.monotonic()
    facts: Facts = {}
    faults: list[str] = []
    try:
        facts = step.act(load)
        time.sleep(step.settle)
    except (Broken, RigError) as error:
        faults.append(str(error))
    outcome = Outcome(step.name, facts, faults, load.since(begun), time.monotonic() - begun)
    outcome.judge(step.may_wait, step.may_break)
    return outcome


def conclude(load: Load, at: float) -> Outcome:
    facts: Facts = {}
    faults: list[str] = []
    try:
        facts = equal_ends(load)
    except (Broken, RigError) as error:
        faults.append(str(error))
    return Outcome("at the end", facts, faults + tracebacks(load.stack), load.since(at), 0.0)


def tracebacks(made: Stack) -> list[str]:
    """Errors in the logs of web, also those whose answer nobody waited for."""
    found = []
    for name in ("web-1", "web-2"):
        if count := len(re.findall(r"Internal Server Error", made[name].log.read_text())):
            found.append(f"The log of {name} has {count} internal errors.")
    return found


if __name__ == "__main__":
    sys.exit(main())
