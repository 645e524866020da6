"""A part of a deal's form: who else has it open, what waits, and whether it has moved on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from deals.actions.presence import here
from deals.desk.access import needs, person
from deals.models import Deal, DealVersion
from deals.rules.roles import PROPOSE


@require_POST
@needs(PROPOSE)
def deal_here(request: HttpRequest, public_id: str) -> HttpResponse:
    """The form says that it is open; `seen` is the number of the version that it was filled from.

    Asked for by the page every few seconds. Nothing in it is for one's own eyes: drafts of others
    are named, not shown.
    """
    deal = get_object_or_404(Deal, public_id=public_id)
    user = person(request)
    live = deal.versions.live().select_related("decided_by").first()
    seen = _number(request.POST.get("seen", ""))
    waiting = deal.versions.filter(state=DealVersion.State.SUBMITTED).exclude(created_by=user)
    context = {
        "others": here(deal=deal, by=user),
        "waiting": waiting.select_related("created_by").order_by("created_at")[:5],
        "live": live,
        "moved_on": live is not None and seen not in (0, live.number),
    }
    return render(request, "desk/parts/presence.html", context)


def _number(sent: str) -> int:
    """0 where the page did not say."""
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 9 else 0
