"""A replica in the tests: a second way to the same database, on which nothing can be written."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections

from deals.web import health
from investtrack.db.replica.turns import ALIAS
from investtrack.db.replica.watch import watch


@pytest.fixture
def replica(db: None) -> Iterator[Any]:
    """The connection of this thread to the replica, which sees nothing of the test's own data."""
    with alias_of(address()) as found:
        yield found


@pytest.fixture
def full_replica(transactional_db: None) -> Iterator[Any]:
    """The same, where the test's data can be seen."""
    with alias_of(address()) as found:
        yield found


def address() -> dict[str, Any]:
    """Where the database of the tests is, also an embedded one."""
    connection.ensure_connection()
    of = connection.connection.info
    return {"HOST": of.host, "PORT": of.port, "USER": of.user, "PASSWORD": of.password} | {
        "NAME": of.dbname,
        "OPTIONS": {"options": "-c default_transaction_read_only=on"},
    }


@contextmanager
def alias_of(where: dict[str, Any]) -> Iterator[Any]:
    """With this address under the name of the replica; nothing of it is left afterwards."""
    engine = {"ENGINE": "investtrack.db.replica"}
    connections.settings[ALIAS] = {**connections.settings["default"], **where, **engine}
    watch.forget()
    cache.clear()
    found: Any = connections[ALIAS]
    # Django's tests let nobody connect but to the databases that they were told of.
    found.ensure_connection = partial(_connect, found)
    try:
        yield found
    finally:
        found.close()
        del connections[ALIAS]
        del connections.settings[ALIAS]
        health.TOLD.pop(ALIAS, None)
        watch.forget()


def _connect(replica: Any) -> None:
    if replica.connection is None:
        with replica.wrap_database_errors:
            replica.connect()
