"""Signing in and out, and who may open which page of the desk."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, LogoutView, redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.cache import add_never_cache_headers
from django_htmx.http import HttpResponseClientRedirect

from deals.rules.roles import ALLOWS, roles_with

View = Callable[..., HttpResponseBase]
SIGN_IN = "desk-sign-in"


class SignIn(LoginView):
    """Name and password; then the page that was asked for, when it is one of this server."""

    template_name = "desk/sign_in.html"
    redirect_authenticated_user = True
    extra_context = {"section": "desk"}  # noqa: RUF012


class SignOut(LogoutView):
    """By POST only, so that no link or image can do it."""

    next_page = "home"


def needs(permission: str = "") -> Callable[[View], View]:
    """A page for people who are signed in and hold a permission, such as "deals.bring_import".

    Anybody else is led to sign in, or told which role the page needs. Nothing of the desk is kept
    in a browser's cache, where it would outlive the session.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response: HttpResponseBase
            if not request.user.is_authenticated:
                response = to_sign_in(request)
            elif permission and not request.user.has_perm(permission):
                response = forbidden(request, permission)
            else:
                response = view(request, *args, **kwargs)
            add_never_cache_headers(response)
            return response

        return guarded

    return decorate


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; an htmx request would otherwise swap that page in."""
    # What was to be changed is not done after signing in: the way back leads to the desk.
    back = request.get_full_path() if request.method in ("GET", "HEAD") else resolve_url("desk")
    if request.headers.get("HX-Request"):
        back = resolve_url("desk")
        return HttpResponseClientRedirect(f"{resolve_url(SIGN_IN)}?next={back}")
    return redirect_to_login(back, resolve_url(SIGN_IN))


def forbidden(request: HttpRequest, permission: str) -> HttpResponse:
    """403: what the page needs, and who can give it."""
    context = {
        "section": "desk",
        "allows": ALLOWS.get(permission, "do this"),
        "roles": roles_with(permission),
    }
    return render(request, "desk/forbidden.html", context, status=403)


def person(request: HttpRequest) -> User:
    """The signed-in user of a page behind `needs`."""
    assert isinstance(request.user, User)
    return request.user
