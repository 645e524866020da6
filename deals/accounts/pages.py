"""One's own account: what protects it, where it is signed in."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from deals.accounts import keys
from deals.accounts.factors import asks_for_second_factor
from deals.models import Webhook
from deals.rules.roles import ROLES


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Name, role, and a line for each thing that can be changed. Seven queries."""
    user = request.user
    assert isinstance(user, User)
    groups = set(user.groups.values_list("name", flat=True))
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    context = {
        "section": "desk",
        "desk_section": "account",
        "roles": [role for role in ROLES.values() if role.group in groups],
        "apps": kinds.count(Authenticator.Type.TOTP),
        "keys": kinds.count(Authenticator.Type.WEBAUTHN),
        "needed": asks_for_second_factor(user),
        "sessions": UserSession.objects.filter(user=user).count(),
        "api_keys": keys.live_keys(user).count(),
        "webhooks": Webhook.objects.filter(user=user).count(),
    }
    return render(request, "account/account.html", context)


@require_POST
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign one's own session out somewhere else; another person's is not there."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.session_key == request.session.session_key:
        messages.warning(request, _("This is the session that you are using; sign out instead."))
    else:
        session.end()
        messages.success(request, _("That session was signed out."))
    return redirect("usersessions_list")
