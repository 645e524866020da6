"""`/desk/organizations/<id>/merge/`: which other organization is the same, found by its name."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from deals.desk.access import needs
from deals.desk.faults import Fault
from deals.entry.alike import resolve
from deals.entry.lookup import Found, by_public_id
from deals.feeds.likeness import Likened, score
from deals.models import Organization, Suggestion
from deals.rules.countries import COUNTRIES
from deals.rules.roles import DECIDE
from deals.templatetags.formats import country

NEEDS_OTHER = gettext_noop("Give the name of the other organization, and choose it from the list.")
UNKNOWN = gettext_noop("No organization of the register bears that name there.")
SEVERAL = gettext_noop("Several organizations bear that name: choose one of them.")
SAME = gettext_noop("That is the same organization; choose the other one.")
State = Suggestion.State


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DECIDE)
def merge_with(request: HttpRequest, public_id: str) -> HttpResponse:
    """Leads to the two side by side, as if they had been suggested."""
    one = get_object_or_404(Organization, public_id=public_id.replace("\0", " "))
    if one.merged_into is not None:
        messages.error(request, _("“%(name)s” is merged into another already.") % {"name": one})
        return HttpResponseRedirect(reverse("desk-organizations"))
    value = {part: _typed(request.POST, part) for part in ("id", "name", "country")}
    fault = ""
    choices: list[Found] = []
    if request.method == "POST":
        other, choices = _meant(value)
        fault = _fault(one, value, other, choices)
        if not fault and other is not None:
            pair = _question(one, Organization.objects.get(public_id=other.public_id))
            return HttpResponseRedirect(reverse("desk-suggestion", args=[pair.pk]))
    context = {
        "section": "desk",
        "desk_section": "organizations",
        "one": one,
        "value": value,
        "choices": choices,
        "organizations": by_public_id([value["id"]]),
        "countries": sorted(((c, country(c)) for c in COUNTRIES), key=lambda each: each[1]),
        "fault": fault,
        "faults": [Fault("other-name", fault)] if fault else [],
    }
    return render(request, "desk/organizations_any.html", context, status=400 if fault else 200)


def _typed(sent: Mapping[str, str], part: str) -> str:
    return sent.get(f"other-{part}", "").replace("\0", "").strip()[:300]


def _meant(value: Mapping[str, str]) -> tuple[Found | None, list[Found]]:
    """By its id, else by name and country; all that bear the name where they are several."""
    if value["id"]:
        return by_public_id([value["id"]]).get(value["id"]), []
    place = value["country"] if value["country"] in COUNTRIES else None
    meant = resolve(value["name"], place) if value["name"] else None
    if meant is None or isinstance(meant, Found):
        return meant, []
    return None, list(meant)


def _fault(
    one: Organization, value: Mapping[str, str], other: Found | None, choices: list[Found]
) -> str:
    if other is None:
        if not (value["id"] or value["name"]):
            return _(NEEDS_OTHER)
        return _(SEVERAL) if choices else _(UNKNOWN)
    return _(SAME) if other.public_id == one.public_id else ""


def _question(one: Organization, other: Organization) -> Suggestion:
    """The pair as a question that is open, with how alike the two are."""
    first, second = sorted((one, other), key=lambda each: each.pk)
    points, reasons = score(*(Likened(_names(each), each.country) for each in (first, second)))
    facts = {"state": State.OPEN, "decided_by": None, "decided_at": None}
    pair, _made = Suggestion.objects.update_or_create(
        one=first,
        other=second,
        defaults=facts,
        create_defaults=facts | {"score": points, "reasons": reasons, "created_at": timezone.now()},
    )
    return pair


def _names(organization: Organization) -> tuple[str, ...]:
    return (organization.name, *organization.names.values_list("name", flat=True))
