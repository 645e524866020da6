"""Files that partners and scripts send, and what became of them.

A person sees the imports they sent; who decides on imports sees all. Another's import answers as
one that is not there. Nothing here may be kept by a cache.
"""

from itertools import chain

from django.db import transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from rest_framework.decorators import api_view, parser_classes, permission_classes
from rest_framework.request import Request

from deals import journal
from deals.api import import_json, paging, upload
from deals.api.access import ImportAccess
from deals.api.conditional import JSON
from deals.api.once import bring, may_publish, visible
from deals.api.parameters import one_of, refuse_any
from deals.api.problems import problem
from deals.feeds import queue
from deals.feeds.refusals import Refused
from deals.feeds.rejected import rejected_rows
from deals.feeds.review import NotDecidableError
from deals.models import ApiKey, ImportRun
from deals.models.documents import dumps

State, Phase = ImportRun.State, ImportRun.Phase
# Heavy, and in no list.
UNLISTED = ("profile", "impact", "undo_report", "checkpoint", "feed__profile")


@cache_control(no_store=True)
@api_view(["GET", "POST"])
@permission_classes([ImportAccess])
@parser_classes(upload.PARSERS)
def imports(request: Request) -> HttpResponse:
    """GET lists imports, newest first; POST takes a file and answers before it is imported."""
    return _take(request) if request.method == "POST" else _list(request)


def _take(request: Request) -> HttpResponse:
    assert isinstance(request.auth, ApiKey)
    sent = upload.read(request)
    run, replayed = bring(sent, request.auth)
    body = {**import_json.whole(run, request), "replayed": replayed}
    if sent.publish and not run.publish:
        body["note"] = _why_review(request.auth)
    response = HttpResponse(dumps(body), content_type=JSON, status=200 if replayed else 202)
    response["Location"] = body["links"]["self"]
    if replayed:
        response["Idempotent-Replayed"] = "true"
    return response


def _why_review(key: ApiKey) -> str:
    if may_publish(key):
        return "This file was sent before to be reviewed; whoever reviews it decides."
    return (
        "It waits for review: publishing at once is for users who may decide on imports, where "
        "one person may approve what they brought in themselves."
    )


def _list(request: Request) -> HttpResponse:
    asked = paging.read(request, "state", "feed")
    runs = visible(request.user).defer(*UNLISTED)
    state, feed = asked.given.get("state"), asked.given.get("feed")
    if state:
        runs = runs.filter(state=one_of("state", state, State.values))
    if feed:
        runs = runs.filter(feed__code=feed)
    page = paging.cut(request, runs, asked)
    return paging.respond(request, page, [import_json.brief(run, request) for run in page.rows])


@cache_control(no_store=True)
@api_view(["GET"])
@permission_classes([ImportAccess])
def import_(request: Request, pk: int) -> HttpResponse:
    """One import: its state, how far it is, its balance and its first errors."""
    refuse_any(request)
    run = _visible(request, pk)
    return HttpResponse(dumps(import_json.whole(run, request)), content_type=JSON)


@cache_control(no_store=True)
@api_view(["GET"])
@permission_classes([ImportAccess])
def errors(request: Request, pk: int) -> HttpResponse:
    """Everything that was wrong in the file, cell by cell, in the order in which it was found."""
    asked = paging.read(request)
    # By id, as only that is quick on the thousandth page.
    page = paging.cut(request, _visible(request, pk).row_errors.all(), asked, newest_first=False)
    return paging.respond(request, page, [import_json.error(row) for row in page.rows])


@cache_control(no_store=True)
@api_view(["GET"])
@permission_classes([ImportAccess])
def errors_csv(request: Request, pk: int) -> HttpResponseBase:
    """Only the rejected rows, with number and reason in front, to be mended and sent again."""
    refuse_any(request)
    run = _visible(request, pk)
    if run.state in (State.QUEUED, State.RUNNING) and run.phase in (Phase.READING, Phase.GROUPING):
        raise problem(409, f"Import {run.pk} is still being read; ask again when it has been.")
    if run.state in (State.FAILED, State.CANCELLED) and not run.rows_rejected:
        raise problem(
            409, f"Import {run.pk} is {run.state}; it has no rejected rows. {run.problem}".strip()
        )
    pieces = rejected_rows(run)
    try:
        first = next(pieces, b"")
    except Refused as refusal:
        raise problem(410, str(refusal)) from None
    # In the encoding of the file, so that the same profile reads it again.
    response = StreamingHttpResponse(chain([first], pieces), content_type="text/csv; charset=utf-8")
    name = f"import-{run.pk}-errors.csv"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


@cache_control(no_store=True)
@api_view(["POST"])
@permission_classes([ImportAccess])
def cancel(request: Request, pk: int) -> HttpResponse:
    """Stop an import before its publication, and remove what it had staged."""
    refuse_any(request)
    assert isinstance(request.auth, ApiKey)
    run = _visible(request, pk)
    try:
        with transaction.atomic():
            cancelled = queue.cancel(run.pk, by=request.auth.user)
            journal.record("cancelled", by=request.auth.user, import_run=cancelled)
    except NotDecidableError as error:
        raise problem(409, str(error)) from None
    return HttpResponse(dumps(import_json.whole(cancelled, request)), content_type=JSON)


def _visible(request: Request, pk: int) -> ImportRun:
    # PostgreSQL has no number as large as an address can have.
    run = visible(request.user).filter(pk=pk).first() if pk < 1 << 63 else None
    if run is None:
        raise Http404(f"There is no import {str(pk)[:20]}.")
    return run
