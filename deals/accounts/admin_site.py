"""The Django admin has no sign-in of its own: lock-out and second factors hold there, too."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from deals.accounts.factors import asks_for_second_factor
from deals.rules.roles import PEOPLE, roles_with


class Site(AdminSite):
    """For administrators (`is_staff`), who need a second factor where REQUIRE_MFA holds."""

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not asks_for_second_factor(request.user)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Where the admin leads everybody who may not: to sign in, or told why they may not."""
        return _door(request)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")


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
