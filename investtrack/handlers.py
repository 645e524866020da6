"""Errors outside any view: readers get a page, partners `application/problem+json`.

It belongs to the address space, beside the URL table: only there do pages and API meet.
"""

import logging
import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg.errors import QueryCanceled

from deals.api import problems
from deals.web import errors

log = logging.getLogger(__name__)
DATABASE_DOWN = (OperationalError, InterfaceError)
NOTHING_HERE = gettext_noop("There is no page at this address.")


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler400`: what Django itself refuses."""
    if _is_api(request):
        return problems.respond(400, "Bad request", "The request could not be read.")
    return errors.unreadable(request)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler404`: the sentence that a view raised, or that there is nothing here."""
    said = exception.args[0] if exception and exception.args else None
    sentence = said if isinstance(said, str) else _(NOTHING_HERE)
    if _is_api(request):
        return problems.respond(404, "Not found", sentence)
    return errors.not_found(request, sentence)


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: also reached when the database goes away before or after a view."""
    if isinstance(sys.exc_info()[1], DATABASE_DOWN):
        return database_down(request)
    if _is_api(request):
        detail = "The server made a mistake. It is in the server's log."
        if reference := errors.reference(request):
            detail += f" Reference: {reference}."
        return problems.respond(500, "Server error", detail)
    return errors.server_error(request)


def database_down(request: HttpRequest) -> HttpResponse:
    """503, for pages and API alike with the time after which to try again."""
    if not _is_api(request):
        return errors.database_down(request)
    detail = "The database does not answer at the moment. Please try again in a minute."
    response = problems.respond(503, "Service unavailable", detail)
    response.headers["Retry-After"] = errors.RETRY_SECONDS
    return response


def too_slow(request: HttpRequest) -> HttpResponse:
    """503 for a question that the database gave up after `QUESTION_MAX_SECONDS`."""
    if not _is_api(request):
        return errors.too_slow(request)
    detail = "This question takes too long. Please narrow it down, e.g. to fewer years."
    return problems.respond(503, "Service unavailable", detail)


class DatabaseDownMiddleware:
    """Turns a database that is away, or gave a question up, into a 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DATABASE_DOWN):
            return None
        if isinstance(exception.__cause__, QueryCanceled):
            log.warning("A question took too long.", extra={"path": request.path})
            return too_slow(request)
        log.error("The database does not answer.", exc_info=exception)
        return database_down(request)
