"""Parts of the field for an organization: what the register has for the letters typed so far, and
whether a new name is one that it has already. Forms work without them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from deals.desk.access import needs
from deals.entry.alike import resolve, similar
from deals.entry.lookup import LONGEST_SEARCH, Found, look_up
from deals.rules.countries import COUNTRIES
from deals.rules.roles import PROPOSE


@require_safe
@needs(PROPOSE)
def organizations(request: HttpRequest) -> HttpResponse:
    """Options for `q`, the best first, and one to make a new organization. `invented=yes` offers
    invented ones after the real ones, `known=yes` none that is new."""
    q = request.GET.get("q", "").replace("\0", "").strip()
    rows = look_up(q, invented=request.GET.get("invented") == "yes")
    context = {
        "rows": rows,
        "q": q if len(q) <= LONGEST_SEARCH else "",
        "may_be_new": request.GET.get("known") != "yes",
    }
    return render(request, "desk/parts/organization_options.html", context)


@require_safe
@needs(PROPOSE)
def like(request: HttpRequest) -> HttpResponse:
    """What publishing a name without an id would mean, and the organizations that are much like it,
    for `name` and, if it is known, `country`; with `known=yes` a new one is none."""
    name = request.GET.get("name", "").replace("\0", "").strip()
    code = request.GET.get("country", "")
    country = code if code in COUNTRIES else None
    if not name or len(name) > LONGEST_SEARCH:
        return render(request, "desk/parts/organization_like.html", {"name": ""})
    meant = resolve(name, country)
    bearers = [meant] if isinstance(meant, Found) else meant or []
    known = {one.public_id for one in bearers}
    context = {
        "name": name,
        "country": country,
        "bearers": bearers,
        "may_be_new": request.GET.get("known") != "yes",
        "rows": [one for one in similar(name, country) if one.public_id not in known],
    }
    return render(request, "desk/parts/organization_like.html", context)
