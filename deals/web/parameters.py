"""Pages that take few parameters, or none, and refuse every other by its name."""

from collections.abc import Callable, Collection
from functools import wraps

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from deals.flows.query import BadParameters, Problem
from deals.web.errors import bad_request

View = Callable[..., HttpResponseBase]


def without_parameters(view: View) -> View:
    """A view whose page has one address; anything after the question mark is a 400."""

    @wraps(view)
    def refusing(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        if request.GET:
            message = _("This page takes no parameters.")
            problems = [Problem(name, message) for name in request.GET]
            return bad_request(request, BadParameters(problems))
        return view(request, *args, **kwargs)

    return refusing


def unknown_parameters(request: HttpRequest, known: Collection[str]) -> list[Problem]:
    """A problem for each parameter that the page does not have, or that is given twice."""
    allowed = ", ".join(known)
    problems = []
    for name in request.GET:
        if name not in known:
            message = _("There is no such parameter. Known are: %(names)s.") % {"names": allowed}
            problems.append(Problem(name, message))
        elif len(request.GET.getlist(name)) > 1:
            problems.append(Problem(name, _("This is given more than once; give it once.")))
        elif "\x00" in request.GET[name]:
            problems.append(Problem(name, _("The value contains a NUL character.")))
    return problems
