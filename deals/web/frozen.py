"""`/v/<token>/`: a number as somebody quoted it, never computed again, and what changed since."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from deals import wording
from deals.flows import links
from deals.flows.answer import snapshot
from deals.flows.asked import answered
from deals.flows.frozen import changed_reference, held, keep, question, same, stored
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.flows.scope import resolve
from deals.models import FrozenView
from deals.pictures.picture import Picture
from deals.pictures.registry import DEFAULT_TAB, TABS, answers_for
from deals.pictures.standalone import Source, source_line
from deals.templatetags.formats import day, number
from deals.web.answers import bands, china, comparators, composition, provisional
from deals.web.caveats import caveats
from deals.web.changed import changed_context
from deals.web.charts import FORMS
from deals.web.cite import bib_file, bibtex, forms, quote
from deals.web.errors import bad_request
from deals.web.limits import HOUR, within
from deals.web.parameters import unknown_parameters, without_parameters
from deals.web.table import table_csv

TOKEN_FIELD = "csrfmiddlewaretoken"
# Names of what can have changed in the rules, as a sentence lists them.
REFERENCE = {
    "code": "rules of counting", "regions": "regions", "region_members": "members of regions",
    "countries": "countries", "sectors": "sectors", "round_types": "types of rounds",
    "rates": "exchange rates",
}  # fmt: skip


def address(view: FrozenView, rest: str = "") -> str:
    """Where a stored view stays."""
    return f"/v/{view.token}/{rest}"


@require_http_methods(["GET", "HEAD", "POST"])
def freeze(request: HttpRequest) -> HttpResponse:
    """Say what would be stored, or store it and lead to its page."""
    try:
        given = request.POST if request.method == "POST" else request.GET
        query = FlowQuery.from_params(given, extra=(TOKEN_FIELD,))
        with snapshot():
            scope = resolve(query)
            asked = held(query, scope.change_seq)
            answer = answered("share", asked, resolve(asked))
    except BadParameters as error:
        return bad_request(request, error)
    view = same(query, scope.change_seq)
    if view is not None:
        return _see(view)
    context = {
        "section": "flows",
        "query": asked,
        "answer": answer,
        "finding": wording.finding(query, answer),
        "fields": asked.to_params(),
        "back": links.page(query),
    }
    if request.method != "POST":
        return render(request, "pages/freeze.html", context)
    if not within(request, "freeze", settings.FREEZE_PER_HOUR):
        response = render(
            request,
            "pages/freeze.html",
            context | {"too_many": settings.FREEZE_PER_HOUR},
            status=HTTPStatus.TOO_MANY_REQUESTS,
        )
        response.headers["Retry-After"] = str(HOUR)
        return response
    return _see(keep(query, scope.change_seq, gather(asked)))


def gather(query: FlowQuery) -> dict[str, Any]:
    """Every answer that the page and its charts need, from one snapshot."""
    with snapshot():
        scope = resolve(query)
        answers = {"share": answered("share", query, scope)}
        for code in TABS:
            answers |= answers_for(code, query, scope)[0]
    return answers


def _see(view: FrozenView) -> HttpResponse:
    response = HttpResponseRedirect(address(view))
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def drawn(view: FrozenView, code: str) -> Picture | None:
    """The chart `code` from the stored answers; None where they do not have what it needs.

    Raises `BadParameters` where the view's question names a code that is not known any more.
    """
    tab = TABS.get(code)
    if tab is None or not set(tab.questions) <= view.answers.keys():
        return None
    return tab.draw(question(view), view.answers)


@require_safe
def frozen(request: HttpRequest, token: str) -> HttpResponse:
    """The stored number with everything around it, and beside it today's."""
    view = _view(token)
    answer = view.answers["share"]
    try:
        tab = _tab(request, view)
    except BadParameters as error:
        return bad_request(request, error)
    context = {
        "section": "flows",
        "view": view,
        "answer": answer,
        "changed_rules": [_(REFERENCE[name]) for name in changed_reference(view)],
        "as_of": {"seq": view.seq},
        "csv_url": address(view, "table.csv"),
        "files": address(view, "chart/"),
        "base": "",
        "url": request.build_absolute_uri(address(view)),
    }
    try:
        query = question(view)
    except BadParameters:
        # A region that is no more: the number stays, what would need the region does not.
        return render(request, "pages/frozen.html", context | {"finding": _("A stored number")})
    return render(
        request, "pages/frozen.html", context | _context(request, view, query, answer, tab)
    )


def _context(
    request: HttpRequest, view: FrozenView, query: FlowQuery, answer: dict[str, Any], tab: str
) -> dict[str, Any]:
    hue = wording.hue(query)
    population = answer["population"]
    return {
        "query": query,
        "hue": hue,
        "finding": wording.finding(query, answer),
        "definition": wording.definition_phrases(
            query, population["title"] if population["code"] else ""
        ),
        "parts": composition(query, answer),
        "bands": bands(query, answer, hue),
        "comparators": comparators(answer),
        "china": china(answer),
        "caveats": caveats(query, answer),
        "provisional": provisional(answer),
        "tabs": [
            (one, address(view, "" if one.code == DEFAULT_TAB else f"?tab={one.code}"))
            for one in TABS.values()
            if set(one.questions) <= view.answers.keys()
        ],
        "tab": tab,
        "picture": drawn(view, tab),
        "embed_url": request.build_absolute_uri(f"/embed{address(view)}{tab}/"),
        "base": links.address("", query).removeprefix("?"),
        "cite": _cite(request, view, query),
        "changed": changed_context(query, stored=(answer["deals"]["n"], answer["deals"]["N"])),
    }


def _view(token: str) -> FrozenView:
    view = stored(token)
    if view is None:
        raise Http404(_("No number is stored under this address."))
    return view


def _tab(request: HttpRequest, view: FrozenView) -> str:
    """The open chart; raises `BadParameters` for one that is not there and for other parameters."""
    problems = unknown_parameters(request, ("tab",))
    tab = request.GET.get("tab", "") or DEFAULT_TAB
    known = [one.code for one in TABS.values() if set(one.questions) <= view.answers.keys()]
    if tab not in known:
        message = _("This must be one of: %(codes)s.") % {"codes": ", ".join(known)}
        problems.append(Problem("tab", message))
    if problems:
        raise BadParameters(problems)
    return tab


def _cite(request: HttpRequest, view: FrozenView, query: FlowQuery) -> dict[str, Any]:
    url = request.build_absolute_uri(address(view))
    found = forms(quote(query, view.answers["share"], url, timezone.now()))
    return found | {"kept": True, "freeze": False, "bib_url": address(view, "cite.bib")}


@require_safe
@without_parameters
def table(request: HttpRequest, token: str) -> HttpResponse:
    """The stored series by year as CSV."""
    view = _view(token)
    response = HttpResponse(
        table_csv(view.answers["share"]), content_type="text/csv; charset=utf-8"
    )
    name = f"investtrack-{view.token}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@without_parameters
def chart_file(request: HttpRequest, token: str, code: str, form: str) -> HttpResponse:
    """A chart of the stored answers as CSV, SVG or PNG."""
    view = _view(token)
    if form not in FORMS:
        raise Http404(_("A chart has no such form."))
    try:
        picture, query = drawn(view, code), question(view)
    except BadParameters as error:
        return bad_request(request, error)
    if picture is None:
        raise Http404(_("This view has no such chart."))
    kind, write = FORMS[form]
    generated = view.answers["share"]["population"]["generated"]
    line = source_line(wording.question(query), number(view.seq), day(view.at), generated=generated)
    url = request.build_absolute_uri(address(view))
    content = write(picture, Source(line, url, request.build_absolute_uri("/")))
    response = HttpResponse(content, content_type=kind)
    name = f"investtrack-{view.token}-{code}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@without_parameters
def bib(request: HttpRequest, token: str) -> HttpResponse:
    """The citation of a stored view as a BibTeX file."""
    view = _view(token)
    try:
        query = question(view)
    except BadParameters:
        return redirect(address(view))
    url = request.build_absolute_uri(address(view))
    text = bibtex(quote(query, view.answers["share"], url, timezone.now()))
    return bib_file(text, f"investtrack-{view.token}")
