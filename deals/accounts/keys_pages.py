"""`/account/keys/`: one's own keys of the API, what they are used for, and their end."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from deals.accounts import keys
from deals.accounts.factors import asks_for_second_factor
from deals.accounts.keys_counted import days_of, limit_of, standing, subject_of, used_lately
from deals.accounts.people import Refused
from deals.models import ApiKey
from deals.svg.days import day_bars

# Of keys that have ended, so many are listed.
ENDED_SHOWN = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_keys(request: HttpRequest) -> HttpResponse:
    """The list, and a form for one more, which answers with the key itself."""
    if request.method != "POST":
        return _list(request, {"days": keys.USUAL_END, "power": ApiKey.Power.READ}, {})
    typed = {name: request.POST.get(name, "") for name in ("name", "power", "days", "after")}
    wrong = keys.check_key(
        user=_user(request), name=typed["name"], power=typed["power"], days=typed["days"]
    )
    if asks_for_second_factor(request.user):
        wrong = {"": _("Set up a second factor before you make a key.")}
    if wrong:
        return _list(request, typed, wrong)
    return _make(request, typed)


def _is_powerful(request: HttpRequest) -> bool:
    return request.POST.get("power") != ApiKey.Power.READ


# A key that can change something is for whoever has just shown who they are; the form waits.
@sensitive_variables("key")
@reauthentication_required(enabled=_is_powerful)
def _make(request: HttpRequest, typed: dict[str, str]) -> HttpResponse:
    digits = typed["after"]
    after = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else -1
    try:
        made, key = keys.make_key(
            name=typed["name"], power=typed["power"], days=typed["days"], after=after,
            by=_user(request),
        )  # fmt: skip
    except Refused as refusal:
        return _list(request, typed, {refusal.field: str(refusal)})
    # In the answer to the form and nowhere else: no address has it, no session, no message.
    context = _context() | {"made": made, "key": key, "power": keys.words_of(made)}
    response = render(request, "account/key_made.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _list(request: HttpRequest, typed: dict[str, str], faults: dict[str, str]) -> HttpResponse:
    user = _user(request)
    live = list(keys.live_keys(user))
    ended = ApiKey.objects.filter(user=user).exclude(pk__in=[key.pk for key in live])
    used = used_lately([subject_of(key) for key in live], timezone.now().date())
    context = _context() | {
        "rows": [(key, keys.words_of(key), used.get(subject_of(key), 0)) for key in live],
        "ended": ended.order_by("-pk")[:ENDED_SHOWN],
        "full": len(live) >= keys.MOST_LIVE,
        "most": keys.MOST_LIVE,
        "limit": keys.usual_limit(),
        "longest": keys.LONGEST_NAME,
        "powers": [(power, keys.power_words(power, user)) for power in keys.powers_of(user)],
        "ends": [(code, _(title)) for code, title in keys.ENDS.items()],
        "after": keys.newest_key(user),
        "needed": asks_for_second_factor(user),
        "typed": typed | {"name": typed.get("name", "")[: 2 * keys.LONGEST_NAME]},
        "faults": [{"field": field, "message": said} for field, said in faults.items()],
        "fault": faults,
    }
    return render(request, "account/keys.html", context, status=400 if faults else 200)


@login_required
@require_safe
def my_key(request: HttpRequest, pk: int) -> HttpResponse:
    """What a key was used for: 30 days as bars and as a table, and what is left this hour."""
    key, today = _own(request, pk), timezone.now().date()
    days = days_of(subject_of(key), today)
    limit = limit_of(key)
    context = _context() | {
        "key": key,
        "power": keys.words_of(key),
        "is_live": keys.live_keys(key.user).filter(pk=key.pk).exists(),
        "granted": key.granted_by_id != key.user_id,
        "days": days[::-1],
        "used": sum(day.used for day in days),
        "refused": sum(day.refused for day in days),
        "most": max(day.used + day.refused for day in days),
        "drawing": day_bars([(day.day, day.used, day.refused) for day in days], "usage"),
        "limit": limit,
        "standing": standing(subject_of(key), limit),
    }
    return render(request, "account/key.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, and then end a key at once."""
    key = _own(request, pk)
    if request.method != "POST":
        if key.revoked_at is not None:
            messages.info(request, _("This key was revoked already."))
            return redirect("account-keys")
        return render(request, "account/key_revoke.html", _context() | {"key": key})
    try:
        keys.revoke_key(key=key, by=_user(request))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(
            request,
            _("%(key)s… is revoked. Requests under it are refused from now on.")
            % {"key": key.prefix},
        )
    return redirect("account-keys")


def _own(request: HttpRequest, pk: int) -> ApiKey:
    """A key of the person who asks; another's is not there."""
    found = ApiKey.objects.select_related("user") if pk < 1 << 63 else ApiKey.objects.none()
    return get_object_or_404(found, pk=pk, user=_user(request))


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _context() -> dict[str, Any]:
    return {"section": "desk", "desk_section": "account"}
