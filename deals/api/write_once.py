"""One effect for each Idempotency-Key, however often and however badly a request is sent.

The key is a row. Whoever works on it holds the row's lock in the very transaction that has the
effect and stores the answer: both are kept, or neither. A process that dies lets the lock go with
its connection, so that the next one who sends the request simply does it; nothing has to expire.
"""

import hashlib
import json
from collections.abc import Callable

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from deals.api.body import Object
from deals.api.problems import Refusal
from deals.flows.query import BadParameters, Problem
from deals.models import ApiKey, ApiWrite

NAME = "Idempotency-Key"
LONGEST = 255
# Headers that a kept answer is given with again.
KEPT = ("Content-Type", "Location")


def once(request: Request, body: Object, effect: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of `effect`, in one transaction; under an Idempotency-Key the one it gave before.

    A refusal that `effect` raises undoes everything and leaves the key free for a better body.
    """
    assert isinstance(request.auth, ApiKey)
    name = _key(request)
    if name is None:
        with transaction.atomic():
            return effect()
    mark = _mark(request, body)
    made = ApiWrite(
        api_key=request.auth, idempotency_key=name, request=mark, created_at=timezone.now()
    )
    # Before the effect, and kept whatever becomes of it: there has to be a row to lock.
    ApiWrite.objects.bulk_create([made], ignore_conflicts=True)
    with transaction.atomic():
        named = ApiWrite.objects.filter(api_key=request.auth, idempotency_key=name)
        row = named.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            raise _running()
        if row.status is not None:
            return _again(row, mark)
        response = effect()
        row.request, row.status, row.body = mark, response.status_code, response.content.decode()
        row.headers = {header: response[header] for header in KEPT if header in response}
        row.save(update_fields=["request", "status", "body", "headers"])
    return response


def _key(request: Request) -> str | None:
    key = request.headers.get(NAME)
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST or not all("!" <= char <= "~" for char in key):
        said = f"This header holds 1 to {LONGEST} visible ASCII characters."
        raise BadParameters([Problem(NAME, said)])
    return str(key)


def _mark(request: Request, body: Object) -> str:
    """What a request asks for; If-Match is what a deal was, and another time may be another.

    Two programs write the same body with other blanks, order and escapes: that is one request.
    """
    asked = [request.method, request.path, request.headers.get("If-Match", ""), body]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _running() -> Refusal:
    return Refusal(
        409,
        "A request with this Idempotency-Key is being worked on. Send it again in a moment to have "
        "its answer.",
        kind="still-running",
        headers={"Retry-After": "1"},
    )


def _again(row: ApiWrite, mark: str) -> HttpResponse:
    if row.request != mark:
        raise Refusal(
            422,
            "This Idempotency-Key was sent before with another address, body or If-Match: give "
            "each request a key of its own.",
            kind="key-reused",
        )
    response = HttpResponse(row.body, status=row.status, headers=row.headers)
    response["Idempotent-Replayed"] = "true"
    return response
