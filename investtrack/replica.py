"""Readers ask the replica, everybody else the database itself.

Who may write, or has just done so, signs in or brings a key that can write, and is known by that
before anything is asked: so editors and partners always read what they wrote. A reader whom the
replica cannot answer is answered by the database, as if there were no replica.
"""

import logging
from collections.abc import Callable

import psycopg
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from deals.rules.keys import MARKS
from deals.web import health
from investtrack import metrics
from investtrack.db.replica import faults, turns
from investtrack.db.replica.base import DatabaseWrapper
from investtrack.db.replica.watch import watch

log = logging.getLogger(__name__)
# What is about people and the work that they have brought, or about this server at this moment.
NEVER = (
    "/desk/", "/account/", "/admin/", "/healthz", "/readyz", "/metrics",
    "/api/v1/me/", "/api/v1/imports/", "/api/v1/submissions/",
)  # fmt: skip
# Answers that may only mean that the replica has not heard of it yet.
PERHAPS_TOO_NEW = frozenset({400, 404, 410})


def is_reader(request: HttpRequest) -> bool:
    """Whether this request can neither change anything nor come from somebody who did."""
    if request.method not in ("GET", "HEAD") or request.path_info.startswith(NEVER):
        return False
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return False
    scheme, _, key = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    return not scheme or (scheme.lower() == "bearer" and key.strip().startswith(MARKS["read"]))


class Replica:
    """Middleware, behind whatever counts requests and before whatever answers them.

    It stands behind `DatabaseDownMiddleware`, so as to hear of an error before that one does.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if turns.ALIAS not in connections.settings:
            raise MiddlewareNotUsed
        self.get_response = get_response
        health.TOLD[turns.ALIAS] = watch.told

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_reader(request):
            if watch.may_be_asked() and not _asks_for_later(request):
                response = self._by_replica(request)
                if response is not None:
                    return response
                metrics.count_fallback("handed_back")
            else:
                metrics.count_fallback("not_asked")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What nobody will see in place of an error, which the database will not have."""
        if connections[DEFAULT_DB_ALIAS].alias == turns.ALIAS and faults.knows_less(_fault()):
            return HttpResponse(status=503)
        return None

    def _by_replica(self, request: HttpRequest) -> HttpResponseBase | None:
        """The answer, or None where the database itself has to be asked."""
        _replica().begin()
        with turns.instead():
            response = self.get_response(request)
        try:
            if isinstance(response, StreamingHttpResponse) and turns.streams(response):
                turns.begun(response, _note_failure)
        except Exception:
            if not faults.knows_less(_fault()):
                raise
        if faults.knows_less(_fault()):
            _note_failure()
        elif not (_replica().asked and response.status_code in PERHAPS_TOO_NEW):
            return response
        turns.dropped(response)
        return None


def _replica() -> DatabaseWrapper:
    found = connections[turns.ALIAS]
    assert isinstance(found, DatabaseWrapper)
    return found


def _fault() -> BaseException | None:
    return _replica().failure


def _note_failure() -> None:
    fault = _fault()
    if fault is not None and faults.is_away(fault):
        watch.failed(fault)
    elif isinstance(fault, psycopg.Error):
        log.info("The replica left an answer to the database: %s", fault)


def _asks_for_later(request: HttpRequest) -> bool:
    """Who follows the ledger says how far they came, and are to be told of nothing less."""
    after = request.GET.get("after", "")
    return after.isascii() and after.isdigit() and len(after) < 19 and int(after) > watch.head
