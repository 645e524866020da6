"""`make load`: readers, editors and partners at work together while a large file is imported.

Two web processes, a worker, the scheduler and Redis on loopback, on the register of DATABASE_URL
(a copy that may be written to) or on one of its own with DEALS generated deals. SECONDS, USERS and
IMPORT_ROWS change the run, LOAD_RESULTS names another folder for the report. Exits with 1 when
anything was answered with an error or grew, and with 2 when it could not be done.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import django

from benchmarks.chaos_rig import ROOT, RigError
from benchmarks.load.stack import Stack, stack

SECONDS, USERS, IMPORT_ROWS, DEALS = 180, 20, 100_000, 100_000
# An import that is alone has so long; beside others it is looked at when they have gone home.
PATIENCE = 1_800.0


def number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="investtrack-load-", dir="/tmp") as folder:
        try:
            with stack(Path(folder)) as made:
                return measured(made)
        except RigError as error:
            print(f"The run could not be done: {error}", file=sys.stderr)
            return 2


def measured(made: Stack) -> int:
    """Set Django up on the stack's database, and have everybody at work."""
    os.environ.update(made.environment)
    django.setup()
    from benchmarks.load import report

    prepare()
    made.start()
    run = at_work(made, number("USERS", USERS), number("SECONDS", SECONDS))
    run.judge()
    results = os.environ.get("LOAD_RESULTS")
    path = report.write(run, Path(results) if results else None)
    print(f"\n{path.read_text()}\nReport: {path}", flush=True)
    return 1 if run.faults else 0


def prepare() -> None:
    """Tables and the regular work; deals where there are none."""
    import logging

    from django.core.management import call_command

    from deals.management.schedule import settle_schedule
    from deals.models import Deal

    logging.getLogger("httpx").setLevel(logging.WARNING)
    call_command("migrate", interactive=False, verbosity=0)
    settle_schedule()
    if not Deal.objects.exists():
        deals = number("DEALS", DEALS)
        print(f"Generating {deals:,} deals ...", flush=True)
        call_command("generate_deals", str(deals))


def at_work(made: Stack, users: int, seconds: int):  # type: ignore[no-untyped-def]
    """Everybody for so many seconds; what they saw, and what it took."""
    from django.db import connection

    from benchmarks.load import people, report
    from benchmarks.load.imported import Import
    from benchmarks.load.watch import Watch
    from deals.models import Deal

    key, rows = people.partner_key(99), number("IMPORT_ROWS", IMPORT_ROWS)
    plan = people.plan(users)
    deals = Deal.objects.count()
    alone = None
    if rows:
        print(f"Importing {rows:,} rows with nobody else at work ...", flush=True)
        alone = Import(made.url, key, "alone", rows).wait(PATIENCE)
    print(f"{users} at work for {seconds} s ...", flush=True)
    kinds = {
        "web": lambda: made.processes(made.web),
        "makers of files": made.makers,
        "worker": lambda: made.processes(made.worker),
        "scheduler": lambda: made.processes(made.scheduler),
        "Redis": lambda: made.processes(made.redis.process),
        "PostgreSQL": backends,
    }
    with Watch(kinds, {"makers of files": made.answering}) as watch:
        beside = Import(made.url, key, "beside", rows) if rows else None
        routes = asked(made, plan, users, seconds)
        ended = beside.wait(0) if beside else None
    connection.close()
    return report.Run(users, seconds, deals, routes, watch, alone, ended)


def asked(made: Stack, plan: dict[str, object], users: int, seconds: int):  # type: ignore[no-untyped-def]
    """Run locust in a process of its own: it changes what Python waits with."""
    from benchmarks.load import report

    known, seen = made.folder / "plan.json", made.folder / "seen.json"
    known.write_text(json.dumps(plan))
    command = [sys.executable, "-m", "locust", "-f", "benchmarks/load/locustfile.py"]
    command += ["--headless", "--only-summary", "--host", made.url, "-u", str(users)]
    command += ["-r", str(max(users // 5, 1)), "-t", f"{seconds}s", "--stop-timeout", "30"]
    environment = {"LOAD_PLAN": str(known), "LOAD_SEEN": str(seen)}
    log = made.folder / "locust.log"
    with log.open("w") as out:
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=out, stderr=out,
            timeout=seconds + 300,
        )  # fmt: skip
    routes = report.read(seen)
    if not routes:
        raise RigError(f"Nobody asked for anything: {log.read_text()[-2000:]}")
    return routes


def backends() -> list[int]:
    """Processes of PostgreSQL that work for this database, where it is on this machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
        return [row[0] for row in cursor]


if __name__ == "__main__":
    sys.exit(main())
