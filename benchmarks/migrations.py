"""Migrations beside readers and writers: nobody meets an error, nobody waits longer than a second.

Fifty requests a second, half of them pages and API of a real web server, half transactions that add
a row, go on while columns, an index and a constraint are added to the largest tables and removed
again, as `manage.py migrate` does it, and while somebody holds a transaction open that has read
those tables (HOLD seconds). The peer is the same column by a plain ALTER TABLE beside a transaction
of a few seconds.
"""

import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count, cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django
import psycopg

from benchmarks.report import Figure, at_most
from benchmarks.went import Say

EACH_SECOND = 50
HOLD = float(os.environ.get("HOLD", "30"))
PLAIN_HOLD, QUIET = 4.0, 8.0
READS = ("/api/v1/deals/?page_size=20", "/deals/", "/api/v1/changes/?page_size=20")
WRITE = "INSERT INTO deals_deal (public_id) VALUES (%s)"
COLUMN = "ALTER TABLE deals_deal ADD COLUMN tried integer"


@dataclass(slots=True)
class Load:
    """Milliseconds that each request and each transaction took, and what went wrong."""

    web: str
    database: str
    took: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def read(self, path: str) -> None:
        with urllib.request.urlopen(self.web + path, timeout=60) as answer:
            answer.read()

    def write(self, number: int) -> None:
        """As the program of before, which knows of no new column; it leaves nothing behind."""
        with psycopg.connect(self.database) as known:
            known.execute(WRITE, [f"x-{number}"])
            known.rollback()

    def one(self, work: Callable[[], None]) -> None:
        begun = time.perf_counter()
        try:
            work()
        except (OSError, urllib.error.URLError, psycopg.Error) as error:
            self.errors.append(f"{type(error).__name__}: {error}")
        self.took.append((time.perf_counter() - begun) * 1000)

    def lane(self, works: Iterator[Callable[[], None]], each_second: float) -> None:
        """One after the other, at even intervals; who is held up catches up."""
        due = time.perf_counter()
        while not self.over.wait(max(due - time.perf_counter(), 0)):
            self.one(next(works))
            due = max(due + 1 / each_second, time.perf_counter() - 1)


@contextmanager
def under_load(web: str, database: str) -> Iterator[Load]:
    """Requests keep coming while this lasts; ten at a time at most."""
    load, numbers = Load(web, database), count()
    reads = [cycle(partial(load.read, path) for path in READS) for _ in range(5)]
    writes = [(partial(load.write, next(numbers)) for _ in count()) for _ in range(5)]
    lanes = [
        threading.Thread(target=load.lane, args=(works, EACH_SECOND / 10))
        for works in (*reads, *writes)
    ]
    for lane in lanes:
        lane.start()
    try:
        yield load
    finally:
        load.over.set()
        for lane in lanes:
            lane.join()


def operations() -> list[tuple[str, Any, bool]]:
    """What is done, one thing a migration: a name, the operation, and whether in a transaction."""
    from django.contrib.postgres.operations import (
        AddConstraintNotValid,
        AddIndexConcurrently,
        ValidateConstraint,
    )
    from django.db import models
    from django.db.migrations import AddField

    whole = models.CheckConstraint(condition=models.Q(pk__gt=0), name="fact_tried")
    index = models.Index(fields=["date_last"], name="fact_by_last_tried")
    column = models.IntegerField(null=True)
    return [
        ("column, may be empty", AddField("deal", "tried", column), True),
        (
            "column with a default",
            AddField("deal", "more", models.IntegerField(db_default=0)),
            True,
        ),
        ("index, concurrently", AddIndexConcurrently("dealfact", index), False),
        ("constraint, not valid", AddConstraintNotValid("dealfact", whole), True),
        ("constraint, validated", ValidateConstraint("dealfact", "fact_tried"), True),
    ]


def main() -> int:
    """The migrating process: says when it is ready, and begins when it is told to."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
    django.setup()
    from django.db import migrations
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    state = loader.project_state(loader.graph.leaf_nodes("deals"))
    plan = []
    for name, operation, atomic in operations():
        body = {"operations": [operation], "atomic": atomic}
        migration = type("Migration", (migrations.Migration,), body)(name, "deals")
        plan.append((migration, state))
        state = migration.mutate_state(state, preserve=True)
    print("ready", flush=True)
    sys.stdin.readline()
    for migration, before in plan:
        alone(migration, before, backwards=False)
    for migration, before in reversed(plan):
        alone(migration, before, backwards=True)
    return 0


def alone(migration: Any, before: Any, *, backwards: bool) -> None:
    """One migration or its way back, with the patience of `manage.py migrate`."""
    from django.db import connection

    from investtrack.migrating.gently import again_and_again

    def work() -> None:
        with connection.schema_editor(atomic=migration.atomic) as editor:
            (migration.unapply if backwards else migration.apply)(before.clone(), editor)

    if not again_and_again(connection, work, say=lambda said: print(f"    {said}", flush=True)):
        raise RuntimeError(f"{migration.name}: never had its lock.")


@contextmanager
def somebody_reads(database: str, seconds: float) -> Iterator[None]:
    """A transaction that has read the tables, and ends after so many seconds."""
    with closing(psycopg.connect(database, application_name="a long report")) as known:
        known.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        known.execute(
            "SELECT (SELECT id FROM deals_deal LIMIT 1), deal_id FROM deals_dealfact LIMIT 1"
        )
        timer = threading.Timer(seconds, known.rollback)
        timer.start()
        try:
            yield
        finally:
            timer.join()


def measure(say: Say, size: int) -> None:
    """Longest waits without migrations, with ours, and with a plain ALTER TABLE, in this order."""
    from benchmarks.scratch import address
    from investtrack.backup.smoke import started

    database = address()
    with TemporaryDirectory() as folder:
        here = {"DATABASE_URL": database, "VAR_DIR": folder, "ALLOWED_HOSTS": "127.0.0.1"}
        limits = {"API_PER_HOUR_OPEN": "0", "METRICS": "false"}
        with started(Path(folder), {**os.environ, **here, **limits}, threads=8) as web:
            quiet = _during(web, database, lambda: time.sleep(QUIET))
            ours = _during(web, database, lambda: _ours(database))
            plain = _during(web, database, lambda: _plain(database))
    asked = f"{len(ours.took):,} requests, one transaction open for {HOLD:.0f} s"
    errors = Figure("", "errors while migrating", float(len(ours.errors)), "", note=asked)
    say(at_most(errors, 0))
    longest, usual = max(ours.took), max(quiet.took)
    stall = Figure(
        "", "longest request while migrating, beyond that without", max(longest - usual, 0.0), "ms",
        against="the same load without migrations", ratio=longest / usual,
        note=f"{longest:,.0f} ms, without {usual:,.0f} ms",
    )  # fmt: skip
    say(at_most(stall, 1000))
    worst = max(plain.took)
    said = f"a transaction open for {PLAIN_HOLD:.0f} s"
    say(Figure("", "longest request beside a plain ALTER TABLE", worst, "ms", note=said))
    for error in ours.errors[:3]:
        print(f"    {error}", flush=True)


def _during(web: str, database: str, work: Callable[[], None]) -> Load:
    with under_load(web, database) as load:
        work()
        time.sleep(1)
    return load


def _ours(database: str) -> None:
    environment = {**os.environ, "DATABASE_URL": database}
    command = [sys.executable, "-m", "benchmarks.migrations"]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdout.readline()
        with somebody_reads(database, HOLD):
            child.stdin.write("\n")
            child.stdin.flush()
            print(child.stdout.read(), end="", flush=True)
    if child.returncode:
        raise RuntimeError("The migrations did not end well; see above.")


def _plain(database: str) -> None:
    """What happens without any of this."""
    with somebody_reads(database, PLAIN_HOLD), psycopg.connect(database) as known:
        known.execute(COLUMN)
        known.rollback()


if __name__ == "__main__":
    sys.exit(main())
