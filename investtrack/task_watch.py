"""What is told of each task: one line when it ends, with the request that rang for it.

The id of a request travels in the headers of the message; the worker binds it, so that every line
of the task has it.
"""

import logging
from contextvars import ContextVar
from importlib import import_module
from time import perf_counter
from typing import Any

from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun

from investtrack.watch_ids import HARMLESS

log = logging.getLogger("investtrack.task")
HEADER = "investtrack_request_id"
# Rung for again and again; told of at the level DEBUG as long as all is well.
SWEEPERS = frozenset(
    f"deals.tasks.{name}"
    for name in (
        "check_feeds", "make_releases", "send_mail", "suggest_lately", "sweep_imports",
        "tell_webhooks", "weigh_reviews",
    )
)  # fmt: skip
_began: ContextVar[float] = ContextVar("investtrack_task_began", default=0.0)


def bound() -> Any:
    """structlog's context. Loaded by the first task, since every process loads this module."""
    return import_module("structlog.contextvars")


@setup_logging.connect
def keep_ours(**_: Any) -> None:
    """Celery sets up no logging of its own where somebody listens to this."""
    from logging.config import dictConfig

    from django.conf import settings

    dictConfig(settings.LOGGING)


@before_task_publish.connect
def name_the_request(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Who rings is written on the message; a task that rings for another hands its request on."""
    found = bound().get_contextvars().get("request_id")
    if found and headers is not None:
        headers[HEADER] = found


@task_prerun.connect
def begin(task_id: str = "", task: Any = None, **_: Any) -> None:
    bound().clear_contextvars()
    about = {"task_id": task_id, "task": task.name}
    if found := _given(task):
        about["request_id"] = found
    bound().bind_contextvars(**about)
    _began.set(perf_counter())


@task_postrun.connect
def end(task: Any = None, state: str = "", retval: Any = None, **_: Any) -> None:
    try:
        facts: dict[str, Any] = {"state": state, "ms": round((perf_counter() - _began.get()) * 1e3)}
        if isinstance(retval, int | dict) and state == "SUCCESS":
            facts["result"] = retval
        well = state == "SUCCESS" and task.name in SWEEPERS
        log.log(logging.DEBUG if well else logging.INFO, "task", extra=facts)
    finally:
        bound().clear_contextvars()


def _given(task: Any) -> str:
    """The id in the message: a number of ours, or nothing."""
    found = getattr(task.request, HEADER, None) or (task.request.headers or {}).get(HEADER, "")
    return found if isinstance(found, str) and HARMLESS.fullmatch(found) else ""
