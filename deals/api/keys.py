"""`Authorization: Bearer <key>`: whose key it is, and that it is still good."""

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from deals.models import ApiKey
from deals.rules.keys import digest_of

SCHEME = "Bearer"
# A busy client would otherwise write a row with every request.
NOTED_EVERY = timedelta(minutes=1)


class KeyAuthentication(BaseAuthentication):
    """`request.user` is who answers for the key, `request.auth` the key.

    Without this header, or with one of another scheme, other ways to sign in are tried. A key that
    is wrong is refused also where no key is needed: its owner should hear of it.
    """

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="InvestTrack"'

    @sensitive_variables("header", "given")
    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, ApiKey] | None:
        header = request.headers.get("Authorization", "").split()
        if not header or header[0].casefold() != SCHEME.casefold():
            return None
        given = header[1] if len(header) == 2 else ""
        key = ApiKey.objects.select_related("user").filter(digest=digest_of(given)).first()
        if key is None:
            raise AuthenticationFailed(
                "This key is not known here. Send it whole: Authorization: Bearer itk_…"
            )
        if key.revoked_at is not None:
            raise AuthenticationFailed(f"The key {key.prefix}… was revoked; ask for a new one.")
        if not key.user.is_active:
            raise AuthenticationFailed(f"The account behind the key {key.prefix}… was closed.")
        _note_use(key)
        return key.user, key


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - NOTED_EVERY:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - NOTED_EVERY)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
