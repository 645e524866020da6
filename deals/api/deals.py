"""Deals and their versions, as stored documents joined to a list."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.utils.dateparse import parse_datetime
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.reverse import reverse

from deals.api.conditional import answer
from deals.flows.answer import identity, snapshot
from deals.flows.listing import LARGEST_PAGE, Page, Wanted, listing
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.flows.scope import resolve
from deals.models import Deal, DealDocument
from deals.models.documents import dumps
from deals.rules.dates import parse_edge
from deals.rules.errors import RuleError

PAGING = ("q", "updated_since", "ordering", "page_size", "cursor", "place")
DEFAULT_PAGE = 100


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
    except (RuleError, ValueError, OverflowError):
        message = "This must be a day or a time, such as 2026-11-22 or 2026-11-22T08:00:00Z."
        raise BadParameters([Problem("updated_since", message)]) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_wanted(request: Request) -> Wanted:
    params = request.query_params
    return Wanted(
        place=params.get("place", ""),
        q=params.get("q", ""),
        order=params.get("ordering", "") or "-date",
        cursor=params.get("cursor", ""),
        size=_page_size(params.get("page_size", "")),
        updated_since=_since(params.get("updated_since", "")),
    )


def _address(request: Request, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    params = {k: v for k, v in request.query_params.items() if k != "cursor"} | {"cursor": cursor}
    return request.build_absolute_uri(f"{request.path}?{urlencode(params)}")


def _envelope(request: Request, page: Page) -> str:
    # The documents are JSON already; they are joined, not parsed and written again.
    head = dumps(
        {"next": _address(request, page.next), "previous": _address(request, page.previous)}
    )
    return f'{head[:-1]},"results":[{",".join(page.documents)}]}}'


@api_view(["GET"])
def deals(request: Request) -> HttpResponse:
    """Live deals that the question means, newest first."""
    query = FlowQuery.from_params(request.query_params, extra=PAGING)
    wanted = read_wanted(request)
    pages: list[Page] = []
    with snapshot():
        scope = resolve(query)

        def body() -> str:
            pages.append(listing(query, scope, wanted, count=False))
            return _envelope(request, pages[0])

        response = answer(request, identity(f"deals {wanted}", query, scope), body)
    if pages:
        links = [("next", pages[0].next), ("prev", pages[0].previous)]
        response["Link"] = ", ".join(
            f'<{_address(request, cursor)}>; rel="{rel}"' for rel, cursor in links if cursor
        )
    return response


def _no_parameters(request: Request) -> None:
    if request.query_params:
        raise BadParameters(
            [Problem(name, "This address takes no parameters.") for name in request.query_params]
        )


def _deal(public_id: str) -> Deal:
    # PostgreSQL refuses texts with a NUL, also to compare them.
    spelled = public_id.upper().replace("\0", " ")
    found = Deal.objects.filter(public_id=spelled).select_related("merged_into").first()
    if found is None:
        raise Http404(f"There is no deal {public_id[:20]}.")
    return found


@api_view(["GET"])
def deal(request: Request, public_id: str) -> HttpResponse:
    """The live version of one deal; a merged deal points to the one it became."""
    _no_parameters(request)
    found = _deal(public_id)
    if found.merged_into:
        target = reverse("api-deal", [found.merged_into.public_id], request=request)
        return HttpResponse(status=301, headers={"Location": target})
    live = DealDocument.objects.filter(
        version__deal=found,
        version__published_seq__isnull=False,
        version__superseded_seq__isnull=True,
    ).first()
    if live is None:
        raise Http404(f"Deal {found.public_id} was retracted or is not published.")
    return answer(request, f"deal-{live.version_id}", lambda: live.json)


@api_view(["GET"])
def versions(request: Request, public_id: str) -> HttpResponse:
    """All published versions of one deal, newest first."""
    _no_parameters(request)
    found = _deal(public_id)
    texts = DealDocument.objects.filter(
        version__deal=found, version__published_seq__isnull=False
    ).order_by("-version__number")
    rows = list(texts.values_list("version_id", "json"))
    mark = f"versions-{'-'.join(str(pk) for pk, _ in rows[:1])}-{len(rows)}"
    return answer(request, mark, lambda: f'{{"results":[{",".join(text for _, text in rows)}]}}')
