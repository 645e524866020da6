"""Deals and their versions, as stored documents joined to a list."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, QueryDict
from django.utils.dateparse import parse_datetime
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.reverse import reverse

from deals.api import write
from deals.api.access import ReadOrPropose
from deals.api.conditional import answer, digest_of, mark_of
from deals.api.parameters import read_known
from deals.flows.answer import Asked, as_sent, snapshot
from deals.flows.listing import LARGEST_PAGE, Page, Wanted, listing
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.flows.scope import resolve
from deals.models.documents import dumps
from deals.models.documents_at import document_at
from deals.rules.dates import parse_edge
from deals.rules.errors import RuleError

PAGING = ("q", "updated_since", "ordering", "page_size", "cursor", "place")
DEFAULT_PAGE = 100
# The key of this order never changes, so that whoever follows `next` has every deal once although
# dates and amounts are corrected meanwhile.
DEFAULT_ORDER = "id"
POINTS = ("release", "as_of")
# One row: the deal, what it was merged into, and the version that is asked for.
ONE = """
SELECT d.public_id, m.public_id, v.id, {text} FROM deals_deal d
LEFT JOIN deals_deal m ON m.id = d.merged_into_id
LEFT JOIN deals_dealversion v ON v.deal_id = d.id AND {live}
LEFT JOIN deals_dealdocument t ON t.version_id = v.id
WHERE d.public_id = %(public_id)s{order}
"""


def _page_size(text: str) -> int:
    if not text:
        return DEFAULT_PAGE
    size = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= size <= LARGEST_PAGE:
        message = f"This must be a whole number from 1 to {LARGEST_PAGE}."
        raise BadParameters([Problem("page_size", message)])
    return size


def _since(text: str) -> datetime | None:
    """A time (RFC 3339, UTC when it names no zone) or a day."""
    if not text:
        return None
    try:
        # A plus sign in a query string arrives as a blank unless it was escaped.
        moment = parse_datetime(text.replace(" ", "+"))
        if moment is None:
            day = parse_edge(text, end=False)
            moment = datetime(day.year, day.month, day.day)
        # In UTC, a time at either end of the calendar may have left it.
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (RuleError, ValueError, OverflowError):
        message = "This must be a day or a time, such as 2026-11-22 or 2026-11-22T08:00:00Z."
        raise BadParameters([Problem("updated_since", message)]) from None


def read_wanted(request: Request) -> Wanted:
    """The parameters beside the question. Raises `BadParameters` with all problems at once."""
    return _wanted(request.query_params)


def _wanted(params: Mapping[str, str]) -> Wanted:
    size, since = gathered(
        lambda: _page_size(params.get("page_size", "")),
        lambda: _since(params.get("updated_since", "")),
    )
    wanted = Wanted(
        place=params.get("place", ""),
        q=params.get("q", ""),
        order=params.get("ordering", "") or DEFAULT_ORDER,
        cursor=params.get("cursor", ""),
        size=size,
        updated_since=since,
    )
    # Before any ETag is compared: a wrong question is wrong, whatever its asker has kept.
    if problems := [*wanted.problems()]:
        raise BadParameters(problems)
    return wanted


def gathered(*readers: Callable[[], Any]) -> list[Any]:
    """What each reader returns; problems of all of them are raised together."""
    values, problems = [], list[Problem]()
    for read in readers:
        try:
            values.append(read())
        except BadParameters as error:
            problems.extend(error.problems)
    if problems:
        raise BadParameters(problems)
    return values


def _address(request: Request, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    given = request.query_params.lists()
    params = [(name, value) for name, values in given if name != "cursor" for value in values]
    params.append(("cursor", cursor))
    return request.build_absolute_uri(f"{request.path}?{urlencode(params)}")


@lru_cache(maxsize=1024)
def _question(text: bytes) -> tuple[FlowQuery, Wanted, Asked]:
    """A query string, read once: partners ask the same every night. What is refused is not kept."""
    params = QueryDict(text, encoding="utf-8")
    query, wanted = gathered(
        lambda: FlowQuery.from_params(params, extra=PAGING), lambda: _wanted(params)
    )
    return query, wanted, Asked.of(f"deals {wanted}", query)


@api_view(["GET", "POST"])
@permission_classes([ReadOrPropose])
def deals(request: Request) -> HttpResponse:
    """Deals that the question means, in the order in which they came in unless told otherwise."""
    if request.method == "POST":
        return write.new(request)
    query, wanted, asked = _question(request.META.get("QUERY_STRING", "").encode("latin-1"))
    # The head is looked up before the rows are: a mark that is older than what it marks costs one
    # question more, while a newer one would hide a change.
    scope = resolve(query)
    links: list[tuple[str, str | None]] = []

    def body() -> bytes:
        # A search is two statements, of which the second must not see another ledger.
        with snapshot() if wanted.q.split() else nullcontext():
            page = listing(query, scope, wanted, count=False)
        links.extend((rel, _address(request, cursor)) for rel, cursor in _ends(page))
        return _envelope(page, dict(links))

    response = answer(request, asked.identity(scope), body)
    if any(address for _, address in links):
        response["Link"] = ", ".join(
            f'<{address}>; rel="{"prev" if rel == "previous" else rel}"'
            for rel, address in links
            if address
        )
    return response


def _ends(page: Page) -> list[tuple[str, str | None]]:
    return [("next", page.next), ("previous", page.previous)]


def _envelope(page: Page, links: dict[str, str | None]) -> bytes:
    # The documents are JSON already; they are joined, not parsed and written again.
    return b'%s,"results":[%s]}' % (dumps(links)[:-1].encode(), b",".join(page.documents))


def _at(request: Request, scheme: str) -> tuple[int | None, str]:
    """The point of the ledger that is asked for, None for now, and `scheme` for versions of it."""
    given = read_known(request, POINTS)
    seq = None
    if given:
        seq = resolve(FlowQuery.from_params(given)).seq
    if seq is None:
        return None, scheme.format(v="v.published_seq IS NOT NULL", live="v.superseded_seq IS NULL")
    live = f"(v.superseded_seq IS NULL OR v.superseded_seq > {seq:d})"
    return seq, scheme.format(v=f"v.published_seq <= {seq:d}", live=live)


def _versions(public_id: str, seq: int | None, live: str, order: str = "") -> list[Any]:
    """Rows of `ONE`; 404 when there is no such deal."""
    # PostgreSQL refuses texts with a NUL, also to compare them.
    spelled = public_id.upper().replace("\0", " ")
    text = ONE.format(text=document_at("t", seq), live=live, order=order)
    rows = as_sent(text, {"public_id": spelled})
    if not rows:
        raise Http404(f"There is no deal {public_id[:20]}.")
    return [
        (shown.decode(), into and into.decode(), version and int(version), document)
        for shown, into, version, document in rows
    ]


@api_view(["GET", "PATCH"])
@permission_classes([ReadOrPropose])
def deal(request: Request, public_id: str) -> HttpResponse:
    """The live version of one deal, or that of a point of the ledger.

    A merged deal points to the one it became.
    """
    if request.method == "PATCH":
        return write.change(request, public_id)
    seq, live = _at(request, "{v} AND {live}")
    shown, merged_into, version, text = _versions(public_id, seq, live)[0]
    if version is not None:
        return answer(request, mark_of(version, text), lambda: text)
    if merged_into is None:
        when = "was retracted or is not published" if seq is None else f"was not live at {seq}"
        raise Http404(f"Deal {shown} {when}.")
    target = reverse("api-deal", [merged_into], request=request)
    asked = f"?{urlencode(request.query_params)}" if seq is not None else ""
    # A merger can be undone: nobody should be led on without asking.
    headers = {"Location": f"{target}{asked}", "Cache-Control": "no-cache"}
    return HttpResponse(status=301, headers=headers)


@api_view(["GET"])
def versions(request: Request, public_id: str) -> HttpResponse:
    """All published versions of one deal, newest first; those up to a point of the ledger."""
    seq, published = _at(request, "{v}")
    rows = _versions(public_id, seq, published, " ORDER BY v.number DESC")
    texts = [text for *_, version, text in rows if version is not None]
    if not texts:
        when = "" if seq is None else f" at {seq}"
        raise Http404(f"Deal {rows[0][0]} was not published{when}.")
    mark = f"versions-{rows[0][0]}-{digest_of(*texts)}"
    return answer(request, mark, lambda: b'{"results":[%s]}' % b",".join(texts))
