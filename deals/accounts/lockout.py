"""Who has failed to sign in too often, and until when nothing more is tried.

Failures are rows of the database, so that they count over all processes and survive a restart:
5 of one name from one address, 20 of one address under any names, and 10 wrong codes of one
person from anywhere. Each holds for 30 minutes after the last failure (`settings.AXES_*`).
"""

from datetime import datetime
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Max, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from deals.rules.addresses import sender

OF_ADDRESS, OF_CODES = 20, 10
# Under this name stand the wrong codes of a person: no name may have brackets.
CODES = "{} (code)"
Credentials = dict[str, Any] | None


def address_of(request: HttpRequest) -> str | None:
    """Who asks, as the column for addresses takes it; a network by its first address."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    return sender(request.META.get("REMOTE_ADDR", ""), forwarded).partition("/")[0] or None


def name_of(request: HttpRequest, credentials: Credentials) -> str | None:
    """The name that failures are counted under: one for a person, however they write it."""
    field = settings.AXES_USERNAME_FORM_FIELD
    given = credentials or {field: request.POST.get(field)}
    # django-axes asks with the form's word for the name, Django tells with its own.
    written = given.get("username") or given.get(field) or given.get("email") or ""
    text = str(written).strip().replace("\0", "")[:150]
    if "@" in text:
        named = get_user_model().objects.filter(email__iexact=text).order_by("pk").first()
        text = named.get_username() if named else text
    return text.casefold() or None


def failures(name: str | None, address: str | None, since: datetime) -> int:
    """Failed attempts, weighed so that `AXES_FAILURE_LIMIT` of them lock out. One query."""
    named, here = Q(username=name), Q(ip_address=address)
    counted = AccessAttempt.objects.filter(named | here, attempt_time__gt=since).aggregate(
        pair=Sum("failures_since_start", filter=named & here),
        address=Sum("failures_since_start", filter=here),
        name=Sum("failures_since_start", filter=named),
    )
    limit: int = settings.AXES_FAILURE_LIMIT
    weighed = [counted["pair"] or 0, (counted["address"] or 0) * limit // OF_ADDRESS]
    if name and name.endswith(CODES.format("")):
        weighed.append((counted["name"] or 0) * limit // OF_CODES)
    return max(weighed)


class Handler(AxesDatabaseHandler):
    """Counts by name and address together, by address, and a person's wrong codes."""

    def get_failures(self, request: HttpRequest, credentials: Credentials = None) -> int:
        since = timezone.now() - settings.AXES_COOLOFF_TIME
        return failures(name_of(request, credentials), address_of(request), since)

    def user_logged_in(self, sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        super().user_logged_in(sender, request, user, **kwargs)
        name = user.get_username().casefold()
        AccessAttempt.objects.filter(username=CODES.format(name)).delete()


def may_try_code(request: HttpRequest, user: AbstractBaseUser) -> bool:
    """False once the person, or the address, has had too many; the answer then says until when."""
    credentials = {"username": CODES.format(user.get_username())}
    if AxesProxyHandler.is_allowed(request, credentials):
        return True
    request.axes_locked_out, request.axes_credentials = True, credentials  # type: ignore[attr-defined]
    return False


def count_wrong_code(request: HttpRequest, user: AbstractBaseUser) -> None:
    credentials = {"username": CODES.format(user.get_username())}
    AxesProxyHandler.user_login_failed(__name__, credentials, request)


def locked_page(request: HttpRequest, *given: Any) -> HttpResponse:
    """429: that nothing more is tried, and until when. The same for names that nobody has."""
    credentials = given[-1] if given else None
    name, address = name_of(request, credentials), address_of(request)
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    last = AccessAttempt.objects.filter(
        Q(username=name) | Q(ip_address=address), attempt_time__gt=since
    ).aggregate(last=Max("attempt_time"))["last"]
    context = {
        "section": "desk",
        "until": (last or timezone.now()) + settings.AXES_COOLOFF_TIME,
        "minutes": int(settings.AXES_COOLOFF_TIME.total_seconds() // 60),
    }
    return render(request, "account/locked.html", context, status=429)


def locked_until(names: list[str]) -> dict[str, datetime]:
    """Until when each of these people is locked out from somewhere. One query."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    own = {name.casefold(): name for name in names}
    own |= {CODES.format(key): name for key, name in own.items()}
    rows = (
        AccessAttempt.objects.filter(username__in=own, attempt_time__gt=since)
        .values("username", "ip_address")
        .annotate(failed=Sum("failures_since_start"), last=Max("attempt_time"))
    )
    found: dict[str, datetime] = {}
    for row in rows:
        if row["failed"] >= settings.AXES_FAILURE_LIMIT:
            name, until = own[row["username"]], row["last"] + settings.AXES_COOLOFF_TIME
            found[name] = max(until, found.get(name, until))
    return found


def unlock(name: str) -> None:
    """Forget a person's failures, from wherever."""
    key = name.casefold()
    AccessAttempt.objects.filter(username__in=[key, CODES.format(key)]).delete()
