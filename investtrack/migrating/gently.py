"""Waiting for locks so that nobody has to wait behind us.

An ALTER TABLE needs the table for itself. While it waits for one long transaction, everybody who
comes later, readers too, waits behind it. So it waits only briefly, gives up, lets those behind it
pass, and tries again.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import uniform
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from deals.models.session import own_session

# Readers behind us wait so long at most; a second is what is promised.
LOCK_MILLISECONDS = 400
# How long a migration is tried again before somebody has to look, in seconds.
PATIENCE = 600.0
# Longer than the wait for a lock, so that those behind us are through before the next try.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 10.0
# Lock not available, and deadlock detected: nothing was changed, and it may work the next time.
AGAIN = ("55P03", "40P01")
# Any number that nothing else in this database takes.
ONE_AT_A_TIME = 4_281_503_300
CONCURRENT = re.compile(
    r"\s*(?P<verb>CREATE|DROP)\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+"
    r'(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"?(?P<name>\w+)"?',
    re.IGNORECASE,
)
LEFT_BEHIND = """
SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relname = %s AND pg_table_is_visible(c.oid)
"""
OPEN = """
SELECT pid, coalesce(nullif(application_name, ''), 'no name'), coalesce(state, 'state not visible'),
    extract(epoch FROM clock_timestamp() - xact_start)::int
FROM pg_stat_activity
WHERE xact_start IS NOT NULL AND datname = current_database() AND pid <> pg_backend_pid()
    AND pid IN (SELECT pid FROM pg_locks WHERE relation IS NOT NULL)
ORDER BY xact_start LIMIT 1
"""


def may_try_again(error: OperationalError) -> bool:
    """Whether it failed for a lock that somebody else had."""
    return getattr(error.__cause__, "sqlstate", None) in AGAIN


def pauses(patience: float) -> Iterator[float]:
    """Seconds to wait after each failed try; once at least, until `patience` is used up."""
    end, pause = time.monotonic() + patience, FIRST_PAUSE
    while True:
        yield max(min(pause * uniform(0.8, 1.2), end - time.monotonic()), 0.0)
        if time.monotonic() >= end:
            return
        pause = min(pause * 2, LONGEST_PAUSE)


def again_and_again(
    connection: BaseDatabaseWrapper,
    work: Callable[[], object],
    *,
    milliseconds: int = LOCK_MILLISECONDS,
    patience: float = PATIENCE,
    say: Callable[[str], object],
) -> bool:
    """Do `work` with short waits for locks, again after each try that failed for one.

    It is one transaction, or can be repeated. False where patience came to its end.
    """
    with short_waits(connection, milliseconds):
        for pause in pauses(patience):
            try:
                work()
            except OperationalError as error:
                if not may_try_again(error):
                    raise
            else:
                return True
            said = who_is_open(connection)
            say(f"A table is in use; tried again in {pause:.1f} s. {said}".strip())
            time.sleep(pause)
    return False


def who_is_open(connection: BaseDatabaseWrapper) -> str:
    """The oldest open transaction of this database, in words; "" when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN)
        row = cursor.fetchone()
    if row is None:
        return ""
    pid, name, state, seconds = row
    return f"The oldest open transaction is process {pid} ({name}, {state}), open for {seconds} s."


@contextmanager
def short_waits(connection: BaseDatabaseWrapper, milliseconds: int) -> Iterator[None]:
    """No statement in here waits longer for a lock, except those that hold nobody up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        before = cursor.fetchone()[0]
    _set_timeout(connection, f"{milliseconds}ms")
    try:
        with connection.execute_wrapper(_let_concurrent_ones_wait):
            yield
    finally:
        with suppress(DatabaseError, InterfaceError):
            _set_timeout(connection, before)


def _set_timeout(connection: BaseDatabaseWrapper, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [value])


def _let_concurrent_ones_wait(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Making an index CONCURRENTLY waits for every older transaction, and nobody waits behind it.

    One that was broken off leaves an index that is kept in step and never used, and whose name is
    taken: it is removed first. Where only the asker was lost, the server may have finished it, and
    nobody wrote that down: then it is there.
    """
    found = CONCURRENT.match(str(sql))
    if found is None:
        return execute(sql, params, many, context)
    plain = context["cursor"].cursor
    before = plain.execute("SELECT current_setting('lock_timeout')").fetchone()[0]
    plain.execute("SET lock_timeout = 0")
    try:
        if found["verb"].upper() == "CREATE":
            left = plain.execute(LEFT_BEHIND, [found["name"]]).fetchone()
            if left and left[0]:
                return None
            if left:
                plain.execute(f'DROP INDEX CONCURRENTLY "{found["name"]}"')
        return execute(sql, params, many, context)
    finally:
        with suppress(DatabaseError, InterfaceError):
            plain.execute("SELECT set_config('lock_timeout', %s, false)", [before])


@contextmanager
def one_at_a_time(connection: BaseDatabaseWrapper, patience: float) -> Iterator[bool]:
    """True while no other process migrates this database; False where that did not come true.

    Asked for again and again: a statement that waited would be an open transaction, for whose end
    the other's index would wait in turn. Raises `PooledError` behind a pool.
    """
    own_session(connection)
    end = time.monotonic() + patience
    while not (taken := _advisory(connection, "pg_try_advisory_lock")):
        if time.monotonic() >= end:
            break
        time.sleep(0.2)
    try:
        yield taken
    finally:
        if taken:
            with suppress(DatabaseError, InterfaceError):
                _advisory(connection, "pg_advisory_unlock")


def _advisory(connection: BaseDatabaseWrapper, function: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [ONE_AT_A_TIME])
        return bool(cursor.fetchone()[0])
