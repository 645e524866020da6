"""What is told of each request: its id, one line in the log, one measurement.

The middleware comes first. It speaks when the whole answer has been sent, and so also of streams
and of what other middlewares answered.
"""

import logging
import secrets
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import lru_cache
from ipaddress import ip_network
from time import perf_counter
from typing import Any

import structlog
from django.conf import settings
from django.core.signals import request_finished
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from deals.api.keys import FOUND
from deals.flows.answer import looked_up
from deals.rules.addresses import sender
from deals.web.errors import REQUEST_ID
from investtrack import metrics
from investtrack.logs import SHORT
from investtrack.watch_ids import HARMLESS

log = logging.getLogger("investtrack.request")
HEADER = "X-Request-ID"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Asked every few seconds by machines; told of at the level DEBUG as long as all is well.
QUIET = frozenset({"static", "healthz", "readyz", "metrics"})
LONGEST_PATH = 300
LONGEST_ADDRESS = 45


class Seen:
    """A request under way, from its first byte to the last byte of its answer."""

    __slots__ = ("began", "bytes", "request", "response")

    def __init__(self, request: HttpRequest) -> None:
        self.request, self.began, self.bytes = request, perf_counter(), 0
        self.response: HttpResponseBase | None = None


_current: ContextVar[Seen | None] = ContextVar("investtrack_seen", default=None)


class Watch:
    """Gives each request its id, `X-Request-ID` of the answer, and remembers it until the end."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        request_finished.connect(finish, dispatch_uid="investtrack.watch")
        if settings.METRICS:
            looked_up.connect(_count_kept, dispatch_uid="investtrack.watch")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        seen = Seen(request)
        request_id = request.META[REQUEST_ID] = id_of(request)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        _current.set(seen)
        response = seen.response = self.get_response(request)
        response.headers[HEADER] = request_id
        if isinstance(response, StreamingHttpResponse) and "Content-Length" not in response.headers:
            response.streaming_content = _counted(iter(response), seen)
        return response


def id_of(request: HttpRequest) -> str:
    """The id that a trusted proxy gave the request, so that its log and ours meet; else a new one.

    Who reaches us without a proxy could otherwise choose what our log says.
    """
    if settings.TRUST_PROXY and HARMLESS.fullmatch(given := request.headers.get(HEADER, "")):
        return given
    return secrets.token_hex(8)


def _count_kept(found: bool, **_signal: object) -> None:
    metrics.count_kept(found)


def _counted(chunks: Iterator[bytes], seen: Seen) -> Iterator[bytes]:
    for chunk in chunks:
        seen.bytes += len(chunk)
        yield chunk


def finish(**_signal: object) -> None:
    """The answer has been sent, or whoever asked for it has gone."""
    seen = _current.get()
    if seen is None:
        return
    _current.set(None)
    try:
        if seen.response is not None:
            tell(seen, seen.response)
    finally:
        structlog.contextvars.clear_contextvars()


def tell(seen: Seen, response: HttpResponseBase) -> None:
    seconds, route, status = (
        perf_counter() - seen.began,
        route_of(seen.request),
        response.status_code,
    )
    metrics.count_request(route, method_of(seen.request), status, seconds)
    level = logging.DEBUG if route in QUIET and status < 400 else logging.INFO
    if log.isEnabledFor(level):
        log.log(level, "request", extra={SHORT: _facts(seen, response, route, status, seconds)})


def _facts(
    seen: Seen, response: HttpResponseBase, route: str, status: int, seconds: float
) -> dict[str, Any]:
    """Neither query nor name: what was asked for and by whom is not what the log is for."""
    request = seen.request
    facts: dict[str, Any] = {
        "request_id": request.META[REQUEST_ID],
        "method": method_of(request),
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "bytes": _bytes(seen, response),
    }
    if status >= 400:
        facts["path"] = request.path[:LONGEST_PATH]
    found = request.META.get(FOUND)
    if found is not None and found.key is not None:
        facts["key"] = found.key.prefix
    # Only where the request has asked who it is; the log asks the database nothing.
    user = getattr(request, "_cached_user", None)
    if user is not None and user.pk is not None:
        facts["person"] = user.pk
    if settings.LOG_ADDRESS != "none":
        meta = request.META
        last = meta.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()[:LONGEST_ADDRESS]
        facts["address"] = address(meta.get("REMOTE_ADDR", ""), last, settings.LOG_ADDRESS)
    return facts


def route_of(request: HttpRequest) -> str:
    """The name of the route, of which there are few, and never the address, of which there are
    as many as anybody likes."""
    match = request.resolver_match
    if match is not None:
        return match.view_name
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"


def method_of(request: HttpRequest) -> str:
    """The method, or "other": a client may write any word."""
    return request.method if request.method in METHODS else "other"


def _bytes(seen: Seen, response: HttpResponseBase) -> int:
    if seen.request.method == "HEAD" or response.status_code in (204, 304):
        return 0
    if length := response.headers.get("Content-Length", ""):
        return int(length) if length.isdigit() else 0
    return seen.bytes if response.streaming else len(getattr(response, "content", b""))


@lru_cache(1024)
def address(remote: str, forwarded: str, how: str) -> str:
    """Where a request came from, as closely as `how` ("network" or "full") allows."""
    found = sender(remote, forwarded)
    if how == "full" or "/" in found:
        return found
    try:
        return str(ip_network(f"{found}/24", strict=False))
    except ValueError:
        return "unknown"
