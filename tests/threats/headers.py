"""What an answer has to tell a browser to refuse; asked by every test that walks over addresses."""

import re
from collections.abc import Iterator

from django.http import HttpResponse

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Their answers are one person's, and stay in no cache.
PRIVATE = ("/desk/", "/account/", "/admin/")
# Charts that are meant for other sites' pages.
FRAMED = "/embed/"
# What a person saves, and no browser should open in the place of a page.
SAVED = re.compile(r"text/csv|parquet|spreadsheetml|ndjson|x-bibtex|octet-stream")
NOT_ALLOWED = ("unsafe-inline", "unsafe-eval", "http:", "https:", "*", "data:")


def faults(response: HttpResponse) -> list[str]:
    """A sentence for each header that is missing or says too little; [] for an answer in order."""
    path = response.wsgi_request.path
    return [
        *_plain(response),
        *_policy(path, response),
        *_kind(response),
        *_private(path, response),
    ]


def _plain(response: HttpResponse) -> Iterator[str]:
    for name, value in EVERYWHERE.items():
        if response.get(name) != value:
            yield f"{name}: {response.get(name)}"
    for name in ("Server", "X-Powered-By", "Access-Control-Allow-Origin"):
        if response.has_header(name):
            yield f"{name}: {response[name]}"


def rules_of(response: HttpResponse) -> dict[str, str]:
    """The Content-Security-Policy by its directives."""
    parts = response.get("Content-Security-Policy", "").split(";")
    words = [part.split(maxsplit=1) for part in parts if part.strip()]
    return {one[0]: (one[1:] or [""])[0].strip() for one in words}


def _policy(path: str, response: HttpResponse) -> Iterator[str]:
    rules = rules_of(response)
    if rules.get("default-src") != "'none'":
        yield f"default-src: {rules.get('default-src')}"
    runs = rules.get("script-src", "") + " " + rules.get("style-src", "")
    yield from (f"the policy allows {word}" for word in NOT_ALLOWED if word in runs)
    framed = path.startswith(FRAMED) and response.status_code != 404
    if rules.get("frame-ancestors") != "'none'" and not framed:
        yield f"frame-ancestors: {rules.get('frame-ancestors')}"
    if response.get("Content-Type", "").startswith("text/html"):
        if {rules.get("base-uri"), rules.get("object-src")} != {"'none'"}:
            yield "base-uri or object-src may be anything"
        if "camera=()" not in response.get("Permissions-Policy", ""):
            yield "no Permissions-Policy"


def _kind(response: HttpResponse) -> Iterator[str]:
    kind = response.get("Content-Type", "")
    if kind.startswith("text/") and "charset=utf-8" not in kind.lower():
        yield f"Content-Type: {kind}"
    saved = response.get("Content-Disposition", "")
    if SAVED.search(kind) and response.status_code == 200 and "attachment; filename" not in saved:
        yield f"Content-Disposition: {saved}"


def _private(path: str, response: HttpResponse) -> Iterator[str]:
    if path.startswith(PRIVATE):
        if "no-store" not in response.get("Cache-Control", ""):
            yield f"Cache-Control: {response.get('Cache-Control')}"
        if response.get("Cross-Origin-Resource-Policy") != "same-origin":
            yield "other sites may load it"
