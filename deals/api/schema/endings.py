"""Headers that say what is going to end, on every answer of an address or with a parameter that
will: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and a link to what is said about it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from deals.api.schema import history
from deals.api.schema.spelling import ROOT, path_of

ABOUT = '</developers/#versions>; rel="deprecation"'


class Endings:
    """Middleware, so that errors, redirects and streams say so, too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if found := _ending(request):
            for name, value in found.headers().items():
                response[name] = value
            links = [response["Link"]] if "Link" in response else []
            response["Link"] = ", ".join([*links, ABOUT])
        return response


def _ending(request: HttpRequest) -> history.Deprecation | None:
    """Of several the one that ends first."""
    match = request.resolver_match
    if not history.DEPRECATED or match is None or not request.path.startswith(ROOT):
        return None
    path = path_of("/" + spelled(match.route))
    found = [
        one
        for one in history.DEPRECATED
        if one.path == path and (not one.parameter or one.parameter in request.GET)
    ]
    return min(found, key=lambda one: one.until, default=None)


def spelled(route: str) -> str:
    """`api/v1/deals/<str:public_id>/` as the description writes it, with braces."""
    pieces = route.replace("<", "{").replace(">", "}").split("{")
    names = (piece.partition(":")[2] or piece for piece in pieces[1:])
    return "{".join([pieces[0], *names])
