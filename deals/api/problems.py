"""Errors of the API as problem documents (RFC 9457), one shape for all of them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.request import Request

from deals.api.problem_types import TYPES, of_status
from deals.feeds.refusals import Refused
from deals.flows.query import BadParameters, Problem

CONTENT_TYPE = "application/problem+json"
# Where each type is explained.
DOCS = "/api/v1/docs/#problem-"
LONGEST_NAME, LONGEST_VALUE, MOST_ALLOWED = 200, 80, 400


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing wrong with a body. `pointer` leads to it (RFC 6901), `value` is what was sent."""

    pointer: str
    message: str
    value: Any = None
    allowed: tuple[str, ...] = ()


class Refusal(exceptions.APIException):
    """To be raised in a view: answers with this status and sentence, and undoes what was done.

    `kind` is one of `problem_types.TYPES`; without it the usual one of the status.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        kind: str = "",
        errors: Iterable[Problem | Wrong] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status_code, self.kind = status, kind
        self.errors, self.headers = tuple(errors), dict(headers or {})


def respond(
    status: int,
    title: str,
    detail: str,
    errors: Iterable[Problem | Wrong] = (),
    headers: Mapping[str, str] | None = None,
    *,
    kind: str = "",
    request: Request | None = None,
) -> HttpResponse:
    """A problem document; `errors` name parameters or lead into the body, each with a sentence."""
    body = {
        "type": DOCS + (kind or of_status(status)),
        "title": title,
        "status": status,
        "detail": _clean(detail),
        "errors": [_error(error, request) for error in errors],
    }
    return HttpResponse(
        json.dumps(body, ensure_ascii=False),
        status=status,
        content_type=CONTENT_TYPE,
        headers=dict(headers or {}),
    )


def problem(status: int, detail: str) -> exceptions.APIException:
    """To be raised in a view: answers with this status and sentence."""
    return Refusal(status, detail)


def bad_parameters(error: BadParameters, request: Request | None = None) -> HttpResponse:
    names = ", ".join(sorted({_short(p.parameter, LONGEST_VALUE) for p in error.problems}))
    return respond(
        400,
        TYPES["bad-parameter"].title,
        f"The question cannot be asked as it stands: see {_short(names, LONGEST_NAME)}.",
        error.problems,
        kind="bad-parameter",
        request=request,
    )


def handle(exc: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's exception handler; None leaves a true fault to the 500 handler and its log."""
    if isinstance(exc, BadParameters):
        return bad_parameters(exc, context.get("request"))
    if isinstance(exc, Refused):
        return respond(422, TYPES["not-usable"].title, str(exc))
    if isinstance(exc, Http404):
        return respond(404, "Not found", str(exc) or "There is nothing at this address.")
    if isinstance(exc, Refusal):
        title = TYPES[exc.kind or of_status(exc.status_code)].title
        return respond(
            exc.status_code, title, str(exc.detail), exc.errors, exc.headers, kind=exc.kind
        )
    if isinstance(exc, exceptions.APIException):
        return _of_framework(exc, context)
    return None


def _of_framework(exc: exceptions.APIException, context: dict[str, Any]) -> HttpResponse:
    """What DRF itself refuses."""
    headers: dict[str, str] = {}
    if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        headers["WWW-Authenticate"] = getattr(exc, "auth_header", "Bearer")
    if isinstance(exc, exceptions.MethodNotAllowed):
        headers["Allow"] = ", ".join(context["view"].allowed_methods)
    if (wait := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait))
    # Not the phrase of the status, which Python words in another way than the type does.
    title = TYPES[of_status(exc.status_code)].title
    return respond(exc.status_code, title, str(exc.detail), headers=headers)


def _error(error: Problem | Wrong, request: Request | None) -> dict[str, Any]:
    """All members are always there; null is what does not apply or is not known."""
    if isinstance(error, Wrong):
        where = {"parameter": None, "pointer": _clean(error.pointer)}
        value = error.value
    else:
        where = {"parameter": _short(error.parameter, LONGEST_NAME), "pointer": None}
        value = _given(error.parameter, request)
    return {
        **where,
        "detail": _clean(error.message),
        "value": None if value is None else _short(_text(value), LONGEST_VALUE),
        "allowed": list(error.allowed[:MOST_ALLOWED]) or None,
    }


def _given(name: str, request: Request | None) -> str | None:
    """What the request has for a parameter or a header."""
    if request is None:
        return None
    texts = request.query_params.getlist(name)
    return ",".join(texts) if texts else request.headers.get(name)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _short(text: str, most: int) -> str:
    clean = _clean(text)
    return clean if len(clean) <= most else f"{clean[: most - 1]}…"


def _clean(text: str) -> str:
    """Without halves of characters, which no answer can carry."""
    return text.encode("utf-8", "replace").decode()
