"""docs/pages.md: every address for people, with the first sentence of its view."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

INTRODUCTION = """# Addresses

Every address that is not the API's ([api.md](api.md)), as the tables of addresses have them.
Readers' pages need no account; what a role may do at the desk is in [desk.md](desk.md). `/admin/`
is Django's, for reference data.
Written by `PAGES=write pytest tests/test_docs.py`.
"""
PARTS = {"": "Readers", "desk": "The desk", "account": "Accounts"}


def routes(
    resolver: URLResolver | None = None, prefix: str = "/"
) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every address as written in the tables with its view, without the admin's own."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if not path.startswith("/admin"):
                yield from routes(entry, path)
        elif isinstance(entry, URLPattern) and entry.name:
            yield re.sub(r"<(?:\w+:)?(\w+)>", "{id}", path), entry.callback


def page() -> str:
    """The whole document."""
    text = INTRODUCTION
    pages = [(path, view) for path, view in routes() if not path.startswith("/api/")]
    for part, title in PARTS.items():
        text += f"\n## {title}\n\n| address | |\n|---|---|\n"
        for path, view in pages:
            if (path.split("/")[1] if path.split("/")[1] in PARTS else "") == part:
                text += f"| `{_readable(path)}` | {_first_sentence(view)} |\n"
    return text


def _readable(path: str) -> str:
    """Two addresses of django-allauth are written as regular expressions."""
    return re.sub(r"\(\?P<\w+>[^)]*\)", "{id}", path).replace("^", "").replace("$", "")


def _first_sentence(view: Callable[..., Any]) -> str:
    if view.__module__.startswith("allauth"):
        return "As django-allauth has it, with our pages."
    said = " ".join((view.__doc__ or "").split())
    sentence = re.split(r"(?<=[.;]) ", said)[0].rstrip(";.").replace("|", "\\|")
    return f"{sentence}."
