"""`/desk/deals/<id>/merge/`: two deals that are one, fact by fact, with a preview; then merged."""

import re
from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from deals.actions import NotAllowed
from deals.actions.duplicates import merge_deals
from deals.desk.access import needs, person
from deals.desk.decisions import LONGEST_REASON, reason_given
from deals.desk.duplicates_page import page
from deals.desk.duplicates_pair import pair_of
from deals.desk.faults import Fault
from deals.desk.paging import whole
from deals.entry.choosing import GROUPS
from deals.entry.likely_open import open_pairs
from deals.models import Deal, DealSuggestion
from deals.rules.roles import REVIEW
from deals.templatetags.formats import number

# As it stands alone or at the end of a page's address.
PUBLIC_ID = re.compile(r"(?:^|/deals/)(D-[0-9A-Z]{8})/?(?:[?#].*)?$", re.IGNORECASE)
NEEDS_REASON = gettext_noop("Say why they are one deal; the reason stays in the ledger.")
NEEDS_SURVIVOR = gettext_noop("Choose which of the two stays.")
NEEDS_OTHER = gettext_noop("Give the id of the other deal, like D-7KQ3ABCD, or its page’s address.")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(REVIEW)
def merge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Without another deal the page asks for one; a preview changes nothing."""
    deal = get_object_or_404(Deal, public_id=public_id.replace("\0", " "))
    sent = request.POST if request.method == "POST" else request.GET
    typed = sent.get("with", "").replace("\0", "").strip()
    other, fault = _other(deal, typed)
    if other is None:
        fault = fault or (_(NEEDS_OTHER) if request.method == "POST" else "")
        return _ask(request, deal, typed, fault)
    question = _question(deal, other)
    if question is not None and (question.one_id, question.other_id) != (deal.pk, other.pk):
        deal, other = other, deal
    try:
        if request.method == "POST" and request.POST.get("action") != "preview":
            return _merged(request, deal, other, question)
        return page(request, deal, other, question, _typed(sent, reason_given(request)))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("desk-duplicates"))


def _other(deal: Deal, typed: str) -> tuple[Deal | None, str]:
    if not typed:
        return None, ""
    named = PUBLIC_ID.search(typed)
    found = Deal.objects.filter(public_id=named[1].upper()).first() if named else None
    if found is None:
        return None, _("There is no such deal. %(hint)s") % {"hint": _(NEEDS_OTHER)}
    if found.pk == deal.pk:
        return None, _("That is the same deal; give the id of the other one.")
    return found, ""


def _ask(request: HttpRequest, deal: Deal, typed: str, fault: str) -> HttpResponse:
    context = {
        "section": "desk",
        "desk_section": "duplicates",
        "deal": deal,
        "live": deal.versions.live().first(),
        "typed": typed[:200],
        "faults": [Fault("with", fault)] if fault else [],
    }
    return render(request, "desk/deal_merge.html", context, status=400 if fault else 200)


def _question(deal: Deal, other: Deal) -> DealSuggestion | None:
    first, second = sorted((deal, other), key=lambda each: each.pk)
    return DealSuggestion.objects.filter(one=first, other=second).first()


def _merged(
    request: HttpRequest, left: Deal, right: Deal, question: DealSuggestion | None
) -> HttpResponse:
    reason, keep = reason_given(request), request.POST.get("keep", "")
    sides = {left.public_id: left, right.public_id: right}
    faults = [] if keep in sides else [Fault("keep", _(NEEDS_SURVIVOR))]
    if not reason:
        faults.append(Fault("reason", _(NEEDS_REASON)))
    elif len(reason) > LONGEST_REASON:
        said = _("A reason has at most %(limit)s characters.") % {"limit": number(LONGEST_REASON)}
        faults.append(Fault("reason", said))
    then = open_pairs().filter(pk=whole(request.POST.get("then", "")) or 0).first()
    if not faults:
        pair = pair_of(left, right, request.POST)
        goes = pair.goes.deal
        try:
            merge_deals(
                stays=sides[keep],
                goes=goes,
                choice=pair.choice,
                seen=_seen(request.POST.get("seen", "")),
                by=person(request),
                reason=reason,
            )
        except NotAllowed as refusal:
            faults = [Fault("", str(refusal))]
        else:
            ids = {"goes": goes.public_id, "stays": keep}
            messages.success(request, _("%(goes)s is part of %(stays)s now.") % ids)
            return HttpResponseRedirect(_onward(then))
    return page(request, left, right, question, _typed(request.POST, reason), faults)


def _onward(then: DealSuggestion | None) -> str:
    if then is None:
        return reverse("desk-duplicates")
    return reverse("desk-duplicate", args=[then.pk])


def _typed(sent: Mapping[str, str], reason: str) -> dict[str, str]:
    names = ("keep", *(f"take-{group}" for group in GROUPS))
    return {name: sent.get(name, "") for name in names} | {"reason": reason}


def _seen(text: str) -> list[int]:
    return [pk for part in text.split(",")[:2] if (pk := whole(part)) is not None]
