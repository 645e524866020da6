"""The ledger as a feed: everything that took effect, in order, with nothing left out."""

from urllib.parse import urlencode

from django.http import HttpResponse
from rest_framework.decorators import api_view
from rest_framework.request import Request

from deals.api.conditional import answer
from deals.api.parameters import one_of, read_known, whole_number
from deals.flows.changes import LARGEST_PAGE, Entry, entries
from deals.flows.query import BadParameters, Problem
from deals.models import ledger

KNOWN = ("after", "documents", "page_size")
LARGEST_SEQ = 10**18 - 1


@api_view(["GET"])
def changes(request: Request) -> HttpResponse:
    """Entries after `after`; ask again with `next_after` until it is `head`.

    An unchanged question costs one look at the ledger's head.
    """
    after, size, documents = _read(request)
    head, at = ledger.newest()
    last = [after]

    def body() -> str:
        found = entries(after, head, size, documents=documents)
        last[0] = found[-1].seq if found else after
        return _envelope(head, last[0], found, documents)

    stamp = f"{at.timestamp():.6f}" if at else ""
    response = answer(request, f"changes-{after}-{size}-{documents:d}-{head}-{stamp}", body)
    if after < last[0] < head:
        response["Link"] = f'<{_next(request, last[0])}>; rel="next"'
    return response


def _read(request: Request) -> tuple[int, int, bool]:
    """`after`, `page_size`, and whether documents are wanted; every problem at once."""
    given, wrong = read_known(request, KNOWN), list[Problem]()
    numbers = {"after": 0, "page_size": LARGEST_PAGE}
    limits = {"after": (0, LARGEST_SEQ), "page_size": (1, LARGEST_PAGE)}
    for name in numbers.keys() & given.keys():
        try:
            numbers[name] = whole_number(name, given[name], *limits[name])
        except BadParameters as error:
            wrong += error.problems
    try:
        documents = one_of("documents", given.get("documents", "no"), ("yes", "no")) == "yes"
    except BadParameters as error:
        wrong += error.problems
    if wrong:
        raise BadParameters(wrong)
    return numbers["after"], numbers["page_size"], documents


def _envelope(head: int, last: int, found: list[Entry], documents: bool) -> str:
    results = ",".join(entry.text(documents=documents) for entry in found)
    return f'{{"head":{head},"next_after":{last},"results":[{results}]}}'


def _next(request: Request, after: int) -> str:
    params = {**request.query_params.dict(), "after": str(after)}
    return request.build_absolute_uri(f"{request.path}?{urlencode(params)}")
