"""What people did, as lists show it: who, what, to which thing, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from deals.desk.reports import names_of
from deals.journal import VERBS
from deals.models import Activity, DealVersion, Review


@dataclass(frozen=True, slots=True)
class Done:
    """One act: `who` "" is the system, `link` "" leads nowhere, `text` is in somebody's words."""

    who: str
    verb: str
    name: str
    link: str
    more: str
    text: str
    at: datetime


def whole(found: QuerySet[Activity]) -> QuerySet[Activity]:
    """With all that `done` shows, in one query."""
    return found.select_related(
        "by", "deal", "version__review", "organization", "import_run__feed", "report"
    )


def done(found: Iterable[Activity]) -> list[Done]:
    """Lines for entries from `whole`; one more query for the names of deals."""
    rows = list(found)
    names = names_of(row.deal_id for row in rows if row.deal_id)
    return [_line(row, names) for row in rows]


def _line(row: Activity, names: dict[int, str]) -> Done:
    name, link, more = _thing(row, names)
    return Done(
        who=row.by.get_username() if row.by else "",
        verb=_(VERBS[row.verb]) if row.verb in VERBS else row.verb,
        name=name,
        link=link,
        more=more,
        text=row.text,
        at=row.at,
    )


def _thing(row: Activity, names: dict[int, str]) -> tuple[str, str, str]:
    """What it was done to: its name, its page, and what tells it from others of that name."""
    if row.deal is not None:
        name = names.get(row.deal.pk) or row.deal.public_id
        link, more = f"/deals/{row.deal.public_id}/", row.deal.public_id
        if row.version is not None:
            more = _("%(id)s, version %(number)s") % {"id": more, "number": row.version.number}
            if row.deal.pk not in names:
                name, link = _waiting(row.version)
        if row.report is not None:
            link = reverse("desk-report", args=[row.report.pk])
        return name, link, more
    if row.organization is not None:
        link = f"/organizations/{row.organization.public_id}/"
        if row.report is not None:
            link = reverse("desk-report", args=[row.report.pk])
        return row.organization.name, link, row.organization.public_id
    if row.import_run is not None:
        link = reverse("desk-import", args=[row.import_run.pk])
        more = _("import no. %(number)s") % {"number": row.import_run.pk}
        return row.import_run.file_name or row.import_run.feed.name, link, more
    return "", "", ""


def _waiting(version: DealVersion) -> tuple[str, str]:
    """A deal without a live version: the name that it was given, and the page where it is decided
    on, "" for one that nobody was asked about."""
    try:
        return version.target_name, reverse("desk-review", args=[version.review.pk])
    except Review.DoesNotExist:
        return version.target_name, ""
