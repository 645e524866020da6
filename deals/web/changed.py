"""What changed since a point of the ledger, as pages print it: sums that add up, and the deals."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from deals import wording
from deals.flows import links
from deals.flows.frame import share_of
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.flows.since import ALL_OF_THEM, Since, since
from deals.templatetags.formats import number, percent
from deals.web.errors import bad_request
from deals.web.files import csv_file

CSV = "/flows/since.csv"
COLUMNS = ("id", "name", "country", "before", "after", "why", "seq", "kind")
WHY = {
    "added": gettext_lazy("Added"),
    "retracted": gettext_lazy("Retracted, or merged into another deal"),
    "re_dated": gettext_lazy("Re-dated"),
    "re_attributed": gettext_lazy("Investors or their countries corrected"),
    "re_classified": gettext_lazy("Re-classified: company’s country, kind, status, AI or sector"),
    "re_valued": gettext_lazy("Amount corrected"),
    "recounted": gettext_lazy("Counted otherwise: parts of a larger deal, evidence on owners"),
}
SHORT = {
    "added": gettext_lazy("added"),
    "retracted": gettext_lazy("retracted"),
    "re_dated": gettext_lazy("re-dated"),
    "re_attributed": gettext_lazy("re-attributed"),
    "re_classified": gettext_lazy("re-classified"),
    "re_valued": gettext_lazy("amount corrected"),
    "recounted": gettext_lazy("counted otherwise"),
}


def changed_context(
    query: FlowQuery, stored: tuple[int, int] | None = None
) -> dict[str, Any] | None:
    """The comparison with today; None where the question cannot be asked any more.

    `stored` are the n and N that a view keeps. They differ from those of asking again at the same
    point where a deal was erased or a rule changed, which is then a row of its own.
    """
    try:
        found = since(query)
    except BadParameters:
        return None
    n, N = stored or (found.n, found.N)
    live = query.but(as_of=None, release="")
    share = share_of(found.n_now, found.N_now, found.now)
    return {
        "then": {"n": n, "N": N, **_addresses(query)},
        "recount": _recount(found.n - n, found.N - N),
        "rows": [row | {"title": WHY[row["reason"]]} for row in found.tallies],
        "now": {"n": found.n_now, "N": found.N_now, "share": share, **_addresses(live)},
        "deals": [_deal(deal) for deal in found.deals],
        "more": found.more,
        "moved": found.moved,
        "csv_url": links.address(CSV, query),
        "said": _said(n, N, found, share),
    }


def _recount(n: int, N: int) -> dict[str, str] | None:
    if not n and not N:
        return None
    return {"n": signed(n), "N": signed(N)}


def signed(value: int) -> str:
    """ "+3", "−2", "0"."""
    return f"{'+' if value > 0 else '−' if value else ''}{number(abs(value))}"


def _addresses(query: FlowQuery) -> dict[str, str]:
    return {
        "page": links.page(query),
        "deals": links.deals(query),
        "counted": links.deals(query, "counted"),
    }


def _said(n: int, N: int, found: Since, share: str | None) -> str:
    if (n, N) == (found.n_now, found.N_now) and not found.moved:
        return _("Nothing has changed: today it is the same %(deals)s.") % {
            "deals": wording.deals_counted(n)
        }
    words = {"n": number(found.n_now), "whole": wording.deals_counted(found.N_now)}
    if share is None:
        return _("Today it is %(n)s of %(whole)s.") % words
    words |= {"share": percent(share)}
    return _("Today it is %(n)s of %(whole)s (%(share)s).") % words


def _deal(deal: dict[str, Any]) -> dict[str, Any]:
    """One deal that moved: what it did to the number, and why."""
    if deal["in_n"]:
        effect = _("came into n")
    elif deal["out_n"]:
        effect = _("left n, stays in N") if not deal["out_whole"] else _("left n and N")
    else:
        effect = _("came into N") if deal["in_whole"] else _("left N")
    return deal | {"effect": effect, "why": ", ".join(str(SHORT[one]) for one in deal["why"])}


def _read(request: HttpRequest) -> FlowQuery:
    """A question that names its point of the ledger; raises `BadParameters`."""
    query = FlowQuery.from_params(request.GET)
    if query.as_of is None and not query.release:
        message = _("This is needed: a number of the ledger, or a day, since when to compare.")
        raise BadParameters([Problem("as_of", message)])
    return query


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`/flows/since/`: any question with `as_of`, then and now."""
    try:
        query = _read(request)
        since(query)
    except BadParameters as error:
        return bad_request(request, error)
    context = {
        "section": "flows",
        "query": query,
        "question": wording.question(query),
        "changed": changed_context(query),
        "hue": wording.hue(query),
    }
    return render(request, "pages/since.html", context)


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """Every deal that moved, as CSV."""
    try:
        found = since(_read(request), ALL_OF_THEM)
    except BadParameters as error:
        return bad_request(request, error)
    deals = ([(deal | {"why": " ".join(deal["why"])})[name] for name in COLUMNS]
             for deal in found.deals)  # fmt: skip
    return csv_file(f"investtrack-since-{found.seq}.csv", COLUMNS, deals)
