"""Whether the process lives, and whether it can do its work: for load balancers and monitors."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from celery import current_app
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from deals.models import ImportRun

log = logging.getLogger(__name__)
# A monitor gives up after a few seconds; what hangs must not outlast it.
BROKER_SECONDS = DATABASE_SECONDS = 2
# How many questions to a broker that hangs may be open at a time.
MOST_HANGING = 3


class NotReadyError(Exception):
    """One check failed; the message is a sentence without addresses or passwords."""


@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """`/healthz`: the process answers. It asks nothing of anybody else."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """`/readyz`: database, migrations and queue; 503 when one of them is missing."""
    checks = {name: _result(check) for name, check in CHECKS.items()}
    is_ready = all(check["ok"] for check in checks.values())
    checks |= {name: tell() for name, tell in TOLD.items()}
    return JsonResponse(
        {"status": "ready" if is_ready else "not ready", "checks": checks},
        status=200 if is_ready else 503,
    )


def _result(check: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return {"ok": True, **check()}
    except NotReadyError as error:
        return {"ok": False, "detail": str(error)}
    except DatabaseError:
        # What a driver says may name hosts and users; the log is the place for that.
        log.warning("A readiness check could not use the database.", exc_info=True)
        return {"ok": False, "detail": "The database does not answer."}


@contextmanager
def _in_time() -> Iterator[CursorWrapper]:
    """The database, which gives up each question after some seconds."""
    with transaction.atomic(), connection.cursor() as cursor:
        limit = str(DATABASE_SECONDS * 1000)
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [limit])
        yield cursor


def _database() -> dict[str, Any]:
    with _in_time() as cursor:
        cursor.execute("SELECT 1")
    return {}


# The migrations that were applied when this process last found that none is missing.
_complete: set[tuple[str, str]] = set()


def _migrations() -> dict[str, Any]:
    """None is missing. Reading all their files takes long, so it is done once.

    A database that is ahead of the code is in step with the next version of it, and takes this one
    meanwhile (docs/operations.md, Upgrading); how far is told.
    """
    with _in_time():
        applied = set(MigrationRecorder(connection).applied_migrations())
    if not _complete or not _complete <= applied:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if missing:
            raise NotReadyError(f"{len(missing)} migration(s) are missing; run manage.py migrate.")
        _complete.clear()
        _complete.update(applied & executor.loader.disk_migrations.keys())
    ours = {app for app, _name in _complete}
    ahead = sum(app in ours for app, _name in applied - _complete)
    return {"ahead": ahead} if ahead else {}


def _queue() -> dict[str, Any]:
    """The broker takes messages; beside it, how many imports wait in the database."""
    faults: list[Exception] = []
    _hanging[:] = [thread for thread in _hanging if thread.is_alive()]
    hangs = len(_hanging) >= MOST_HANGING
    if not hangs:
        asking = Thread(target=_ask_broker, args=(faults,), daemon=True)
        asking.start()
        asking.join(BROKER_SECONDS)
        if hangs := asking.is_alive():
            _hanging.append(asking)
    if faults or hangs:
        why = str(faults[0]) if faults else "it takes connections and says nothing"
        log.warning("A readiness check could not reach the broker: %s", why)
        raise NotReadyError("The message broker does not answer.")
    with _in_time():
        return {"waiting": ImportRun.objects.filter(state=ImportRun.State.QUEUED).count()}


# Questions to the broker for whose answer nobody waits any more, and that are still open.
_hanging: list[Thread] = []


def _ask_broker(faults: list[Exception]) -> None:
    """In a thread of its own, since some libraries wait for an answer as long as it takes."""
    limits = {
        "max_retries": 0,
        # Of Redis and of RabbitMQ, so that the thread ends, too.
        "socket_timeout": BROKER_SECONDS,
        "read_timeout": BROKER_SECONDS,
    }
    try:
        with current_app.connection_for_write(transport_options=limits) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
    except Exception as error:
        # Each kind of broker has exceptions of its own.
        faults.append(error)


CHECKS: dict[str, Callable[[], dict[str, Any]]] = {
    "database": _database,
    "migrations": _migrations,
    "queue": _queue,
}

# What this server can do without, told beside them: {"ok": …, …} without names of other machines.
TOLD: dict[str, Callable[[], dict[str, Any]]] = {}
