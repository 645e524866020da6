"""The Django admin has no sign-in of its own: lock-out and second factors hold there, too."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.db import DataError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from deals.accounts.factors import asks_for_second_factor
from deals.rules.roles import PEOPLE, roles_with

log = logging.getLogger(__name__)


class Site(AdminSite):
    """For administrators (`is_staff`), who need a second factor where REQUIRE_MFA holds."""

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not asks_for_second_factor(request.user)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Django's door to every page of the admin, and an answer to what no row can be."""
        return super().admin_view(_possible(view), cacheable)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Where the admin leads everybody who may not: to sign in, or told why they may not."""
        return _door(request)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")


def _possible(view: Callable[..., Any]) -> Callable[..., Any]:
    """400 where an address asks for what the database cannot even look for.

    Filters and searches reach the database as they stand in the address: with NUL in a text, a
    year that no calendar has, a pattern with a bracket left open. The page is rendered here,
    since a list is read while it is.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                response: HttpResponse = view(request, *args, **kwargs)
                if hasattr(response, "render"):
                    response.render()
                return response
        except (DataError, OverflowError) as error:
            log.warning("The admin was asked for what cannot be: %s", type(error).__name__)
            return render(request, "errors/400.html", {"problems": []}, status=400)

    return guarded


@never_cache
def _door(request: HttpRequest) -> HttpResponse:
    back = request.GET.get("next") or reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(back, resolve_url("account_login"))
    if asks_for_second_factor(request.user):
        return redirect("mfa_index")
    if request.user.is_staff:
        return redirect("admin:index")
    context = {
        "section": "desk",
        "allows": _("keep the reference data"),
        "roles": [_(title) for title in roles_with(PEOPLE)],
    }
    return render(request, "desk/forbidden.html", context, status=403)
