"""When a session was last in use, for the list that its owner sees."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

# Every page would otherwise write a row.
NOTED_EVERY = timedelta(minutes=5)
KEPT_SECONDS = 14 * 24 * 3600


def note_seen(request: HttpRequest) -> None:
    """Once in five minutes. Signing in has noted the first time, so the first page writes none."""
    key, now = f"seen:{request.session.session_key}", timezone.now()
    noted = cache.get(key)
    if noted is None:
        cache.set(key, now, KEPT_SECONDS)
    elif noted <= now - NOTED_EVERY:
        cache.set(key, now, KEPT_SECONDS)
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now)
