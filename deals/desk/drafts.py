"""`/desk/drafts/`: what a person has begun and handed in, and what became of it."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deals import actions
from deals.desk.access import needs, person
from deals.desk.draft_answers import answer, answer_in_json
from deals.desk.draft_keeping import keep
from deals.desk.form_page import draft_page, stores
from deals.desk.form_start import again
from deals.entry.typed import complete
from deals.models import DealVersion, Draft
from deals.rules.roles import PROPOSE

PAGE = 30
State = Draft.State


@require_safe
@needs(PROPOSE)
def drafts(request: HttpRequest) -> HttpResponse:
    """My drafts: open ones first, then what was handed in, the newest first."""
    mine = Draft.objects.filter(owner=person(request)).select_related("deal", "version__decided_by")
    ended = mine.filter(state=State.SUBMITTED)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 18:
        ended = ended.filter(pk__lt=int(before))
    rows = list(ended.order_by("-pk")[: PAGE + 1])
    context = {
        "section": "desk",
        "desk_section": "queue",
        "open": [] if before else [_named(one) for one in mine.filter(state=State.OPEN)[:PAGE]],
        "ended": [_named(one) for one in rows[:PAGE]],
        "next": f"?before={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
        "first": bool(before),
    }
    return render(request, "desk/drafts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PROPOSE, parks=True)
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """One of my drafts: its form while it is open, then what became of it."""
    user = person(request)
    found = _mine(pk, user)
    if request.method == "POST":
        act = ACTS.get(request.POST.get("action", ""))
        if act is not None:
            return _acted(request, found, user, act)
        return answer(request, lambda given: keep(given, found, by=user), draft=found)
    if found.state == State.OPEN and "throw-away" in request.GET:
        return render(request, "desk/draft_discard.html", _context(found))
    if found.state == State.OPEN:
        return draft_page(request, found)
    return render(request, "desk/draft_done.html", _context(found))


@require_POST
@needs(PROPOSE)
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """What the page saves by itself while somebody types."""
    user = person(request)
    found = _mine(pk, user)
    return answer_in_json(request, lambda given: keep(given, found, by=user))


def _mine(pk: int, user: User) -> Draft:
    known = ("deal", "based_on", "version__decided_by", "version__review", "report")
    return get_object_or_404(Draft.objects.select_related(*known), pk=pk, owner=user)


def _named(one: Draft) -> Draft:
    """With the texts that a list shows whole, whatever was typed so far."""
    one.typed = complete(one.typed)
    return one


def _context(found: Draft) -> dict[str, object]:
    return {
        "section": "desk",
        "desk_section": "queue",
        "draft": found,
        "typed": complete(found.typed),
        "version": found.version,
        "forget": stores(found),
    }


def _acted(
    request: HttpRequest, found: Draft, user: User, act: Callable[[Draft, User], tuple[Draft, str]]
) -> HttpResponse:
    try:
        with transaction.atomic():
            shown, said = act(found, user)
        messages.success(request, said)
    except actions.NotAllowed as refusal:
        messages.error(request, str(refusal))
        shown = found
    if shown.state == State.DISCARDED:
        return HttpResponseRedirect(reverse("desk-drafts"))
    return HttpResponseRedirect(reverse("desk-draft", args=[shown.pk]))


def _discard(found: Draft, user: User) -> tuple[Draft, str]:
    return actions.discard_draft(draft=found, by=user), _("The draft is thrown away.")


def _take_back(found: Draft, user: User) -> tuple[Draft, str]:
    """Out of the queue, and open again; it may have been taken back on the page of its review."""
    version = found.version
    if version is not None and version.state == DealVersion.State.SUBMITTED:
        actions.take_back(version=version, by=user)
    reopened = actions.reopen_draft(draft=found, by=user)
    return reopened, _("It is a draft again; nobody decides on it before you submit it.")


def _again(found: Draft, user: User) -> tuple[Draft, str]:
    """A new draft with the same text, of the deal if that was ever published."""
    deal = found.deal
    if deal is not None and not deal.versions.filter(state=DealVersion.State.PUBLISHED).exists():
        deal = None
    seen = found.based_on if deal else None
    begun = actions.begin_draft(
        by=user, typed=again(found), deal=deal, report=found.report, seen=seen
    )
    return begun, _("This is a new draft with the same text.")


ACTS = {"discard": _discard, "take_back": _take_back, "again": _again}
