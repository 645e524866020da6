"""What everybody can read about readers' reports: that they came, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deals.actions.reports import named
from deals.entry import reported
from deals.models import Activity, Deal, Organization, Report
from deals.web.parameters import without_parameters

# Closed reports shown on the page of a deal or an organization.
MOST = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a report: `accepted` or not, in the desk's words; `fact` is "" for none.

    `number` and `seq` are the version that mends it and its entry in the ledger, or the entry
    alone for an organization; None where nothing is named. Nothing of what the reader wrote.
    """

    token: str
    accepted: bool
    fact: str
    text: str
    sent: datetime
    at: datetime
    number: int | None
    seq: int | None


@require_safe
@without_parameters
def report(request: HttpRequest, token: str) -> HttpResponse:
    """A ticket: when it came, and its outcome once there is one; never the reader's own words."""
    given = token.upper() if token.isascii() and token.isalnum() else ""
    found = Report.objects.select_related("deal", "organization").filter(token=given or "-").first()
    if found is None:
        raise Http404(_("There is no report of that number."))
    context = {
        "section": "organizations" if found.organization else "deals",
        "report": found,
        "name": named(found),
        "address": address(found),
        "fact": _(reported.title(found.field)) if found.field else "",
        "outcome": _outcomes([found])[0] if found.decided_at else None,
        "url": request.build_absolute_uri(),
    }
    response = render(request, "pages/report.html", context)
    add_never_cache_headers(response)
    return response


def outcomes(
    *, deal: Deal | None = None, organization: Organization | None = None
) -> list[Outcome]:
    """The latest answered reports about a deal or an organization, newest first; two queries."""
    about = Q(deal=deal) if deal is not None else Q(organization=organization)
    closed = Report.objects.filter(about).exclude(state=Report.State.OPEN)
    return _outcomes(list(closed.order_by("-decided_at", "-pk")[:MOST]))


def address(found: Report) -> str:
    """The page that a report is about."""
    if found.organization is not None:
        return f"/organizations/{found.organization.public_id}/"
    assert found.deal is not None
    return f"/deals/{found.deal.public_id}/"


def _outcomes(found: Sequence[Report]) -> list[Outcome]:
    """The log knows which version or edit an answer named; asked by what it is about, by index."""
    if not found:
        return []
    about = Q(deal__in={r.deal_id for r in found if r.deal_id}) | Q(
        organization__in={r.organization_id for r in found if r.organization_id}
    )
    entries = Activity.objects.filter(about, verb="reported_closed", report__in=found)
    mended = {
        entry.report_id: entry for entry in entries.select_related("version", "edit").order_by("pk")
    }
    return [_outcome(each, mended.get(each.pk)) for each in found]


def _outcome(found: Report, entry: Activity | None) -> Outcome:
    assert found.decided_at is not None
    version, edit = (entry.version, entry.edit) if entry else (None, None)
    seq = version.published_seq if version else edit.seq if edit else None
    return Outcome(
        token=found.token,
        accepted=found.state == Report.State.ACCEPTED,
        fact=_(reported.title(found.field)) if found.field else "",
        text=found.outcome,
        sent=found.created_at,
        at=found.decided_at,
        number=version.number if version else None,
        seq=seq,
    )
