"""`/data/`: what can be taken today, under which terms, and what the fields mean."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from deals.flows import links
from deals.flows.query import ALL, FlowQuery
from deals.models import Release
from deals.web.dictionary import FIELDS
from deals.web.parameters import without_parameters
from deals.web.reference import FILES

WHOLE_REGISTER = FlowQuery(kind=(ALL,), status=(ALL,), ai=(ALL,))


@require_safe
@without_parameters
def data(request: HttpRequest) -> HttpResponse:
    """The page; it lists only what works."""
    releases = [
        {
            "release": release,
            "page": links.page(FlowQuery(release=release.name)),
            "deals": links.deals(WHOLE_REGISTER.but(release=release.name), place=""),
            "api": links.address("/api/v1/deals/", WHOLE_REGISTER.but(release=release.name)),
        }
        for release in Release.objects.all()
    ]
    context = {
        "section": "data",
        "releases": releases,
        "files": FILES,
        "fields": FIELDS,
        "whole": links.address("/api/v1/deals/", WHOLE_REGISTER),
    }
    return render(request, "pages/data.html", context)
