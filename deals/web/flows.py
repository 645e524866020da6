"""`/flows/`: one question as a sentence, its number, and how sure it is."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from deals.flows.answer import identity, snapshot
from deals.flows.asked import answered, share_answer
from deals.flows.query import BadParameters, FlowQuery
from deals.flows.scope import Scope, resolve
from deals.pictures.registry import DEFAULT_TAB
from deals.web.answers import answer_context
from deals.web.atom import feed_address
from deals.web.errors import bad_request
from deals.web.narrowed import DEFAULT, has_own_filters
from deals.web.picks import form_values, other_countries, other_kinds, region_countries
from deals.web.question import filters_context, kept_fields, sentence_fields
from deals.web.revision import revision
from deals.web.table import table_csv
from deals.web.tabs import PARAMETER, page, read_tab, tab_context

# What the page asks when nobody says whose money and whose companies.
DEFAULT_SIDES = {"investor": ("europe",), "target": ("CN",)}
FORM, WHOLE_FORM = "form", "whole"
# What htmx asks for by the id of the element it fills: the answer, or its chart alone.
WHOLE, ANSWER, CHART = "", "answer", "charts"
TEMPLATES = {
    WHOLE: "pages/flows.html",
    ANSWER: "parts/answer_swap.html",
    CHART: "parts/charts_swap.html",
}


def read_question(request: HttpRequest, *extra: str) -> FlowQuery:
    """The question in the address; raises `BadParameters`."""
    query = FlowQuery.from_params(form_values(request.GET), extra=extra)
    if not query.investor and not query.target:
        query = query.but(**DEFAULT_SIDES)
    return query


@require_safe
def flows(request: HttpRequest) -> HttpResponse:
    """The page, or only the part that htmx swaps in."""
    part = _part(request)
    try:
        query, tab = read_question(request, PARAMETER, FORM), read_tab(request.GET)
        if request.GET and part == WHOLE and not _is_canonical(request, query, tab):
            # A form without a script sends every field; the address keeps only what matters.
            return HttpResponseRedirect(page(query, tab, form=_form(request)))
        with snapshot():
            return _answer(request, query, tab, part)
    except BadParameters as error:
        return _refused(request, error, part)


def _part(request: HttpRequest) -> str:
    htmx = getattr(request, "htmx", None)
    if not htmx or htmx.history_restore_request:
        return WHOLE
    return CHART if htmx.target == CHART else ANSWER


def _answer(request: HttpRequest, query: FlowQuery, tab: str, part: str) -> HttpResponse:
    scope = resolve(query)
    what = f"page {part} {tab} {_form(request)} {revision()}"
    etag = f'W/"{identity(what, query, scope)}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = render(request, TEMPLATES[part], _context(request, query, tab, part, scope))
    return _headers(response, etag, page(query, tab) if part else None)


def _context(
    request: HttpRequest, query: FlowQuery, tab: str, part: str, scope: Scope
) -> dict[str, Any]:
    context = {"section": "flows", "query": query} | tab_context(query, tab, scope)
    if part == CHART:
        return context
    answer = answered("share", query, scope)
    context["follow"] = feed_address(query)
    context |= {"form": _form(request)} | form_context(query)
    return context | answer_context(request, query, answer, scope)


def form_context(query: FlowQuery) -> dict[str, Any]:
    """The fields of the question."""
    filters = filters_context(query)
    return filters | {
        "ask": sentence_fields(query),
        "kept": kept_fields(query),
        "regions": region_countries(),
        "narrowed": has_own_filters(query),
        # What says nothing yet is sent to who opens it.
        "untouched": filters == filters_context(DEFAULT),
    }


@require_safe
def form_part(request: HttpRequest, part: str) -> HttpResponse:
    """What the page leaves out of its form until somebody opens it; the same for every question."""
    if not getattr(request, "htmx", None):
        return HttpResponseRedirect(f"/flows/?{FORM}={WHOLE_FORM}")
    if part == "filters":
        response = render(request, "parts/more_filters.html", filters_context(DEFAULT))
    else:
        shown = request.GET.get("shown", "").split(",")
        groups = other_kinds(shown) if part == "kind" else other_countries(shown)
        context = {"name": part, "groups": groups, "ask": ""}
        response = render(request, "parts/boxes.html", context)
    patch_vary_headers(response, ["Accept-Language", "Cookie", "HX-Request"])
    response.headers["Cache-Control"] = "private, max-age=600"
    return response


def _form(request: HttpRequest) -> str:
    """ "whole" where all of the form is asked for, by who has no script to fetch the rest of it."""
    return WHOLE_FORM if request.GET.get(FORM) == WHOLE_FORM else ""


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """The numbers by year as CSV."""
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


def _is_canonical(request: HttpRequest, query: FlowQuery, tab: str) -> bool:
    expected = {name: [text] for name, text in query.to_params().items()}
    if tab != DEFAULT_TAB:
        expected[PARAMETER] = [tab]
    if _form(request):
        expected[FORM] = [WHOLE_FORM]
    return dict(request.GET.lists()) == expected


def _refused(request: HttpRequest, error: BadParameters, part: str) -> HttpResponse:
    if part:
        return render(request, "parts/problems.html", {"problems": error.problems}, status=400)
    return bad_request(request, error)


def _headers(response: HttpResponse, etag: str, push: str | None) -> HttpResponse:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache"
    # The same address answers with a whole page or with a part of it.
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    if push:
        response.headers["HX-Push-Url"] = push
    return response
