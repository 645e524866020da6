"""`Authorization: Bearer <key>`: whose key it is, and that it is still good."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from deals.models import ApiKey
from deals.rules.keys import digest_of

SCHEME = "Bearer"
HEADER = "HTTP_AUTHORIZATION"
# Where the answer is kept for the rest of the request: it is asked for twice.
FOUND = "investtrack.api_key"
# A busy client would otherwise write a row with every request.
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Presented:
    """What a request brought to show who asks: a good key, or a sentence that says why not."""

    key: ApiKey | None
    fault: str = ""


def presented(request: HttpRequest) -> Presented | None:
    """None without the header. One query, once a request."""
    if HEADER not in request.META:
        return None
    if FOUND not in request.META:
        request.META[FOUND] = _look_up(request.META[HEADER])
    found: Presented = request.META[FOUND]
    return found


@sensitive_variables("header", "words")
def _look_up(header: str) -> Presented:
    words = header.split()
    if len(words) != 2 or words[0].casefold() != SCHEME.casefold():
        return Presented(
            None, "The header Authorization has to be “Bearer”, a blank, and the whole key."
        )
    key = ApiKey.objects.select_related("user").filter(digest=digest_of(words[1])).first()
    if key is None:
        return Presented(
            None, "This key is not known here. Send it whole: Authorization: Bearer itk_…"
        )
    fault = _fault(key)
    return Presented(None if fault else key, fault)


def _fault(key: ApiKey) -> str:
    """Why a known key is no longer good, "" when it is."""
    if key.revoked_at is not None:
        return f"The key {key.prefix}… was revoked; make a new one, or ask for it."
    if key.expires_at is not None and key.expires_at <= timezone.now():
        return f"The key {key.prefix}… expired on {key.expires_at:%Y-%m-%d}; make a new one."
    if not key.user.is_active:
        return f"The account behind the key {key.prefix}… was closed."
    return ""


class KeyAuthentication(BaseAuthentication):
    """`request.user` is who answers for the key, `request.auth` the key.

    Without this header other ways to sign in are tried. A key that is wrong is refused also where
    no key is needed: its owner should hear of it.
    """

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="InvestTrack"'

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, ApiKey] | None:
        found = presented(request._request)
        if found is None:
            return None
        if found.key is None:
            raise AuthenticationFailed(found.fault)
        _note_use(found.key)
        return found.key.user, found.key


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - NOTED_EVERY:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - NOTED_EVERY)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
