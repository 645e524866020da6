"""`/desk/reports/`: what readers say is wrong, oldest first, until somebody has answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from deals.desk.access import needs, person
from deals.desk.paging import page
from deals.entry import reported
from deals.models import DealVersion, Report
from deals.rules.roles import ANSWER

SIZE = 20
OPEN, MINE, CLOSED = "open", "mine", "answered"
LISTS = {
    OPEN: gettext_noop("Waiting for an answer"),
    MINE: gettext_noop("Assigned to me"),
    CLOSED: gettext_noop("Answered"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A report as a list shows it: what it is about and which fact it names, if any."""

    report: Report
    name: str
    fact: str


@require_safe
@needs(ANSWER)
def reports(request: HttpRequest) -> HttpResponse:
    """Open ones by default, the oldest first; answered ones, the latest first."""
    sent = request.GET.get("show", "")
    show = sent if sent in LISTS else OPEN
    closed = show == CLOSED
    found = closed_reports() if closed else open_reports()
    if show == MINE:
        found = found.filter(assigned_to=person(request))
    order = "decided_at" if closed else "created_at"
    shown = page(found, request.GET.get("after", ""), SIZE, by=order, oldest=not closed)
    context = {
        "section": "desk",
        "desk_section": "reports",
        "lists": [(code, _(title)) for code, title in LISTS.items()],
        "show": show,
        "lines": lines(shown.rows),
        "next": f"?{urlencode({'show': show, 'after': shown.last})}" if shown.last else "",
        "first": f"?{urlencode({'show': show})}" if request.GET.get("after") else "",
        "open": open_reports().count(),
    }
    return render(request, "desk/reports.html", context)


def open_reports(user: User | None = None) -> QuerySet[Report]:
    """Reports that wait for an answer; those assigned to somebody, where that is asked."""
    found = Report.objects.filter(state=Report.State.OPEN)
    if user is not None:
        found = found.filter(assigned_to=user)
    return found.select_related("deal", "organization", "assigned_to")


def closed_reports() -> QuerySet[Report]:
    """Reports that were answered."""
    return Report.objects.exclude(state=Report.State.OPEN).select_related(
        "deal", "organization", "decided_by"
    )


def lines(rows: Iterable[Report]) -> list[Line]:
    """What a list shows of reports, by one more query for the names of deals."""
    rows = list(rows)
    names = names_of(row.deal_id for row in rows if row.deal_id)
    return [
        Line(
            row,
            row.organization.name if row.organization else names.get(row.deal_id or 0, ""),
            _(reported.title(row.field)) if row.field else "",
        )
        for row in rows
    ]


def names_of(deals: Iterable[int]) -> dict[int, str]:
    """The target of each deal as last published, by the deal's id."""
    versions = DealVersion.objects.filter(
        deal__in=set(deals), state=DealVersion.State.PUBLISHED
    ).order_by("deal_id", "-number")
    return dict(versions.distinct("deal_id").values_list("deal_id", "target_name"))
