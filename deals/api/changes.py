"""The ledger as a feed: everything that took effect, in order, with nothing left out."""

from django.http import HttpResponse
from rest_framework.decorators import api_view
from rest_framework.request import Request

from deals.api.conditional import answer
from deals.flows.query import BadParameters, Problem
from deals.models import Change
from deals.models.documents import dumps

PAGE = 500


@api_view(["GET"])
def changes(request: Request) -> HttpResponse:
    """Entries after `after`, at most 500; ask again with `next_after` until `results` is empty."""
    after = _after(request)
    rows = list(
        Change.objects.filter(seq__gt=after)
        .select_related("deal", "version", "merged_into", "organization")
        .order_by("seq")[:PAGE]
    )
    last = rows[-1].seq if rows else after
    return answer(
        request,
        f"changes-{after}-{last}",
        lambda: dumps({"next_after": last, "results": [_entry(row) for row in rows]}),
    )


def _after(request: Request) -> int:
    problems = [
        Problem(name, "There is no such parameter. Known is: after.")
        for name in request.query_params
        if name != "after"
    ]
    text = request.query_params.get("after", "") or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        problems.append(Problem("after", "This must be a number of the ledger, e.g. 40213."))
    if problems:
        raise BadParameters(problems)
    return int(text)


def _kind(row: Change) -> str:
    """`published` is told apart into what a mirror does with it."""
    if row.kind != Change.Kind.PUBLISHED:
        return row.kind
    return "created" if row.version and row.version.number == 1 else "updated"


def _entry(row: Change) -> dict[str, object]:
    return {
        "seq": row.seq,
        "kind": _kind(row),
        "deal": row.deal.public_id if row.deal else None,
        "version": row.version.number if row.version else None,
        "merged_into": row.merged_into.public_id if row.merged_into else None,
        "organization": row.organization.public_id if row.organization else None,
        "fields": row.fields,
        "reason": row.reason or None,
        "by": row.by,
        "at": row.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
