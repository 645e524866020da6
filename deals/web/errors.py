"""What a reader sees when something is wrong: what, where, and what to do about it."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from deals.flows.query import BadParameters, Problem

RETRY_SECONDS = "30"
# Where the id of the request is, by which its line in the log is found.
REQUEST_ID = "investtrack.request_id"
LONGEST_SHOWN = 80


def bad_request(request: HttpRequest, error: BadParameters) -> HttpResponse:
    """400: every parameter that cannot be used, what was given, and what would be right."""
    named = {problem.parameter for problem in error.problems}
    kept = {name: request.GET[name] for name in request.GET if name not in named}
    context = {
        "problems": [_shown(problem, request) for problem in error.problems],
        "without": f"{request.path}?{urlencode(kept, safe=',:')}" if kept else request.path,
        "anything_kept": bool(kept),
    }
    return render(request, "errors/400.html", context, status=400)


def _shown(problem: Problem, request: HttpRequest) -> dict[str, str]:
    return {
        "parameter": _short(problem.parameter),
        "given": _short(request.GET.get(problem.parameter, "")),
        "message": _visible(problem.message),
    }


def _visible(text: str) -> str:
    """Control characters as signs that can be seen, since browsers swallow them."""
    return "".join(chr(0x2400 + ord(char)) if ord(char) < 32 else char for char in text)


def _short(text: str) -> str:
    visible = _visible(text)
    return visible if len(visible) <= LONGEST_SHOWN else f"{visible[:LONGEST_SHOWN]}…"


def unreadable(request: HttpRequest) -> HttpResponse:
    """400 for a request that the framework refuses: a forged host, too many fields."""
    return render(request, "errors/400.html", {"problems": []}, status=400)


def not_found(request: HttpRequest, sentence: str) -> HttpResponse:
    """404: one sentence and a search box."""
    return render(request, "errors/404.html", {"sentence": sentence}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a plain page that needs neither the database nor the session."""
    return _plain(request, "errors/500.html", 500)


def too_slow(request: HttpRequest) -> HttpResponse:
    """503 for a question that was given up; asking it again at once would not help."""
    return _plain(request, "errors/slow.html", 503)


def database_down(request: HttpRequest) -> HttpResponse:
    """503: nothing that this renders asks the database."""
    response = _plain(request, "errors/503.html", 503)
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


def reference(request: HttpRequest) -> str:
    """What a reader may quote to the people who run the server; "" where the request has no id."""
    return str(request.META.get(REQUEST_ID, ""))


def _plain(request: HttpRequest, template: str, status: int) -> HttpResponse:
    text = render_to_string(template, {"reference": reference(request)})
    return HttpResponse(text, status=status)
