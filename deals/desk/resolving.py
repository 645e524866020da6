"""Deciding on one conflict or held deal, by the buttons of the page of conflicts."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from deals import journal
from deals.desk.access import needs, person
from deals.feeds import resolve
from deals.feeds.review import NotDecidableError
from deals.models import StagedDeal
from deals.rules.roles import DECIDE

Outcome = StagedDeal.Outcome
DONE = {
    "take": "The file’s values were published.",
    "keep": "The register keeps its values.",
    "same_deal": "The deal keeps its identity under the new key.",
    "new_deal": "It was published as a deal of its own.",
}
CHOICES: dict[str, tuple[str, ...]] = {
    Outcome.CONFLICT: ("take", "keep"),
    Outcome.HELD: ("same_deal", "new_deal", "keep"),
}


@require_POST
@needs(DECIDE)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Do what the person chose with one conflict or held deal."""
    row = get_object_or_404(StagedDeal, pk=pk)
    choice = request.POST.get("choice", "")
    if choice not in CHOICES.get(row.outcome, ()):
        return HttpResponseBadRequest(
            "Choose one of the buttons.", content_type="text/plain; charset=utf-8"
        )
    actions: dict[str, Callable[..., object]] = {
        "take": resolve.take,
        "keep": resolve.keep,
        "same_deal": resolve.same_deal,
        "new_deal": resolve.new_deal,
    }
    # Where several deals of the register may be the held one, the person has said which.
    other = request.POST.get("other_key", "").replace("\0", "")
    more = {"other_key": other} if choice == "same_deal" and other else {}
    try:
        with transaction.atomic():
            actions[choice](row.pk, by=person(request), **more)
            _record(row.pk, choice, person(request))
    except NotDecidableError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{row.facts.get('target_name', row.key)}: {DONE[choice]}")
    return HttpResponseRedirect(_back(request))


def _record(pk: int, choice: str, by: User) -> None:
    """A held deal that became one of its own has its identity only now."""
    row = StagedDeal.objects.select_related("deal", "import_run").get(pk=pk)
    about = {"deal": row.deal} if row.deal else {}
    journal.record("resolved", by=by, text=DONE[choice], import_run=row.import_run, **about)


def _back(request: HttpRequest) -> str:
    """Where the button was, if that is a page of this server."""
    address = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()})
    return address if own else reverse("desk-conflicts")
