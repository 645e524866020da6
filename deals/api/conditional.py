"""Answers that a client may keep: an unchanged question costs a look at the ledger's head."""

from collections.abc import Callable

from django.http import HttpResponse
from rest_framework.request import Request

JSON = "application/json"


def etag_of(identity: str) -> str:
    # Weak, because compression changes the bytes and not what they say.
    return f'W/"{identity}"'


def _matches(request: Request, etag: str) -> bool:
    asked = request.headers.get("If-None-Match", "")
    tags = [tag.strip() for tag in asked.split(",")]
    return "*" in tags or any(tag.removeprefix("W/") == etag.removeprefix("W/") for tag in tags)


def answer(request: Request, identity: str, body: Callable[[], str]) -> HttpResponse:
    """304 when the client has this answer already, else the JSON text that `body` makes."""
    etag = etag_of(identity)
    if _matches(request, etag):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body(), content_type=JSON)
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    return response
