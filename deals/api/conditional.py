"""Answers that a client may keep: an unchanged question costs a look at the ledger's head."""

import hashlib
from collections.abc import Callable

from django.http import HttpResponse
from rest_framework.request import Request

JSON = "application/json"
HEADER = "HTTP_IF_NONE_MATCH"


def etag_of(identity: str) -> str:
    # Weak, because compression changes the bytes and not what they say.
    return f'W/"{identity}"'


def mark_of(version_id: int, text: bytes) -> str:
    """The identity of one version's document; it changes also when the text was computed again."""
    return f"deal-{version_id}-{digest_of(text)}"


def digest_of(*texts: bytes) -> str:
    """A short mark of these texts in this order."""
    digest = hashlib.blake2b(digest_size=12)
    for text in texts:
        digest.update(text)
    return digest.hexdigest()


def asks_if_changed(request: Request) -> bool:
    """Whether it is worth knowing the identity before anything else."""
    return HEADER in request.META


def unchanged(request: Request, identity: str) -> HttpResponse | None:
    """304 when the client has this answer already."""
    if not asks_if_changed(request):
        return None
    etag = etag_of(identity)
    tags = [tag.strip() for tag in request.META[HEADER].split(",")]
    if "*" in tags or any(tag.removeprefix("W/") == etag.removeprefix("W/") for tag in tags):
        return _marked(HttpResponse(status=304, content_type=JSON), etag)
    return None


def answer(request: Request, identity: str, body: Callable[[], str | bytes]) -> HttpResponse:
    """304 when the client has this answer already, else the JSON text that `body` makes."""
    if same := unchanged(request, identity):
        return same
    return _marked(HttpResponse(body(), content_type=JSON), etag_of(identity))


def _marked(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    return response
