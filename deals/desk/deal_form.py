"""`/desk/deals/new/` and `/desk/deals/<id>/edit/`: nothing is written before the first save."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from deals.desk import form_start
from deals.desk.access import needs, person, wants_json
from deals.desk.draft_answers import Keep, answer, answer_in_json
from deals.desk.draft_keeping import keep_edit, keep_new
from deals.desk.form_page import form_page
from deals.models import Deal, DealVersion, Draft
from deals.rules.roles import PROPOSE


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PROPOSE, parks=True)
def new(request: HttpRequest) -> HttpResponse:
    """The form of a new deal; its first save makes the draft."""
    user = person(request)
    if request.method == "POST":
        report = form_start.report_of(request, user)
        return _answer(request, lambda given: keep_new(given, by=user, report=report))
    return form_page(request, form_start.new_deal(request, user))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PROPOSE, parks=True)
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """The form of a change of a live deal; a change that the person has begun is gone on with."""
    user = person(request)
    deal = get_object_or_404(Deal, public_id=public_id.replace("\0", ""))
    if request.method == "POST":
        report = form_start.report_of(request, user, deal)
        return _answer(request, lambda given: keep_edit(given, deal, by=user, report=report), deal)
    live = deal.versions.live().first()
    if live is None:
        return _not_live(request, deal)
    if (draft := _begun(user, deal)) is not None:
        messages.info(
            request, _("You had begun to change this deal. Go on with it, or throw it away.")
        )
        return HttpResponseRedirect(reverse("desk-draft", args=[draft.pk]))
    return form_page(request, form_start.live_deal(request, user, live))


def _answer(request: HttpRequest, keep: Keep, deal: Deal | None = None) -> HttpResponse:
    return (
        answer_in_json(request, keep) if wants_json(request) else answer(request, keep, deal=deal)
    )


def _begun(user: User, deal: Deal) -> Draft | None:
    return Draft.objects.filter(owner=user, deal=deal, state=Draft.State.OPEN).first()


def _not_live(request: HttpRequest, deal: Deal) -> HttpResponse:
    """A deal that was merged leads to the other one; one that was retracted cannot be changed."""
    if deal.merged_into is not None:
        target = deal.merged_into.public_id
        messages.info(
            request, _("%(one)s is the same deal as %(other)s.") % {"one": deal, "other": target}
        )
        return HttpResponseRedirect(reverse("desk-deal-edit", args=[target]))
    published = deal.versions.filter(state=DealVersion.State.PUBLISHED).exists()
    context = {"section": "desk", "deal": deal, "published": published}
    return render(request, "desk/deal_not_live.html", context, status=404)
