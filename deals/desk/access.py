"""Who may open which page of the desk, and what becomes of what strangers send."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote, urlsplit

from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.urls import Resolver404, resolve
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.generic import RedirectView
from django_htmx.http import HttpResponseClientRedirect

from deals.accounts.factors import asks_for_second_factor
from deals.desk import parking
from deals.rules.roles import ALLOWS, roles_with

View = Callable[..., HttpResponseBase]
SIGN_IN = "account_login"


class SignIn(RedirectView):
    """The old address of signing in; what asks for a page keeps asking for it."""

    pattern_name = SIGN_IN
    query_string = True


class SignOut(LogoutView):
    """By POST only, so that no link or image can do it."""

    next_page = "home"


def needs(permission: str = "", *, parks: bool = False) -> Callable[[View], View]:
    """A page for people who are signed in and hold a permission, such as "deals.bring_import".

    Anybody else is led to sign in, or told which role the page needs. Nothing of the desk is kept
    in a browser's cache, where it would outlive the session. With `parks` a form that arrives
    after the session's end is not lost: `parked(request)` has it once its person is back; and
    whatever that page asks for on its own then gets a 401 instead of leading it away.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response: HttpResponseBase
            if not request.user.is_authenticated:
                response = signed_out(request, parks=parks)
            elif asks_for_second_factor(request.user):
                response = to_second_factor(request)
            elif permission and not request.user.has_perm(permission):
                response = forbidden(request, permission)
            else:
                response = view(request, *args, **kwargs)
                parking.mark(request, response)
            add_never_cache_headers(response)
            return response

        guarded.parks = parks  # type: ignore[attr-defined]
        return guarded

    return decorate


def signed_out(request: HttpRequest, *, parks: bool) -> HttpResponse:
    """To the sign-in page; what a script asked for is answered in its own language."""
    if wants_json(request) or (request.headers.get("HX-Request") and _typing(request)):
        said = _("You were signed out. What you type is kept in this browser.")
        address = f"{resolve_url(SIGN_IN)}?next={quote(_page(request) or resolve_url('desk'))}"
        return JsonResponse({"signed_out": True, "said": said, "sign_in": address}, status=401)
    if parks and request.method == "POST" and parking.park(request):
        messages.info(
            request, _("Your session had ended. Sign in again: what you had typed is kept.")
        )
        return redirect_to_login(request.path, resolve_url(SIGN_IN))
    return to_sign_in(request)


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of a page asks, which reads JSON."""
    return (
        request.content_type == "application/json"
        or request.headers.get("Accept", "").split(";")[0].strip() == "application/json"
    )


def _page(request: HttpRequest) -> str:
    """The page of this server that htmx asks from, or the one whose script does."""
    given = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    parts = urlsplit(given)
    return parts.path if parts.netloc == request.get_host() else ""


def _typing(request: HttpRequest) -> bool:
    """Whether the page that htmx asks from has a form whose content would be lost by leaving."""
    try:
        return bool(getattr(resolve(_page(request)).func, "parks", False))
    except Resolver404:
        return False


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; an htmx request would otherwise swap that page in."""
    # What was to be changed is not done after signing in: the way back leads to the desk.
    back = request.get_full_path() if request.method in ("GET", "HEAD") else resolve_url("desk")
    if request.headers.get("HX-Request"):
        back = resolve_url("desk")
        return HttpResponseClientRedirect(f"{resolve_url(SIGN_IN)}?next={back}")
    return redirect_to_login(back, resolve_url(SIGN_IN))


def to_second_factor(request: HttpRequest) -> HttpResponse:
    """To the page that says why, and where an authenticator app or a passkey is set up."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(resolve_url("mfa_index"))
    return redirect("mfa_index")


def forbidden(request: HttpRequest, permission: str) -> HttpResponse:
    """403: what the page needs, and who can give it."""
    context = {
        "section": "desk",
        "allows": _(ALLOWS.get(permission, "do this")),
        "roles": [_(title) for title in roles_with(permission)],
    }
    return render(request, "desk/forbidden.html", context, status=403)


def parked(request: HttpRequest) -> QueryDict | None:
    """What this person had posted to this address after their session's end; once only."""
    return parking.parked(request)


def person(request: HttpRequest) -> User:
    """The signed-in user of a page behind `needs`."""
    assert isinstance(request.user, User)
    return request.user
