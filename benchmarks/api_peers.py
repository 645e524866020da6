"""A hundred deals as other ways of writing an API give them, each as its users set it up.

All read the same rows behind the same middlewares of this server. What DRF and django-ninja write
is less than a document of ours: no converted amounts and no text of the rate.
"""

import threading
from typing import Any

import psycopg
from django.db import connection
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from ninja import ModelSchema, NinjaAPI
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from deals.models import Citation, DealVersion, Organization, Participation, Source
from investtrack import urls

SIZE = 100
ORGANIZATION = ["public_id", "name", "country"]
SOURCE = ["title", "url", "publisher", "published_on", "accessed_on"]
PARTICIPATION = [
    "investor_name", "country", "country_basis", "ultimate", "ultimate_basis", "state_linked",
    "lead", "contribution", "stake",
]  # fmt: skip
VERSION = [
    "id", "number", "target_name", "target_country", "target_country_basis", "kind", "round_type",
    "status", "status_history", "date_first", "date_last", "date_precision", "date_basis",
    "recorded_on", "amount_state", "amount_low", "amount_high", "currency", "amount_text",
    "investor_list", "ai", "ai_basis", "sectors", "external_id", "notes", "decided_at", "reason",
]  # fmt: skip
BARE = """
SELECT f.deal_id, d.json FROM deals_dealfact f JOIN deals_dealdocument d USING (version_id)
WHERE f.published_seq IS NOT NULL AND f.superseded_seq IS NULL AND f.deal_id > %s
ORDER BY f.deal_id LIMIT %s
"""


def _rows(request: HttpRequest) -> "QuerySet[DealVersion]":
    """One page by key, with everything that is written fetched ahead."""
    return (
        DealVersion.objects.filter(
            published_seq__isnull=False,
            superseded_seq__isnull=True,
            deal_id__gt=int(request.GET.get("after", "0")),
        )
        .select_related("deal", "target", "population")
        .prefetch_related(
            Prefetch("participations", Participation.objects.select_related("investor")),
            Prefetch("citations", Citation.objects.select_related("source")),
        )
        .order_by("deal_id")[:SIZE]
    )


class _Organization(serializers.ModelSerializer[Organization]):
    class Meta:
        model, fields = Organization, ORGANIZATION


class _Source(serializers.ModelSerializer[Source]):
    class Meta:
        model, fields = Source, SOURCE


class _Citation(serializers.ModelSerializer[Citation]):
    source = _Source()

    class Meta:
        model, fields = Citation, ["field", "quote", "locator", "source"]


class _Participation(serializers.ModelSerializer[Participation]):
    investor = _Organization()

    class Meta:
        model, fields = Participation, [*PARTICIPATION, "investor"]


class _Version(serializers.ModelSerializer[DealVersion]):
    deal = serializers.CharField(source="deal.public_id")
    target = _Organization()
    participations = _Participation(many=True)
    citations = _Citation(many=True)

    class Meta:
        model, fields = DealVersion, [*VERSION, "deal", "target", "participations", "citations"]


@api_view(["GET"])
def drf(request: Request) -> Response:
    """Django REST framework, with prefetch."""
    return Response({"results": _Version(_rows(request), many=True).data})


class OrganizationOut(ModelSchema):
    class Meta:
        model, fields = Organization, ORGANIZATION


class SourceOut(ModelSchema):
    class Meta:
        model, fields = Source, SOURCE


class CitationOut(ModelSchema):
    source: SourceOut

    class Meta:
        model, fields = Citation, ["field", "quote", "locator"]


class ParticipationOut(ModelSchema):
    investor: OrganizationOut | None

    class Meta:
        model, fields = Participation, PARTICIPATION


class VersionOut(ModelSchema):
    deal: str
    target: OrganizationOut
    participations: list[ParticipationOut]
    citations: list[CitationOut]

    class Meta:
        model, fields = DealVersion, VERSION

    @staticmethod
    def resolve_deal(version: Any) -> str:
        return str(version.deal.public_id)


ninja = NinjaAPI(docs_url=None, openapi_url=None)


@ninja.get("deals", response=list[VersionOut])
def ninja_deals(request: HttpRequest) -> Any:
    """django-ninja, with prefetch."""
    return _rows(request)


_kept = threading.local()


def _connection() -> "psycopg.Connection[Any]":
    """One for each thread, kept."""
    if not hasattr(_kept, "connection"):
        connection.ensure_connection()
        info = connection.connection.info
        _kept.connection = psycopg.connect(info.dsn, password=info.password, autocommit=True)
    kept: psycopg.Connection[Any] = _kept.connection
    return kept


def bare(request: HttpRequest) -> HttpResponse:
    """psycopg alone: the stored texts joined, nothing checked, nothing counted, no next page."""
    after = int(request.GET.get("after", "0"))
    rows = _connection().execute(BARE, [after, SIZE]).fetchall()
    text = ",".join(row[1] for row in rows)
    return HttpResponse('{"results":[' + text + "]}", content_type="application/json")


def empty(request: HttpRequest) -> JsonResponse:
    """What the server and its middlewares cost by themselves."""
    return JsonResponse({})


urlpatterns = [
    path("api/peers/drf", drf),
    path("api/peers/ninja/", ninja.urls),
    path("api/peers/bare", bare),
    path("api/peers/empty", empty),
    *urls.urlpatterns,
]
handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500
