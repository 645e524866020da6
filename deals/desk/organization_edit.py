"""`/desk/organizations/<id>/edit/`: what is known about an organization, changed by proposal.

The form goes to a preview, which lists the deals that would flip, and from there to review. What
was on record when the form was opened travels with it, signed, so that only what the person changed
is proposed, and what somebody else changed meanwhile is never undone in silence.
"""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from deals.actions import NotAllowed
from deals.actions.evidence import Overtaken, propose
from deals.desk.access import needs, person
from deals.desk.evidence_flips import Flips, flips
from deals.desk.evidence_form import form
from deals.desk.faults import Fault
from deals.entry.evidence import Change, Record, overtaken, record
from deals.entry.evidence_laid import survivor
from deals.entry.evidence_reading import Reading, Typed, from_form, read, typed_of
from deals.entry.evidence_words import lines, stands
from deals.models import Organization, OrganizationEdit, Review
from deals.rules.roles import EVIDENCE

SALT = "desk.organization-edit"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(EVIDENCE)
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """The form; by POST its `action`: another line, preview, back to the form, or submit."""
    found = _find(public_id)
    now = survivor(found)
    if now.pk != found.pk:
        return redirect("desk-organization-edit", now.public_id)
    if request.method != "POST":
        return _form(request, found, typed_of(record(found)))
    typed, action = from_form(request.POST), request.POST.get("action", "")
    known = _opened(request, found)
    if known is None:
        lost = _("The form did not come whole. Nothing was changed; look at it and send it again.")
        return _form(request, found, typed_of(record(found)), [Fault("", lost)])
    if action == "back" or action.startswith("more-"):
        return _form(request, found, typed, known=known)
    reading = read(typed, known, found)
    if reading.faults:
        faults = [Fault(fault.field, fault.message) for fault in reading.faults]
        return _form(request, found, typed, faults, known=known)
    if stale := overtaken(reading.changes, record(found)):
        return _form(request, found, typed, _stale(stale))
    if action == "submit":
        return _submit(request, found, typed, reading)
    return _preview(request, found, typed, known, reading)


def _find(public_id: str) -> Organization:
    # PostgreSQL refuses texts with a NUL, also to compare them.
    spelled = public_id.replace("\0", " ")
    one = Organization.objects.select_related("merged_into").filter(public_id=spelled).first()
    if one is None:
        raise Http404
    return one


def _opened(request: HttpRequest, organization: Organization) -> Record | None:
    """What was on record when the form was opened; None for a form that is not ours."""
    try:
        sent = signing.loads(request.POST.get("opened", ""), salt=SALT)
    except signing.BadSignature:
        return None
    return sent["record"] if sent["id"] == organization.public_id else None


def _form(
    request: HttpRequest,
    organization: Organization,
    typed: Typed,
    faults: list[Fault] | None = None,
    known: Record | None = None,
) -> HttpResponse:
    known = known or record(organization)
    context = _frame(request, organization, known) | form(typed, known, faults or [])
    context["waiting"] = _waiting(organization)
    status = 400 if faults else 200
    return render(request, "desk/organization_edit.html", context, status=status)


def _preview(
    request: HttpRequest, organization: Organization, typed: Typed, known: Record, reading: Reading
) -> HttpResponse:
    context = _frame(request, organization, known) | {
        "lines": lines(reading.changes),
        "flips": flips(organization, reading.changes),
        "reason": reading.reason,
        "carried": list(_carried(typed)),
    }
    return render(request, "desk/organization_edit_preview.html", context)


def _submit(
    request: HttpRequest, organization: Organization, typed: Typed, reading: Reading
) -> HttpResponse:
    try:
        made = propose(
            organization=organization,
            changes=reading.changes,
            reason=reading.reason,
            by=person(request),
        )
    except Overtaken as refusal:
        return _form(request, organization, typed, _stale(refusal.lines))
    except NotAllowed as refusal:
        return _form(request, organization, typed, [Fault("", str(refusal))])
    weigh_edit(made.review, flips(organization, reading.changes))
    messages.success(
        request,
        _("Your changes of “%(name)s” wait for somebody else’s decision.")
        % {"name": organization.name},
    )
    return HttpResponseRedirect(reverse("desk-review", args=[made.review.pk]))


def weigh_edit(review: Review, found: Flips) -> None:
    """Keep what it would do to the headline shares, for the list of what waits."""
    if found.impact is not None:
        Review.objects.filter(pk=review.pk).update(
            impact=found.impact, impact_seq=found.impact["seq"]
        )


def _stale(found: list[tuple[Change, dict[str, str] | None]]) -> list[Fault]:
    """What stands there now, where somebody was faster."""
    sentence = _(
        "Somebody has changed this since you opened the page. What stands there now: %(now)s. "
        "Look at it, and send your change again if it still holds."
    )
    return [Fault("", sentence % {"now": stands(change, now)}) for change, now in found]


def _frame(request: HttpRequest, organization: Organization, known: Record) -> dict[str, Any]:
    opened = {"id": organization.public_id, "record": known}
    return {
        "section": "desk",
        "desk_section": "judge",
        "organization": organization,
        "opened": signing.dumps(opened, salt=SALT, compress=True),
    }


def _waiting(organization: Organization) -> list[OrganizationEdit]:
    """Edits of it that nobody has decided on."""
    found = organization.edits.filter(state=OrganizationEdit.State.SUBMITTED)
    return list(found.select_related("created_by", "review"))


def _carried(typed: Typed) -> Any:
    """What was typed, as names and values for the next form."""
    for name, value in typed.items():
        if isinstance(value, str):
            yield name, value
        else:
            for at, row in enumerate(value):
                yield from ((f"{name}-{at}-{part}", text) for part, text in row.items() if text)
