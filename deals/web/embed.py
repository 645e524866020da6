"""`/embed/…`: one chart alone, light enough for the frame on somebody else's page.

Only these pages may be framed, and they have nothing that a hidden frame could trick a reader into:
no form, no script, no sign of who is signed in.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from deals import wording
from deals.flows import frozen
from deals.flows.answer import identity, snapshot
from deals.flows.query import BadParameters
from deals.flows.scope import resolve
from deals.pictures.picture import Picture
from deals.pictures.registry import TABS, picture
from deals.pictures.standalone import Source, source_line
from deals.templatetags.formats import day, number
from deals.web.charts import source_of
from deals.web.flows import read_question
from deals.web.revision import revision

View = TypeVar("View", bound=Callable[..., HttpResponse])
FRAMED = {
    "default-src": [NONE],
    "style-src": [SELF],
    "style-src-attr": ["'unsafe-inline'"],
    "font-src": [SELF],
    "img-src": [SELF],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [NONE],
    # A star means addresses of the web; a page that lies on a disk has to be named.
    "frame-ancestors": ["*", "file:"],
}


def framed(view: View) -> View:
    """A view whose pages any site may show in a frame."""
    may_be_framed: Any = csp(FRAMED)(cast(Any, view))
    return cast(View, xframe_options_exempt(may_be_framed))


@framed
@require_safe
def live(request: HttpRequest, code: str) -> HttpResponse:
    """The chart `code` of a question, as it is today or at the `as_of` that the question names."""
    if code not in TABS:
        raise Http404
    try:
        query = read_question(request)
        with snapshot():
            scope = resolve(query)
            key = identity(f"embed {code} {revision()} {_reader(request)}", query, scope)
            response = get_conditional_response(request, etag=f'W/"{key}"')
            if response is None:
                drawn, _scope = picture(code, query, scope)
                source = source_of(request, query, scope, code)
                is_held = scope.seq is not None
                response = _page(request, drawn, source, is_held=is_held)
    except BadParameters as error:
        context = {"problems": error.problems}
        return render(request, "embed_refused.html", context, status=400)
    response.headers["ETag"] = f'W/"{key}"'
    response.headers["Cache-Control"] = "no-cache"
    return response


@framed
@require_safe
def kept(request: HttpRequest, token: str, code: str) -> HttpResponse:
    """The chart `code` of a view that somebody froze, from its stored answers alone."""
    view = frozen.stored(token)
    tab = TABS.get(code)
    if view is None or tab is None or any(name not in view.answers for name in tab.questions):
        raise Http404
    try:
        query = frozen.question(view)
    except BadParameters as error:
        raise Http404 from error
    drawn = replace(tab.draw(query, view.answers), seq=view.seq)
    generated = view.answers["share"]["population"]["generated"]
    line = source_line(wording.question(query), number(view.seq), day(view.at), generated=generated)
    address = request.build_absolute_uri(f"/v/{token}/")
    source = Source(line, address, request.build_absolute_uri("/"))
    return _page(request, drawn, source, is_held=True)


def _page(request: HttpRequest, drawn: Picture, source: Source, *, is_held: bool) -> HttpResponse:
    context = {"picture": drawn, "source": source, "is_held": is_held}
    return render(request, "embed.html", context)


def _reader(request: HttpRequest) -> str:
    return f"{get_language()} {request.get_host()}"
