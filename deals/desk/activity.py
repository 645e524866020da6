"""`/desk/activity/`: what people did, by person, thing, day and act."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deals.desk import log_lines
from deals.desk.access import needs, person
from deals.desk.faults import Fault, by_field
from deals.desk.paging import page
from deals.desk.paging import whole as whole_number
from deals.journal import VERBS
from deals.models import Activity
from deals.rules.roles import REVIEW

SIZE = 50
LONGEST = 150
SYSTEM = "system"
NAMES = ("by", "about", "day", "verb")


@dataclass(frozen=True, slots=True)
class Asked:
    """The entries that were asked for, and what of the question cannot be."""

    found: QuerySet[Activity]
    faults: list[Fault]


@require_safe
@needs()
def activity(request: HttpRequest) -> HttpResponse:
    """Newest first. Reviewers see everybody's acts, everybody their own."""
    user = person(request)
    everybody = user.has_perm(REVIEW)
    asked = {name: request.GET.get(name, "").replace("\0", "").strip()[:LONGEST] for name in NAMES}
    answer = _asked(asked, user, everybody=everybody)
    found = answer.found.none() if answer.faults else log_lines.whole(answer.found)
    shown = page(found, request.GET.get("before", ""), SIZE, by="at")
    kept = {name: value for name, value in asked.items() if value}
    context = {
        "section": "desk",
        "desk_section": "activity",
        "asked": asked,
        "everybody": everybody,
        "entries": log_lines.done(shown.rows),
        "verbs": [(code, _(title)) for code, title in VERBS.items()],
        "next": f"?{urlencode(kept | {'before': shown.last})}" if shown.last else "",
        "first": f"?{urlencode(kept)}" if request.GET.get("before") else "",
        "filtered": bool(kept),
        "faults": answer.faults,
        "fault": by_field(answer.faults),
        "system": SYSTEM,
    }
    return render(request, "desk/activity.html", context, status=400 if answer.faults else 200)


def _asked(asked: dict[str, str], user: User, *, everybody: bool) -> Asked:
    found = Activity.objects.all() if everybody else Activity.objects.filter(by=user)
    faults: list[Fault] = []
    for name, narrowed in (("by", _by), ("about", _about), ("day", _day), ("verb", _verb)):
        if not asked[name] or (name == "by" and not everybody):
            continue
        chosen = narrowed(asked[name])
        if isinstance(chosen, str):
            faults.append(Fault(name, chosen))
        else:
            found = found.filter(**chosen)
    return Asked(found, faults)


def _by(text: str) -> dict[str, object] | str:
    if text == SYSTEM:
        return {"by": None}
    user = User.objects.filter(username=text).first()
    return {"by": user} if user else _("There is nobody of this name.")


def _about(text: str) -> dict[str, object] | str:
    """A deal or an organization by its id, an import by its number."""
    upper = text.upper()
    if upper.startswith("D-"):
        return {"deal__public_id": upper}
    if upper.startswith("O-"):
        return {"organization__public_id": upper}
    if (number := whole_number(text)) is not None:
        return {"import_run": number}
    return _("Give a deal (D-…), an organization (O-…) or the number of an import.")


def _day(text: str) -> dict[str, object] | str:
    try:
        start = datetime.combine(date.fromisoformat(text), time(), UTC)
        end = start + timedelta(days=1)
    except (ValueError, OverflowError):
        return _("Give a day like 2026-11-30.")
    return {"at__gte": start, "at__lt": end}


def _verb(text: str) -> dict[str, object] | str:
    return {"verb": text} if text in VERBS else _("Choose an act from the list.")
