"""Pages by the number of their rows: none is lost or doubled while rows come and go.

A cursor is signed and belongs to one list with its filters, so that one of another list, or one
that somebody has changed, is refused instead of leading astray.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from deals.api.conditional import JSON
from deals.api.parameters import read_known, whole_number
from deals.flows.query import BadParameters, Problem
from deals.models.documents import dumps

DEFAULT_PAGE = 100
LARGEST_PAGE = 500
SALT = "deals.api.paging"
NOT_OURS = "This is not a cursor of this list. Follow the links next and previous as given."
# What chooses a page, not what is listed.
_OF_PAGE = ("cursor", "page_size")


@dataclass(frozen=True, slots=True)
class Asked:
    """`edge` is the number of the row beside the page, None for the first page; `back` says that
    the page ends there. `given` are the other parameters."""

    edge: int | None
    back: bool
    size: int
    given: dict[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order of the list; the addresses are None at either end."""

    rows: list[Any]
    next: str | None
    previous: str | None


def read(request: Request, *others: str) -> Asked:
    """`cursor` and `page_size` of a request that may also have the parameters `others`."""
    given = read_known(request, (*_OF_PAGE, *others))
    cursor, size = given.pop("cursor", ""), given.pop("page_size", "")
    edge, back = _edge(request, cursor) if cursor else (None, False)
    number = whole_number("page_size", size, 1, LARGEST_PAGE) if size else DEFAULT_PAGE
    return Asked(edge, back, number, given)


def cut(
    request: Request, rows: "QuerySet[Any]", asked: Asked, *, newest_first: bool = True
) -> Page:
    """The page of a list that is ordered by its key; costs the same wherever it is."""
    falling = newest_first is not asked.back
    if asked.edge is not None:
        beyond = {"pk__lt" if falling else "pk__gt": asked.edge}
        rows = rows.filter(**beyond)
    found = list(rows.order_by("-pk" if falling else "pk")[: asked.size + 1])
    more, found = len(found) > asked.size, found[: asked.size]
    if asked.back:
        found.reverse()
    after = more if not asked.back else bool(found)
    before = asked.edge is not None if not asked.back else more
    return Page(
        found,
        address(request, found[-1].pk) if found and after else None,
        address(request, found[0].pk, back=True) if found and before else None,
    )


def respond(request: Request, page: Page, results: Sequence[dict[str, Any]]) -> HttpResponse:
    """The envelope, and its addresses once more as `Link`."""
    body = {"next": page.next, "previous": page.previous, "results": list(results)}
    return with_links(HttpResponse(dumps(body), content_type=JSON), page.next, page.previous)


def with_links(response: HttpResponse, next: str | None, previous: str | None) -> HttpResponse:
    """The addresses beside a page as `Link` (RFC 8288); none where there is none."""
    links = (("next", next), ("prev", previous))
    if said := ", ".join(f'<{link}>; rel="{rel}"' for rel, link in links if link):
        response["Link"] = said
    return response


def address(request: Request, edge: int, *, back: bool = False) -> str:
    """Where the list goes on behind the row with that number, or, `back`, ends before it."""
    cursor = signing.dumps([_mark(request), edge, int(back)], salt=SALT)
    params = {**request.query_params.dict(), "cursor": cursor}
    return request.build_absolute_uri(f"{request.path}?{urlencode(params)}")


def _edge(request: Request, cursor: str) -> tuple[int, bool]:
    try:
        mark, edge, back = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        mark, edge, back = "", 0, 0
    if mark != _mark(request):
        raise BadParameters([Problem("cursor", NOT_OURS)])
    return int(edge), bool(back)


def _mark(request: Request) -> str:
    """Of which list, with which filters, a cursor is."""
    others = sorted((k, v) for k, v in request.query_params.items() if k not in _OF_PAGE)
    return hashlib.sha256(json.dumps([request.path, others]).encode()).hexdigest()[:12]
