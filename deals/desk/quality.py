"""`/desk/quality/`: what the register lacks, each a work list with the deals to mend."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from deals.desk.access import needs
from deals.desk.faults import Fault, by_field
from deals.desk.form_options import country_options
from deals.desk.quality_file import table
from deals.flows import quality as lists
from deals.flows.quality import Among
from deals.flows.quality_checks import CHECKS, Check
from deals.flows.quality_owners import MOST, unresearched
from deals.models import Population
from deals.rules.countries import COUNTRIES
from deals.rules.roles import PROPOSE

SIZE = 50
OWNERS = "owner-not-researched"
OWNERS_TITLE = gettext_noop("Owner of an investor not researched")
OWNERS_WHY = gettext_noop(
    "Until somebody has looked, an investor’s own country stands for its owner’s."
)


@require_safe
@needs(PROPOSE)
def quality(request: HttpRequest) -> HttpResponse:
    """All lists with their lengths, as counted some minutes ago at most."""
    among, faults = _among(request)
    counted: dict[str, Any] = {"at": "", "counts": {}} if faults else lists.counts(among)
    numbers = counted["counts"]
    context = _frame(request, among, faults) | {
        "lists": [
            (check, _(check.title), _(check.why), numbers.get(code), _address(code, among))
            for code, check in CHECKS.items()
        ],
        "most": lists.MOST,
        "at": datetime.fromisoformat(counted["at"]) if counted["at"] else None,
        "owners": (_(OWNERS_TITLE), _(OWNERS_WHY), _address(OWNERS, among)),
    }
    return render(request, "desk/quality.html", context, status=400 if faults else 200)


@require_safe
@needs(PROPOSE)
def quality_list(request: HttpRequest, code: str) -> HttpResponse:
    """One list a page at a time, or as a CSV file; deals between Europe and China first."""
    if code != OWNERS and code not in CHECKS:
        raise Http404
    among, faults = _among(request)
    try:
        if code == OWNERS:
            return _owners(request, among, faults)
        if not faults and request.GET.get("form") == "csv":
            return table(request, CHECKS[code], among)
        return _deals(request, CHECKS[code], among, faults)
    except OperationalError as error:
        if "statement timeout" not in str(error):
            raise
        slow = _("There is too much to look through. Choose a country or a population.")
        return _page(request, code, among, [Fault("country", slow)], {}, status=503)


def _deals(request: HttpRequest, check: Check, among: Among, faults: list[Fault]) -> HttpResponse:
    after = request.GET.get("after", "")
    found = lists.Deals([], "") if faults else lists.deals(check, among, after=after, size=SIZE)
    rows = {
        "rows": found.rows,
        "next": _address(check.code, among, after=found.after) if found.after else "",
        "first": _address(check.code, among) if after else "",
        "file": _address(check.code, among, form="csv"),
    }
    return _page(request, check.code, among, faults, rows, status=400 if faults else 200)


def _owners(request: HttpRequest, among: Among, faults: list[Fault]) -> HttpResponse:
    rows = {"investors": [] if faults else unresearched(among), "most": MOST}
    return _page(request, OWNERS, among, faults, rows, status=400 if faults else 200)


def _page(
    request: HttpRequest,
    code: str,
    among: Among,
    faults: list[Fault],
    rows: dict[str, Any],
    *,
    status: int,
) -> HttpResponse:
    check = CHECKS.get(code)
    context = _frame(request, among, faults) | rows
    context |= {
        "code": code,
        "title": _(check.title if check else OWNERS_TITLE),
        "why": _(check.why if check else OWNERS_WHY),
        "all": _address("", among),
    }
    return render(request, "desk/quality_list.html", context, status=status)


def _frame(request: HttpRequest, among: Among, faults: list[Fault]) -> dict[str, Any]:
    populations = Population.objects.order_by("title").values_list("code", "title")
    return {
        "section": "desk",
        "desk_section": "quality",
        "asked": {name: request.GET.get(name, "") for name in ("population", "country")},
        "populations": list(populations),
        "countries": country_options(),
        "faults": faults,
        "fault": by_field(faults),
    }


def _among(request: HttpRequest) -> tuple[Among, list[Fault]]:
    """Which deals are asked for; what cannot be chosen is said at its field."""
    faults = []
    code, country = (request.GET.get(name, "") for name in ("population", "country"))
    population = None
    if code:
        population = Population.objects.filter(code=code.replace("\0", " ")).first()
        if population is None:
            faults.append(Fault("population", _("There is no population of this name.")))
    if country and country not in COUNTRIES:
        faults.append(Fault("country", _("Choose a country from the list.")))
    return Among(population, "" if faults else country), faults


def _address(code: str, among: Among, **more: str) -> str:
    where = reverse("desk-quality-list", args=[code]) if code else reverse("desk-quality")
    asked = {"population": among.population.code if among.population else "", **more}
    asked |= {"country": among.country}
    kept = {name: value for name, value in asked.items() if value}
    return f"{where}?{urlencode(kept)}" if kept else where
