"""When a session was last in use: for the list that its owner sees, and for its end."""

from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

# Every page would otherwise write a row.
NOTED_EVERY = timedelta(minutes=5)
KEPT_SECONDS = 14 * 24 * 3600
# Who else has a deal open, and how far an import is: pages ask every few seconds.
BY_ITSELF = ("desk-deal-here", "desk-import-progress")


def note_seen(request: HttpRequest) -> None:
    """Once in five minutes. Signing in has noted the first time, so the first page writes none.

    What an open page asks for by itself is no sign of a person.
    """
    here = request.resolver_match
    if here and here.url_name in BY_ITSELF:
        return
    key, now = _key(request), timezone.now()
    noted = cache.get(key)
    if noted is None:
        cache.set(key, now, KEPT_SECONDS)
    elif noted <= now - NOTED_EVERY:
        cache.set(key, now, KEPT_SECONDS)
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now)


def last_seen_before(request: HttpRequest, limit: timedelta) -> bool:
    """Whether the session was not in use for so long, give or take five minutes.

    A cache may have forgotten it, or be another process's; so the row is asked before saying yes.
    """
    key, since = _key(request), timezone.now() - limit
    noted: datetime | None = cache.get(key)
    if noted is not None and noted > since:
        return False
    rows = UserSession.objects.filter(session_key=request.session.session_key)
    known = [noted, rows.values_list("last_seen_at", flat=True).first()]
    times = [at for at in known if at is not None]
    if not times or max(times) <= since:
        return bool(times)
    # Old enough for the next page to be noted in the row.
    cache.set(key, max(times), KEPT_SECONDS)
    return False


def forget_ended() -> int:
    """Delete sessions that have ended, and what was noted of them; how many those were."""
    ended = Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
    living = Session.objects.order_by().values("session_key")
    UserSession.objects.exclude(session_key__in=living).delete()
    return ended


def _begin(request: HttpRequest, **kwargs: Any) -> None:
    cache.set(_key(request), timezone.now(), KEPT_SECONDS)


def _key(request: HttpRequest) -> str:
    return f"seen:{request.session.session_key}"


user_logged_in.connect(_begin, dispatch_uid="deals.accounts.seen")
