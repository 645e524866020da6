"""How many requests a partner has in an hour: counted before anything else is done, and said with
every answer (`RateLimit` and `RateLimit-Policy` of the IETF draft, and `Retry-After`)."""

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict

from deals.accounts.keys_counted import HOUR, Standing, count, limit_of, subject_of
from deals.api import problems
from deals.api.keys import presented
from deals.api.problem_types import TYPES
from deals.flows.query import Problem
from deals.rules.addresses import sender
from deals.rules.keys import looks_like_key

__all__ = ["Limits", "Standing", "count", "standing_of"]

API = "/api/"
# Names under which other services take a key in the address.
KEY_NAMES = frozenset({"key", "api_key", "apikey", "api-key", "access_token", "token"})
KEPT = "investtrack.standing"
# Questions up to this many characters are remembered as harmless; longer ones are rare.
REMEMBERED = 1_000


def standing_of(request: HttpRequest) -> Standing | None:
    """Where whoever asks stands after this request; None where nothing limits them."""
    found: Standing | None = request.META.get(KEPT)
    return found


class Limits:
    """Middleware for the API, so that redirects, errors and streams are counted and told, too.

    A good key is counted by itself, a signed-in browser by its person, and everybody else by their
    address: there also wrong keys count, so that nobody tries many.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(API):
            return self.get_response(request)
        standing = request.META[KEPT] = _count(request)
        if standing is not None and not standing.allowed:
            response = _too_many(standing)
        elif name := _key_in_address(request):
            response = _take_it_out(name)
        else:
            response = self.get_response(request)
        if standing is not None:
            _tell(response, standing)
        return response


def _count(request: HttpRequest) -> Standing | None:
    found = presented(request)
    if found is not None and found.key is not None:
        subject, limit = subject_of(found.key), limit_of(found.key)
    elif found is None and request.user.is_authenticated:
        subject, limit = f"user:{request.user.pk}", settings.API_PER_HOUR
    else:
        subject, limit = f"address:{_address(request)}", settings.API_PER_HOUR_OPEN
        if not limit:
            return None
    standing = count(subject, limit)
    return standing if limit else None


def _address(request: HttpRequest) -> str:
    return sender(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


class _KeyFound(Exception):
    """`args[0]` is the name of the parameter that brings it."""


def _key_in_address(request: HttpRequest) -> str:
    """The name of the parameter that brings a key, which nobody should see there; "" for none."""
    text = request.META.get("QUERY_STRING", "")
    check = _check_keyless if len(text) <= REMEMBERED else _check_keyless.__wrapped__
    try:
        check(text)
    except _KeyFound as found:
        return str(found.args[0]) or "a parameter"
    return ""


@lru_cache(maxsize=1024)
def _check_keyless(text: str) -> None:
    """Partners ask the same again and again. What raises is not remembered: it may be a key."""
    for name, values in QueryDict(text.encode("latin-1")).lists():
        if name.casefold() in KEY_NAMES or any(map(looks_like_key, (name, *values))):
            raise _KeyFound(name)


def _take_it_out(name: str) -> HttpResponse:
    # What was sent is not repeated: it may be a key.
    said = "A key does not belong into an address, where logs and histories keep it."
    fault = Problem(
        "a parameter" if looks_like_key(name) else name[:50],
        f"{said} Send it as “Authorization: Bearer <key>”.",
    )
    detail = f"{said} Revoke this key, make a new one, and send it in the header Authorization."
    title = TYPES["bad-parameter"].title
    return problems.respond(400, title, detail, [fault], kind="bad-parameter")


def _too_many(standing: Standing) -> HttpResponse:
    detail = (
        f"This was more than {standing.limit} requests in an hour. The next hour begins in "
        f"{standing.seconds} s; a key, or a larger limit for one, allows more."
    )
    headers = {"Retry-After": str(standing.seconds), "Cache-Control": "no-store"}
    return problems.respond(429, TYPES["too-many"].title, detail, headers=headers)


def _tell(response: HttpResponse, standing: Standing) -> None:
    response["RateLimit-Policy"] = f'"hour";q={standing.limit};w={HOUR}'
    response["RateLimit"] = f'"hour";r={standing.left};t={standing.seconds}'
