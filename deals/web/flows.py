"""`/flows/`: one question as a sentence, its number, and how sure it is."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from deals.flows import links
from deals.flows.answer import identity, share_answer
from deals.flows.query import BadParameters, FlowQuery
from deals.web.answers import answer_context
from deals.web.errors import bad_request
from deals.web.question import kept_fields, more_fields, narrowings, sentence_fields
from deals.web.revision import revision
from deals.web.table import table_csv

# What the page asks when nobody says whose money and whose companies.
DEFAULT_SIDES = {"investor": ("europe",), "target": ("CN",)}


def read_question(request: HttpRequest) -> FlowQuery:
    """The question in the address; raises `BadParameters`."""
    query = FlowQuery.from_params(request.GET)
    if not query.investor and not query.target:
        query = query.but(**DEFAULT_SIDES)
    return query


@require_safe
def flows(request: HttpRequest) -> HttpResponse:
    """The page, or only its answer where htmx swaps it in."""
    part = bool(getattr(request, "htmx", False))
    try:
        query = read_question(request)
        if request.GET and not part and not _is_canonical(request, query):
            # A form without a script sends every field; the address keeps only what matters.
            return HttpResponseRedirect(links.page(query))
        answer, scope = share_answer(query)
    except BadParameters as error:
        return _refused(request, error, part)
    etag = f'W/"{identity(f"page {part} {revision()}", query, scope)}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        context = answer_context(request, query, answer, scope)
        if not part:
            context |= form_context(query)
        template = "parts/answer.html" if part else "pages/flows.html"
        response = render(request, template, context | {"section": "flows", "part": part})
    return _headers(response, etag, links.page(query) if part else None)


def form_context(query: FlowQuery) -> dict[str, Any]:
    """The fields of the question."""
    return {
        "ask": sentence_fields(query),
        "more": more_fields(query),
        "kept": kept_fields(query),
        "narrowed": bool(narrowings(query)),
    }


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """The table of the chart as CSV."""
    try:
        query = read_question(request)
        answer, scope = share_answer(query)
    except BadParameters as error:
        return bad_request(request, error)
    etag = f'W/"{identity("table.csv", query, scope)}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(table_csv(answer), content_type="text/csv; charset=utf-8")
        name = f"investtrack-flows-{scope.change_seq}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return _headers(response, etag, None)


def _is_canonical(request: HttpRequest, query: FlowQuery) -> bool:
    given = {name: texts for name, texts in request.GET.lists()}
    return given == {name: [text] for name, text in query.to_params().items()}


def _refused(request: HttpRequest, error: BadParameters, part: bool) -> HttpResponse:
    if part:
        return render(request, "parts/problems.html", {"problems": error.problems}, status=400)
    return bad_request(request, error)


def _headers(response: HttpResponse, etag: str, push: str | None) -> HttpResponse:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache"
    # The same address answers with a whole page or with a part of it.
    patch_vary_headers(response, ["HX-Request"])
    if push:
        response.headers["HX-Push-Url"] = push
    return response
