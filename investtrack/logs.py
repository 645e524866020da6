"""The log: one line for each thing that happened, as text or JSON, without secrets.

Everybody writes through the standard library (`logging.getLogger(__name__)`), facts by `extra=`.
Each line carries what is bound to its request or task: `request_id`, `task_id`, `import_id`.
"""

import json
import logging
import sys
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from functools import cache
from textwrap import indent
from typing import Any, TextIO

# `extra={SHORT: {…}}`: all facts of a line, known to be harmless. There is such a line for every
# request, and the long way through structlog would cost more than many an answer.
SHORT = "investtrack_facts"
_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
FIRST = ("time", "level", "event")
LAST = ("exception", "stack")


def logging_settings(form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error, in the order in which it happened."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": "investtrack.logs.formatter", "form": form}},
        "filters": {"no_traceback": {"()": "investtrack.logs.NoTraceback"}},
        "handlers": {"console": {"()": "investtrack.logs.Console", "formatter": "ours"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # The line of the request has what is told of answers below 500.
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
            # As have the lines of tasks (`investtrack.task_watch`); failures stay.
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
            # Anybody can send a wrong name of the server, as often as they like.
            "django.security.DisallowedHost": {"filters": ["no_traceback"]},
            # It writes down whole addresses, and those of webhooks and feeds may hold a secret.
            "httpx": {"level": "WARNING"},
        },
    }


class NoTraceback(logging.Filter):
    """For what says everything in its own sentence, and whose place in the code helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return True


class Console(logging.StreamHandler):
    """Writes to what standard error is now, which tests and servers may have replaced."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        return sys.stderr


def formatter(form: str) -> logging.Formatter:
    """Called when logging is set up; only then structlog is loaded."""
    import structlog

    render: Any = _as_json if form == "json" else _as_text

    class Ours(structlog.stdlib.ProcessorFormatter):
        def format(self, record: logging.LogRecord) -> str:
            short = getattr(record, SHORT, None)
            if short is None:
                return redaction()(super().format(record))
            text = str(render(None, "", _short(record, short)))
            # What a client has written is only in the path.
            return redaction()(text) if "path" in short else text

    return Ours(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _without_secret_names,
            render,
        ],
    )


def _short(record: logging.LogRecord, facts: dict[str, Any]) -> dict[str, Any]:
    time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds")
    head = {
        "time": time.replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "event": record.msg,
    }
    return head | facts


@cache
def redaction() -> Callable[[str], str]:
    """Hides this installation's secrets in a text, and whatever looks like one."""
    from django.conf import settings

    from investtrack.redaction import redactor, secrets_of

    return redactor(secrets_of(settings))


def _without_secret_names(_logger: Any, _method: str, event: Any) -> Any:
    from investtrack.redaction import HIDDEN, SECRET_NAMES

    # Django passes the whole request on, and shows its address with what was asked for; Celery
    # passes on once more what its line says, and all arguments.
    event.pop("request", None)
    event.pop("data", None)
    for name in event.keys() & SECRET_NAMES:
        event[name] = HIDDEN
    return event


def _as_json(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    return _encode(_ordered(event))


def _as_text(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """2026-11-22T19:30:00.123456Z INFO request route=deals status=200"""
    ordered = _ordered(event)
    behind = [ordered.pop(name) for name in LAST if name in ordered]
    time, level, said = (ordered.pop(name, "") for name in FIRST)
    facts = " ".join(f"{name}={_plain(value)}" for name, value in ordered.items())
    line = f"{time} {level.upper():<7} {_visible(str(said))} {facts}".rstrip()
    # What is told of a fault may hold any text; no line of it begins as others do.
    return "\n".join([line, *(indent(str(one), "  ") for one in behind)])


def _ordered(event: MutableMapping[str, Any]) -> dict[str, Any]:
    if next(iter(event)) == FIRST[0]:
        return dict(event)
    first = {name: event[name] for name in FIRST if name in event}
    return first | {name: value for name, value in event.items() if name not in first}


def _plain(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    odd = not text or not text.isprintable() or " " in text or '"' in text
    return json.dumps(text, ensure_ascii=False) if odd else text


def _visible(text: str) -> str:
    """One line stays one line: who can choose a text must not be able to write others."""
    return text if text.isprintable() else json.dumps(text, ensure_ascii=False)[1:-1]
