"""`/desk/reports/<id>/`: one reader's report, who looks after it, and the public answer."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from deals import actions
from deals.actions import reports as acts
from deals.desk.access import needs, person
from deals.desk.decisions import LONGEST_REASON
from deals.desk.faults import Fault, by_field
from deals.desk.log_lines import Done, done
from deals.desk.log_lines import whole as whole_entries
from deals.desk.paging import whole
from deals.entry import reported
from deals.models import Activity, DealVersion, Draft, OrganizationEdit, Report
from deals.rules.roles import ANSWER
from deals.templatetags.formats import day, number

# Versions since the report among which the one that mends it is chosen; acts shown.
MOST, ENTRIES = 12, 50
ACCEPT, DECLINE, ASSIGN = "accept", "decline", "assign"


@dataclass(frozen=True, slots=True)
class Mended:
    """A published version or edit that may be what mends the error."""

    pk: int
    text: str
    chosen: bool


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ANSWER)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Read it, give it to somebody, answer it once."""
    found = get_object_or_404(
        Report.objects.select_related("deal", "organization", "assigned_to", "decided_by"), pk=pk
    )
    act = request.POST.get("act", "")
    if request.method == "POST" and act == ASSIGN:
        return _assign(request, found)
    if request.method == "POST" and act in (ACCEPT, DECLINE):
        return _answer(request, found, act)
    return _page(request, found, {}, [])


def _assign(request: HttpRequest, found: Report) -> HttpResponse:
    to = whole(request.POST.get("to", ""))
    user = User.objects.filter(pk=to, is_active=True).first() if to is not None else None
    try:
        acts.assign(report=found, to=user, by=person(request))
    except actions.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("Nobody in particular looks after this report.")
        if user is not None:
            said = _("%(name)s looks after this report.") % {"name": user.get_username()}
        messages.success(request, said)
    return _back(found)


def _answer(request: HttpRequest, found: Report, act: str) -> HttpResponse:
    typed = {
        "outcome": request.POST.get("outcome", "").replace("\0", "").strip(),
        "mended": request.POST.get("mended", ""),
    }
    faults = _faults(typed["outcome"])
    if not faults:
        try:
            acts.close(
                report=found,
                accepted=act == ACCEPT,
                outcome=typed["outcome"],
                by=person(request),
                **_named(found, whole(typed["mended"])),
            )
        except actions.NotAllowed as refusal:
            found.refresh_from_db()
            if found.state == Report.State.OPEN:
                return _page(request, found, typed, [Fault("outcome", str(refusal))])
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The answer is public now."))
        return _back(found)
    return _page(request, found, typed, faults)


def _faults(outcome: str) -> list[Fault]:
    if not outcome:
        said = _("Say in a sentence what came of it; everybody can read it.")
        return [Fault("outcome", said)]
    if len(outcome) > LONGEST_REASON:
        said = _("An answer has at most %(most)s characters; this one has %(number)s.")
        shown = {"most": number(LONGEST_REASON), "number": number(len(outcome))}
        return [Fault("outcome", said % shown)]
    return []


def _named(found: Report, pk: int | None) -> dict[str, Any]:
    """The version or edit that was chosen, looked up among those of this report's thing."""
    if pk is None:
        return {}
    if found.deal_id:
        return {"version": DealVersion.objects.filter(pk=pk, deal=found.deal_id).first()}
    edits = OrganizationEdit.objects.filter(pk=pk, organization=found.organization_id)
    return {"edit": edits.first()}


def _back(found: Report) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk-report", args=[found.pk]))


def _page(
    request: HttpRequest, found: Report, typed: dict[str, str], faults: list[Fault]
) -> HttpResponse:
    is_open = found.state == Report.State.OPEN
    context = {
        "section": "desk",
        "desk_section": "reports",
        "report": found,
        "name": acts.named(found),
        "fact": _(reported.title(found.field)) if found.field else "",
        "address": _address(found),
        "edit": _edit_address(found) if is_open else "",
        "drafts": _drafts(found) if is_open else [],
        "mended": _choices(found, typed) if is_open else [],
        "people": _people() if is_open else [],
        "entries": _entries(found),
        "typed": typed,
        "faults": faults,
        "fault": by_field(faults),
        "longest": LONGEST_REASON,
    }
    return render(request, "desk/report.html", context, status=400 if faults else 200)


def _address(found: Report) -> str:
    if found.organization is not None:
        return f"/organizations/{found.organization.public_id}/"
    assert found.deal is not None
    return f"/deals/{found.deal.public_id}/"


def _edit_address(found: Report) -> str:
    """Where it is mended; the draft that is begun there belongs to the report."""
    name = "desk-organization-edit" if found.organization else "desk-deal-edit"
    one = found.organization or found.deal
    assert one is not None
    try:
        return f"{reverse(name, args=[one.public_id])}?report={found.pk}"
    except NoReverseMatch:
        return ""


def _drafts(found: Report) -> list[Draft]:
    """Drafts that were begun for this report and not thrown away."""
    begun = Draft.objects.filter(report=found).exclude(state=Draft.State.DISCARDED)
    return list(begun.select_related("owner", "version").order_by("created_at")[:MOST])


def _choices(found: Report, typed: dict[str, str]) -> list[Mended]:
    """What was published since the report came, newest first; one of its own draft is proposed."""
    if found.organization_id:
        edits = OrganizationEdit.objects.filter(
            organization=found.organization_id, decided_at__gte=found.created_at, seq__isnull=False
        ).order_by("-seq")[:MOST]
        rows = [(e.pk, e.seq, _("change"), e.decided_at, False) for e in edits]
    else:
        versions = DealVersion.objects.filter(
            deal=found.deal_id, decided_at__gte=found.created_at, state=DealVersion.State.PUBLISHED
        ).order_by("-published_seq")[:MOST]
        own = set(Draft.objects.filter(report=found).values_list("version_id", flat=True))
        rows = [
            (v.pk, v.published_seq, _("version %(number)s") % {"number": v.number}, v.decided_at,
             v.pk in own)
            for v in versions
        ]  # fmt: skip
    said = _("%(what)s, ledger no. %(seq)s, %(day)s")
    sent = typed.get("mended")
    return [
        Mended(
            pk,
            said % {"what": what, "seq": number(seq), "day": day(at)},
            sent == str(pk) if sent is not None else own,
        )
        for pk, seq, what, at, own in rows
    ]


def _people() -> list[User]:
    return list(User.objects.filter(pk__in=acts.answerers()).order_by("username"))


def _entries(found: Report) -> list[Done]:
    """What was done with it, oldest first; asked by what it is about, by index."""
    about = {"deal": found.deal} if found.deal_id else {"organization": found.organization}
    entries = Activity.objects.filter(report=found, at__gte=found.created_at, **about)
    return done(whole_entries(entries).order_by("at", "pk")[:ENTRIES])
