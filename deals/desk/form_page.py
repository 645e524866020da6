"""The page with the form of a deal, as it is at first and as it comes back."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from deals import actions
from deals.desk.access import parked, person
from deals.desk.form_fields import fields
from deals.desk.form_start import Start, counted
from deals.entry.reading import Fault
from deals.entry.typed import Typed, complete, from_form, typed_of
from deals.models import Deal, DealVersion, Draft

MORE_ROWS = 5


def form_page(
    request: HttpRequest,
    start: Start,
    *,
    deal: Deal | None = None,
    faults: Sequence[Fault] = (),
    status: int = 200,
    **notices: Any,
) -> HttpResponse:
    """The form before there is a draft of it: of a new deal, or of a change of a live one."""
    live = start.live or (deal and deal.versions.live().first())
    deal = deal or (live.deal if live else None)
    sent = start.parked or request.POST
    form_id = sent.get("form") or uuid4().hex
    fresh = request.method != "POST" and start.parked is None
    context = {
        "form_id": form_id,
        "action": request.get_full_path(),
        "save": request.get_full_path(),
        "report": start.report,
        "start_note": start.note,
        "parked": start.parked is not None,
        "unread_line": sent.get("line", ""),
        # The page begins in the first field that is to be typed.
        "fresh": fresh,
        "focus_target": fresh and live is None and bool(start.typed["sources"][0]["url"]),
        "dirty": start.parked is not None or request.method == "POST",
        "store": _store(person(request).pk, "new", deal.public_id if deal else "", form_id),
        **notices,
    }
    return _page(request, start.typed, deal, live or None, faults, status, context)


def draft_page(
    request: HttpRequest,
    draft: Draft,
    *,
    typed: Typed | None = None,
    faults: Sequence[Fault] = (),
    status: int = 200,
    **notices: Any,
) -> HttpResponse:
    """The form of an open draft; `typed` is what was sent where that could not be saved."""
    back = draft.version is not None and draft.version.state == DealVersion.State.DRAFT
    note = _("You took this back. Submitting it again puts it in the place of what waited.")
    address = reverse("desk-draft", args=[draft.pk])
    sent = parked(request) if request.method != "POST" else None
    if sent is not None:
        typed = from_form(sent)
    context = {
        "draft": draft,
        "form_id": draft.typed.get("form", ""),
        # What was parked meets what another window has saved since, if one has.
        "revision": draft.revision if sent is None else counted(sent.get("revision", "")),
        "parked": sent is not None,
        "unread_line": (request.POST if sent is None else sent).get("line", ""),
        "dirty": sent is not None,
        "action": address,
        "save": reverse("desk-draft-save", args=[draft.pk]),
        "store": _store(draft.owner_id, draft.pk),
        "report": draft.report,
        "start_note": note if back else "",
        **notices,
    }
    shown = complete(typed or draft.typed)
    return _page(request, shown, draft.deal, draft.based_on, faults, status, context)


def _page(
    request: HttpRequest,
    typed: Typed,
    deal: Deal | None,
    live: DealVersion | None,
    faults: Sequence[Fault],
    status: int,
    context: dict[str, Any],
) -> HttpResponse:
    before = typed_of(actions.facts_of(live)) if live else None
    spare = MORE_ROWS if "more" in request.GET else 1
    shown = {
        "section": "desk",
        "desk_section": "queue",
        "deal": deal,
        "seen": live.number if live else "",
        "heading": _("Edit a deal") if live else _("Add a deal"),
        **fields(typed, faults=faults, before=before, spare=spare),
        **context,
    }
    return render(request, "desk/deal_form.html", shown, status=status)


def stores(draft: Draft) -> list[str]:
    """Names under which a browser may have kept the text of a draft."""
    deal = draft.deal.public_id if draft.based_on_id and draft.deal else ""
    begun = _store(draft.owner_id, "new", deal, draft.typed.get("form", ""))
    return [_store(draft.owner_id, draft.pk), begun]


def _store(owner: int, *parts: object) -> str:
    """One browser may be used by several people; nobody is offered what another one has typed."""
    return ":".join(str(part) for part in ("draft", owner, *parts))
