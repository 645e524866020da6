"""Whether the process lives, and whether it can do its work: for load balancers and monitors."""

import logging
from collections.abc import Callable
from typing import Any

from celery import current_app
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from deals.models import ImportRun

log = logging.getLogger(__name__)
# A load balancer gives up after a few seconds; a broker that hangs must not outlast it.
BROKER_SECONDS = 2


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


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {}


def _migrations() -> dict[str, Any]:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise NotReadyError(f"{len(missing)} migration(s) are missing; run manage.py migrate.")
    return {}


def _queue() -> dict[str, Any]:
    """The broker takes messages; beside it, how many imports wait in the database."""
    try:
        with current_app.connection_for_write(transport_options={"max_retries": 0}) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
    except Exception as error:
        # Each kind of broker has exceptions of its own.
        log.warning("A readiness check could not reach the broker.", exc_info=True)
        raise NotReadyError("The message broker does not answer.") from error
    return {"waiting": ImportRun.objects.filter(state=ImportRun.State.QUEUED).count()}


CHECKS: dict[str, Callable[[], dict[str, Any]]] = {
    "database": _database,
    "migrations": _migrations,
    "queue": _queue,
}
