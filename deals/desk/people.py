"""`/desk/people/`: who has an account, with what role, and what may be done about it."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from deals.accounts import keys, lockout, people
from deals.accounts.factors import SECOND
from deals.desk.access import needs, person
from deals.desk.faults import Fault, by_field
from deals.models import ApiKey
from deals.rules.roles import PEOPLE, ROLES

log = logging.getLogger(__name__)
MOST, LONGEST_SEARCH = 200, 150
# Where the link that is shown once waits for the page that shows it.
LINK = "link_to_show"


def _people() -> QuerySet[User]:
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND)
    return User.objects.annotate(second=Exists(factors)).prefetch_related("groups")


def _look(user: User, locked: dict[str, Any]) -> dict[str, Any]:
    """A person as a row of the list and as the head of their page."""
    role = people.role_of(user)
    return {
        "user": user,
        "role": role,
        "title": _(ROLES[role].title) if role else "",
        "second": user.second,  # type: ignore[attr-defined]
        "locked": locked.get(user.username),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PEOPLE)
def everybody(request: HttpRequest) -> HttpResponse:
    """The list, at most 200 and narrowed by `q`, with a form to add somebody. Four queries."""
    typed = {name: request.POST.get(name, "")[:300] for name in ("name", "email", "role")}
    faults: list[Fault] = []
    if request.method == "POST":
        try:
            user = people.add_person(**_clean(typed), by=person(request))
        except people.Refused as refusal:
            faults = [Fault(refusal.field, str(refusal))]
        else:
            messages.success(request, _("%(name)s has an account.") % {"name": user.username})
            _hand_over(request, user, people.link_for(user))
            return redirect("desk-person", user.pk)
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    found = _people().order_by("-is_active", "username")
    if text:
        found = found.filter(Q(username__icontains=text) | Q(email__icontains=text))
    shown = list(found[: MOST + 1])
    locked = lockout.locked_until([user.username for user in shown])
    context = _context() | {
        "rows": [_look(user, locked) for user in shown[:MOST]],
        "more": len(shown) > MOST,
        "most": MOST,
        "q": text,
        "typed": typed,
        "faults": faults,
        "fault": by_field(faults),
    }
    return render(request, "desk/people.html", context, status=400 if faults else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PEOPLE)
def one_person(request: HttpRequest, pk: int) -> HttpResponse:
    """A person with their keys and sessions, and a form for each thing that can be done."""
    user = get_object_or_404(_people(), pk=pk)
    faults: list[Fault] = []
    if request.method == "POST":
        try:
            said = _act(request, user)
        except people.Refused as refusal:
            faults = [Fault(refusal.field, str(refusal))]
        else:
            messages.success(request, said)
            return redirect("desk-person", user.pk)
    context = _context() | _look(user, lockout.locked_until([user.username]))
    context |= {
        "someone": context.pop("user"),
        "own": user.pk == person(request).pk,
        "keys": _keys(user),
        "sessions": UserSession.objects.filter(user=user).count(),
        **_link_to_show(request, user),
        "faults": faults,
        "fault": by_field(faults),
        "reason": request.POST.get("reason", "")[: people.LONGEST_REASON],
        "act": request.POST.get("action", ""),
    }
    return render(request, "desk/person.html", context, status=400 if faults else 200)


def _act(request: HttpRequest, user: User) -> str:
    """Do what the form asks for; what was done, in a sentence."""
    by, reason, name = person(request), request.POST.get("reason", ""), {"name": user.username}
    action = request.POST.get("action", "")
    if action == "role":
        people.change_role(user=user, role=request.POST.get("role", ""), by=by)
        return _("%(name)s has another role, from now on.") % name
    if action == "close":
        people.close(user=user, reason=reason, by=by)
        return _("The account of %(name)s is closed, and its keys are revoked.") % name
    if action == "open":
        people.open_again(user=user, by=by)
        return _("%(name)s may sign in again.") % name
    if action == "factors":
        people.remove_factors(user=user, reason=reason, by=by)
        return _("%(name)s has no second factor any more, and is signed out.") % name
    if action == "unlock":
        people.unlock(user=user, by=by)
        return _("%(name)s may sign in again.") % name
    if action == "key":
        return _revoke_key(user, request.POST.get("key", ""), by)
    if action == "link":
        _hand_over(request, user, people.new_link(user=user, by=by))
        return _("There is a new link for %(name)s.") % name
    raise people.Refused(_("Choose what is to be done."))


def _keys(user: User) -> list[tuple[ApiKey, str, bool]]:
    """Each key with its power in words, and whether it is still good. Two queries."""
    live = set(keys.live_keys(user).values_list("pk", flat=True))
    every = ApiKey.objects.filter(user=user).select_related("user")
    return [(key, keys.words_of(key), key.pk in live) for key in every]


def _revoke_key(user: User, number: str, by: User) -> str:
    """End one of this person's keys; another's number is none of them."""
    own = ApiKey.objects.filter(user=user).select_related("user")
    key = next((one for one in own if str(one.pk) == number), None)
    if key is None:
        raise people.Refused(_("There is no such key."))
    keys.revoke_key(key=key, by=by)
    return _("%(key)s… is revoked. Requests under it are refused from now on.") % {
        "key": key.prefix
    }


def _context() -> dict[str, Any]:
    roles = [(code, _(role.title), _(role.does)) for code, role in ROLES.items()]
    return {"section": "desk", "desk_section": "people", "roles": roles}


def _clean(typed: dict[str, str]) -> dict[str, str]:
    return {name: text.replace("\0", "") for name, text in typed.items()}


def _hand_over(request: HttpRequest, user: User, path: str) -> None:
    """Send the link to the person, and keep it for the page that shows it, once."""
    link = request.build_absolute_uri(path)
    request.session[LINK] = [user.pk, link, False]
    if not user.email:
        return
    facts = {"name": user.username, "by": person(request).username, "link": link}
    text = render_to_string("account/email/invitation.txt", facts | {"host": request.get_host()})
    subject = _("InvestTrack: set your password")
    try:
        send_mail(subject, text, None, [user.email])
    except (OSError, SMTPException):
        log.exception("The link for %s could not be sent.", user.username)
        messages.warning(request, _("The message could not be sent; give the link yourself."))
    else:
        request.session[LINK] = [user.pk, link, True]


def _link_to_show(request: HttpRequest, user: User) -> dict[str, Any]:
    """The link that was just made for this person, and whether it was sent; then it is gone."""
    if request.method != "GET" or request.session.get(LINK, [None])[0] != user.pk:
        return {}
    _pk, link, sent = request.session.pop(LINK)
    return {"link": link, "sent": sent}
