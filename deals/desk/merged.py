"""Organizations that were merged lately, and the way to split one again."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from deals import organizations as acts
from deals.desk.access import needs, person
from deals.desk.decisions import reason_given, unfit
from deals.models import Change, Organization
from deals.rules.roles import DECIDE

SHOWN = 10
NEEDS_REASON = "Say why they are two after all; the reason stays in the ledger."


@dataclass(frozen=True, slots=True)
class Merged:
    """One organization that is part of another now, with the ledger's entry about it."""

    organization: Organization
    entry: Change


def lately_merged() -> list[Merged]:
    """The latest merges that still stand, newest first; those split since are left out."""
    entries = Change.objects.filter(
        kind=Change.Kind.ORGANIZATION,
        organization__merged_into__isnull=False,
        fields__0__startswith=f"{acts.MERGED_INTO}:",
    ).select_related("organization__merged_into")
    newest: dict[int, Merged] = {}
    # An organization may have been merged, split and merged again: twice as many are enough.
    for entry in entries.order_by("-seq")[: 2 * SHOWN]:
        assert entry.organization is not None
        newest.setdefault(entry.organization.pk, Merged(entry.organization, entry))
    return list(newest.values())[:SHOWN]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DECIDE)
def split(request: HttpRequest, public_id: str) -> HttpResponse:
    """Undo a merge; the page says beforehand what becomes of the deals."""
    # PostgreSQL refuses texts with a NUL, also to compare them.
    spelled = public_id.replace("\0", " ")
    one = get_object_or_404(Organization.objects.select_related("merged_into"), public_id=spelled)
    if one.merged_into is None:
        messages.error(request, f"“{one}” is an organization of its own already.")
        return HttpResponseRedirect(reverse("desk-organizations"))
    reason, error, refused = reason_given(request), "", ""
    if request.method == "POST":
        error = unfit(reason, NEEDS_REASON)
        if not error:
            try:
                acts.split(organization=one, by=person(request), reason=reason)
            except acts.NotAllowed as refusal:
                refused = str(refusal)
            else:
                done = f"“{one}” and “{one.merged_into}” are two organizations again."
                messages.success(request, done)
                return HttpResponseRedirect(reverse("desk-organizations"))
    context = {
        "section": "desk",
        "desk_section": "organizations",
        "one": one,
        "survivor": one.merged_into,
        "reason": reason,
        "error": error,
        "refused": refused,
    }
    status = 400 if error or refused else 200
    return render(request, "desk/organizations_split.html", context, status=status)
