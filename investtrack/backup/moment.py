"""A moment at which nothing is being written: its place in the log, and a view of what was there.

Checksums of a living database can only be compared with those of its copy if both are of the same
moment. Stopping all writing for one would stop the site; waiting for one that comes by itself does
not: between two transactions there are many.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from django.db import connection, transaction

ONE_VIEW = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
LOCALLY = "SET LOCAL statement_timeout = 0"
HERE = """
SELECT pg_current_snapshot()::text, pg_current_wal_insert_lsn()::text,
    to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
"""
WRITING = """
SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
    AND a.datname = current_database()
"""
PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Moment:
    """`lsn`: everything that was committed is before it in the log, and nothing else is.

    Not `exact` when somebody wrote all the time: then the log may hold a little more than the view.
    """

    lsn: str
    at: str
    exact: bool


@contextmanager
def one_moment(watcher: psycopg.Connection, patience: float) -> Iterator[Moment]:
    """A transaction of Django's connection that sees one moment, for as long as this lasts.

    `watcher` is another connection to the same database. Waits `patience` seconds for quiet.
    """
    end = time.monotonic() + patience
    while True:
        with transaction.atomic():
            moment = _look(watcher)
            if moment.exact or time.monotonic() >= end:
                yield moment
                return
        time.sleep(PAUSE_SECONDS)


def _look(watcher: psycopg.Connection) -> Moment:
    """View and place; and whether no transaction was between them.

    Who had written its commit but was not yet visible still has its lock when the watcher looks, or
    has ended since and so changed what the watcher sees. So locks are asked for first.
    """
    with connection.cursor() as cursor:
        cursor.execute(ONE_VIEW)
        cursor.execute(LOCALLY)
        cursor.execute(HERE)
        seen, lsn, at = cursor.fetchone()
    writing = watcher.execute(WRITING).fetchone()
    after = watcher.execute("SELECT pg_current_snapshot()::text").fetchone()
    return Moment(lsn, at, exact=writing == (0,) and after == (seen,))


def mark(watcher: psycopg.Connection, name: str) -> str:
    """Write something harmless into the log, and return its place: recovery can stop before it."""
    row = watcher.execute(
        "SELECT pg_logical_emit_message(true, 'investtrack backup', %s)::text", [name]
    ).fetchone()
    assert row is not None
    return str(row[0])
