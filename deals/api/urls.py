"""Addresses below /api/v1/."""

from typing import Any

from django.http import HttpResponse
from django.urls import Resolver404, path, re_path, resolve
from rest_framework.decorators import api_view
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from deals.api import (
    bridge,
    changes,
    deals,
    digest,
    exports,
    flows,
    imports,
    me,
    organizations,
    problems,
    reference,
    releases,
    submissions,
)
from deals.api.problem_types import TYPES
from deals.api.schema import page
from deals.api.schema import views as schema
from deals.exports.columns import TABLES
from deals.exports.forms import FORMS

VERSION = "v1"


@api_view(["GET", "POST", "PUT", "PATCH", "DELETE"])
def nothing_here(request: Request, rest: str = "") -> HttpResponse:
    """Anything else below the API's root answers with a problem document, not with a page.

    Whoever reads and forgot the slash at the end is led to where it is, with the whole question.
    """
    if request.method in SAFE_METHODS and _is_there(f"{request.path_info}/"):
        where = request.get_full_path(force_append_slash=True)
        return HttpResponse(status=308, headers={"Location": where, "Cache-Control": "no-cache"})
    return problems.respond(
        404,
        TYPES["not-found"].title,
        f"There is nothing at {request.path}; all addresses are described at /api/v1/docs/.",
    )


def _is_there(path: str) -> bool:
    try:
        return resolve(path).func is not nothing_here
    except Resolver404:
        return False


urlpatterns = [
    path("flows/share/", flows.share, name="api-share"),
    path("flows/series/", flows.series, name="api-series"),
    path("flows/matrix/", flows.matrix, name="api-matrix"),
    path("flows/top/", flows.top, name="api-top"),
    path("flows/bridge/", bridge.steps, name="api-bridge"),
    path("deals/", deals.deals, name="api-deals"),
    path("deals/<str:public_id>/", deals.deal, name="api-deal"),
    path("deals/<str:public_id>/versions/", deals.versions, name="api-versions"),
    path("organizations/", organizations.all_of_them, name="api-organizations"),
    path("organizations/<str:public_id>/", organizations.one, name="api-organization"),
    path("digest/", digest.digest, name="api-digest"),
    path("changes/", changes.changes, name="api-changes"),
    *(
        path(
            f"exports/{table}.{form}",
            exports.export,
            {"table": table, "form": form},
            name=f"api-export-{table}-{form}",
        )
        for table in TABLES
        for form in FORMS
    ),
    path("releases/", releases.releases, name="api-releases"),
    path("releases/<str:name>/", releases.release, name="api-release"),
    path("releases/<str:name>/files/<str:file>", releases.file, name="api-release-file"),
    path("releases/<str:name>/changes/", releases.changes, name="api-release-changes"),
    path("me/", me.me, name="api-me"),
    path("submissions/", submissions.submissions, name="api-submissions"),
    path("submissions/<int:pk>/", submissions.submission, name="api-submission"),
    path("imports/", imports.imports, name="api-imports"),
    path("imports/<int:pk>/", imports.import_, name="api-import"),
    path("imports/<int:pk>/errors/", imports.errors, name="api-import-errors"),
    path("imports/<int:pk>/errors.csv", imports.errors_csv, name="api-import-errors-csv"),
    path("imports/<int:pk>/cancel/", imports.cancel, name="api-import-cancel"),
    path("schema/", schema.schema, name="api-schema"),
    path("docs/", page.docs, name="api-docs"),
    *(
        path(f"{name}/", reference.table, {"name": name}, name=f"api-{name}")
        for name in reference.TABLES
    ),
    re_path(r"^(?P<rest>.*)$", nothing_here),
]


def answer_head(view: Any) -> None:
    """HEAD is GET without its body; DRF's functions know only the methods that they name."""
    if "get" in view.cls.http_method_names and "head" not in view.cls.http_method_names:
        view.cls.http_method_names.append("head")
        view.cls.head = view.cls.get


for entry in urlpatterns:
    if hasattr(entry.callback, "cls"):
        answer_head(entry.callback)
