"""Tells a Sentry-compatible tracker what went wrong, where SENTRY_DSN names one.

What is logged as an error is told, and nothing else: no request's body, no variable's value, no
person. Without SENTRY_DSN nothing of this is loaded.
"""

import logging
from typing import Any

from django.conf import settings

# Lines of the log before the error, which say what led to it.
LINES_BEFORE = 20
TAGS = ("request_id", "task_id", "task", "import_id")


def start(process: str) -> bool:
    """Begin to tell; `process` is "web" or "worker". False where nobody wants to hear."""
    if not settings.SENTRY_DSN:
        return False
    import sentry_sdk
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.dedupe import DedupeIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.SENTRY_ENVIRONMENT,
        # Every error of ours is logged, once, with its traceback: by Django for requests, by
        # Celery for tasks. Other hooks would see it again, with all that a request brought.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=logging.INFO, event_level=logging.ERROR),
            DedupeIntegration(),
            AtexitIntegration(callback=_quietly),
        ],
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=LINES_BEFORE,
        before_send=scrub,
        before_breadcrumb=scrub,
        shutdown_timeout=2,
    )
    sentry_sdk.set_tag("process", process)
    return True


def scrub(event: Any, _hint: Any) -> Any:
    """The event without secrets, with the ids by which the log has the rest."""
    from structlog.contextvars import get_contextvars

    from investtrack.logs import redaction
    from investtrack.redaction import redact_within

    # The request itself, which carries the body and the headers, is among a line's facts, as are
    # all arguments of a task.
    for name in ("request", "data"):
        event.get("extra", {}).pop(name, None)
    clean = redact_within(event, redaction())
    if "event_id" in clean:
        bound = get_contextvars()
        tags = {name: str(bound[name]) for name in TAGS if name in bound}
        clean["tags"] = {**dict(clean.get("tags") or {}), **tags}
    return clean


def _quietly(_pending: int, _timeout: float) -> None:
    """The process ends; what could not be told in time is in the log."""
