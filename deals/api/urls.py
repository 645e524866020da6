"""Addresses below /api/v1/."""

from django.http import HttpResponse
from django.urls import path, re_path
from django.views.generic import RedirectView
from rest_framework.decorators import api_view
from rest_framework.request import Request

from deals.api import bridge, changes, deals, flows, imports, problems, reference

VERSION = "v1"


@api_view(["GET", "POST", "PUT", "PATCH", "DELETE"])
def nothing_here(request: Request, rest: str = "") -> HttpResponse:
    """Anything else below the API's root answers with a problem document, not with a page."""
    return problems.respond(
        404, "Not found", f"There is nothing at {request.path}; see docs/api.md."
    )


urlpatterns = [
    path("flows/share/", flows.share, name="api-share"),
    path("flows/series/", flows.series, name="api-series"),
    path("flows/matrix/", flows.matrix, name="api-matrix"),
    path("flows/top/", flows.top, name="api-top"),
    path("flows/bridge/", bridge.steps, name="api-bridge"),
    path("deals/", deals.deals, name="api-deals"),
    path("deals/<str:public_id>/", deals.deal, name="api-deal"),
    path("deals/<str:public_id>/versions/", deals.versions, name="api-versions"),
    path("changes/", changes.changes, name="api-changes"),
    path("imports/", imports.imports, name="api-imports"),
    path("imports/<int:pk>/", imports.import_, name="api-import"),
    path("imports/<int:pk>/errors/", imports.errors, name="api-import-errors"),
    path("imports/<int:pk>/errors.csv", imports.errors_csv, name="api-import-errors-csv"),
    path("imports/<int:pk>/cancel/", imports.cancel, name="api-import-cancel"),
    path("docs/", RedirectView.as_view(url="/developers/")),
    *(
        path(f"{name}/", reference.table, {"name": name}, name=f"api-{name}")
        for name in reference.TABLES
    ),
    re_path(r"^(?P<rest>.*)$", nothing_here),
]
