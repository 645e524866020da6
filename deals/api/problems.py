"""Errors of the API as problem documents (RFC 9457), one shape for all of them."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.views import set_rollback

from deals.feeds.refusals import Refused
from deals.flows.query import BadParameters, Problem

CONTENT_TYPE = "application/problem+json"


def respond(
    status: int,
    title: str,
    detail: str,
    errors: Iterable[Problem] = (),
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """A problem document; `errors` name the parameters, each with a sentence."""
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": [{"parameter": e.parameter, "detail": e.message} for e in errors],
    }
    return HttpResponse(
        json.dumps(body, ensure_ascii=False),
        status=status,
        content_type=CONTENT_TYPE,
        headers=headers,
    )


def problem(status: int, detail: str) -> exceptions.APIException:
    """To be raised in a view: answers with this status and sentence."""
    raised = exceptions.APIException(detail)
    raised.status_code = status
    return raised


def bad_parameters(error: BadParameters) -> HttpResponse:
    names = ", ".join(sorted({problem.parameter for problem in error.problems}))
    return respond(
        400,
        "Bad parameter",
        f"The question cannot be asked as it stands: see {names}.",
        error.problems,
    )


def handle(exc: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's exception handler; None leaves a true fault to the 500 handler and its log."""
    set_rollback()
    if isinstance(exc, BadParameters):
        return bad_parameters(exc)
    if isinstance(exc, Refused):
        return respond(422, HTTPStatus(422).phrase, str(exc))
    if isinstance(exc, Http404):
        return respond(404, "Not found", str(exc) or "There is nothing at this address.")
    if isinstance(exc, exceptions.APIException):
        title = HTTPStatus(exc.status_code).phrase
        headers: dict[str, str] = {}
        if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
            headers["WWW-Authenticate"] = getattr(exc, "auth_header", "Bearer")
        if isinstance(exc, exceptions.MethodNotAllowed):
            headers["Allow"] = ", ".join(context["view"].allowed_methods)
        return respond(exc.status_code, title, str(exc.detail), headers=headers)
    return None
