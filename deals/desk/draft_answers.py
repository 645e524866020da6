"""What a form that was sent is answered with: JSON to the page's own saving, pages to buttons."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deals import actions
from deals.desk import form_names
from deals.desk.access import person
from deals.desk.draft_keeping import Closed, Sent, TooLong, sent
from deals.desk.form_page import draft_page, form_page
from deals.desk.form_start import Start
from deals.entry.parties_known import with_known
from deals.entry.reading import Fault, read
from deals.entry.typed import from_form
from deals.models import Deal, Draft

# A sentence that was pasted and then forgotten would be lost in silence.
NOT_MADE_ROWS = gettext_noop(
    "The sentence that names investors has not been read yet: press “Make rows”, or empty the box."
)
Keep = Callable[[Sent], Draft]


def answer(
    request: HttpRequest, keep: Keep, *, draft: Draft | None = None, deal: Deal | None = None
) -> HttpResponse:
    """Keep what was sent by `keep`, then do what the button says: save, more rows, or hand in."""
    try:
        kept = keep(sent(request.POST))
    except Closed as closed:
        messages.info(request, str(closed))
        return HttpResponseRedirect(reverse("desk-draft", args=[closed.draft.pk]))
    except actions.Overtaken as other:
        mine = from_form(request.POST)
        return draft_page(request, other.draft, typed=mine, status=409, overtaken=other.draft)
    except (TooLong, actions.NotAllowed) as refusal:
        return _refused(request, str(refusal), draft, deal)
    if request.POST.get("action") == "submit":
        return hand_in(request, kept)
    more = "?more#investors" if request.POST.get("action") == "more" else ""
    if not more:
        messages.success(request, _("The draft is saved."))
    return HttpResponseRedirect(reverse("desk-draft", args=[kept.pk]) + more)


def answer_in_json(request: HttpRequest, keep: Keep) -> JsonResponse:
    """{"revision", "saved", "save", "page"}; 409 with the same where another window was first, 410
    where the draft is open no more, 400 with {"message"} for what cannot be kept."""
    try:
        return JsonResponse(_state(keep(sent(request.POST))))
    except actions.Overtaken as other:
        return JsonResponse(_state(other.draft), status=409)
    except Closed as closed:
        return JsonResponse({"message": str(closed), **_state(closed.draft)}, status=410)
    except (TooLong, actions.NotAllowed) as refusal:
        return JsonResponse({"message": str(refusal)}, status=400)


def hand_in(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Read the draft and hand it in; everything that is wrong is said at once."""
    before = actions.facts_of(draft.based_on) if draft.based_on else None
    deal = draft.deal.public_id if draft.deal else ""
    reading = read(with_known(draft.typed), before, deal=deal)
    faults = list(reading.faults)
    reason = draft.typed["reason"].strip()
    if before is not None and not reason:
        faults.append(Fault("reason", _("Say why you change it: the reason stays in the ledger.")))
    if request.POST.get("line", "").strip():
        faults.append(Fault("investor-line", _(NOT_MADE_ROWS)))
    faults += form_names.faults(draft.typed, form_names.unclear(draft.typed))
    if reading.facts is None or faults:
        return draft_page(request, draft, faults=faults, status=400)
    try:
        actions.submit_draft(draft=draft, facts=reading.facts, reason=reason, by=person(request))
    except actions.Clash:
        return HttpResponseRedirect(reverse("desk-draft-compare", args=[draft.pk]))
    except actions.NotAllowed as refusal:
        draft.refresh_from_db()
        if draft.state == Draft.State.OPEN:
            return draft_page(request, draft, faults=[Fault("", str(refusal))], status=400)
        messages.info(request, str(Closed(draft)))
    return HttpResponseRedirect(reverse("desk-draft", args=[draft.pk]))


def _refused(
    request: HttpRequest, why: str, draft: Draft | None, deal: Deal | None
) -> HttpResponse:
    typed, faults = from_form(request.POST), [Fault("", why)]
    if draft is not None:
        return draft_page(request, draft, typed=typed, faults=faults, status=400)
    return form_page(request, Start(typed), deal=deal, faults=faults, status=400)


def _state(draft: Draft) -> dict[str, object]:
    return {
        "revision": draft.revision,
        "saved": draft.saved_at.isoformat(),
        "save": reverse("desk-draft-save", args=[draft.pk]),
        "page": reverse("desk-draft", args=[draft.pk]),
        "store": str(draft.pk),
    }
