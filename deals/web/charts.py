"""`/flows/chart/<code>.csv|svg|png|json`: a chart as a file."""

import re

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from deals import wording
from deals.flows.answer import identity, snapshot
from deals.flows.query import BadParameters, FlowQuery
from deals.flows.scope import Scope, resolve
from deals.pictures.files import csv_file, json_file, png_file, svg_file
from deals.pictures.registry import TABS, picture
from deals.pictures.standalone import Source, source_line
from deals.templatetags.formats import day, number
from deals.web.errors import bad_request
from deals.web.flows import read_question
from deals.web.revision import revision
from deals.web.tabs import page

FORMS = {
    "csv": ("text/csv; charset=utf-8", csv_file),
    "svg": ("image/svg+xml; charset=utf-8", svg_file),
    "png": ("image/png", png_file),
    "json": ("application/json", json_file),
}
# A drawing as pixels costs half a second, and is asked for by every reader of a shared page.
KEEP_SECONDS = 600


@require_safe
def chart_file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The chart `code` of a question; 404 for other charts and forms, 400 for a bad question."""
    if code not in TABS or form not in FORMS:
        raise Http404
    what = f"chart {code}.{form} {revision()} {get_language()} {request.get_host()}"
    try:
        query = read_question(request)
        with snapshot():
            scope = resolve(query)
            key = identity(what, query, scope)
            response = get_conditional_response(request, etag=f'W/"{key}"')
            content = None if response else cache.get(f"file:{key}")
            drawn = None if response or content else picture(code, query, scope)[0]
    except BadParameters as error:
        return bad_request(request, error)
    kind, write = FORMS[form]
    if drawn is not None:
        # After the snapshot: pixels take their time, and wait for each other.
        content = write(drawn, source_of(request, query, scope, code))
        cache.set(f"file:{key}", content, KEEP_SECONDS)
    if response is None:
        response = HttpResponse(content, content_type=kind)
        name = file_name(query, scope, code, form)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["ETag"] = f'W/"{key}"'
    response.headers["Cache-Control"] = "no-cache"
    return response


def source_of(request: HttpRequest, query: FlowQuery, scope: Scope, code: str) -> Source:
    """Whose chart it is, and the address under which its numbers stay as they are."""
    held = query if query.release or query.as_of is not None else query.but(as_of=scope.change_seq)
    line = source_line(
        wording.question(query),
        number(scope.change_seq),
        day(scope.computed_at),
        generated=scope.population is not None and scope.population.generated,
    )
    site = request.build_absolute_uri("/")
    return Source(line, request.build_absolute_uri(page(held, code)), site)


def file_name(query: FlowQuery, scope: Scope, code: str, form: str) -> str:
    """ "investtrack-time-europe-to-CN-2017-2022-no4873.png", of letters, digits and dashes."""
    sides = ["-".join(side) or "anywhere" for side in (query.investor, query.target)]
    parts = ["investtrack", code, sides[0], "to", sides[1], query.from_, query.to]
    name = "-".join([*filter(None, parts), f"no{scope.change_seq}"])
    return f"{re.sub(r'[^A-Za-z0-9-]+', '-', name)[:120]}.{form}"
