"""A session that was left unused ends for who has powers; a reader's stays for its two weeks."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from deals.accounts.headers import PRIVATE
from deals.accounts.seen import last_seen_before, note_seen
from deals.rules.roles import ALLOWS


class IdleSessions:
    """Before any page for who is signed in. What comes after sees somebody who is not.

    So a form that was left open is kept, as it is when a session has run out, and is there again
    after signing in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(PRIVATE) and _left(request):
            logout(request)
            said = _("You were signed out, since you had done nothing here for %(n)s minutes.")
            messages.info(request, said % {"n": settings.IDLE_MINUTES})
        response = self.get_response(request)
        if request.path.startswith(PRIVATE) and request.user.is_authenticated:
            note_seen(request)
        return response


def _left(request: HttpRequest) -> bool:
    """Powers are asked for last: few sessions are old, and they cost statements."""
    if not settings.IDLE_MINUTES or not request.user.is_authenticated:
        return False
    limit = timedelta(minutes=settings.IDLE_MINUTES)
    return last_seen_before(request, limit) and has_powers(request.user)


def has_powers(user: User | AnonymousUser) -> bool:
    """Whether this person can write anything that others may come to see."""
    return user.is_staff or any(user.has_perm(power) for power in ALLOWS)
