"""`/developers/`: the API in five minutes. docs/api.md says the rest."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from deals.flows.query import BadParameters, Problem
from deals.rules.counting import KINDS, STATUSES
from deals.rules.regions import REGIONS
from deals.rules.vocab import ROUND_TYPES, SECTORS
from deals.web.errors import bad_request

# Address below /api/v1/, and what is there.
ADDRESSES = (
    ("flows/share/", "the share of deals into a target that had an investor from somewhere"),
    ("deals/", "the deals that a question means, newest first, 100 a page"),
    ("changes/", "everything that took effect, in order; go on with next_after"),
    ("regions/", "regions with their members and the dates of membership"),
    ("countries/", "country codes and names"),
    ("sectors/", "sectors"),
    ("round-types/", "types of funding rounds"),
    ("published-figures/", "figures that others published"),
    ("policy-events/", "dated rules and decisions"),
    ("releases/", "names of points of the ledger"),
)
# These need a key, so they are no links.
IMPORT_ADDRESSES = (
    ("imports/", "POST takes a file; GET lists your imports"),
    ("imports/{id}/", "one import: state, progress, balance, first errors"),
    ("imports/{id}/errors/", "everything that was wrong in it, cell by cell"),
    ("imports/{id}/errors.csv", "only its rejected rows, with the reasons"),
    ("imports/{id}/cancel/", "POST stops it before its publication"),
)


@require_safe
def developers(request: HttpRequest) -> HttpResponse:
    """Takes no parameters."""
    if request.GET:
        message = "This page takes no parameters."
        return bad_request(request, BadParameters([Problem(name, message) for name in request.GET]))
    words = (
        ("investor, target, compare", "regions or two-letter country codes", ", ".join(REGIONS)),
        ("from, to, known_by", "year, month or day, inclusive", "2017, 2017-03, 2017-03-31"),
        ("kind", "funding_round unless said", ", ".join([*KINDS, "all"])),
        ("status", "ever_completed unless said", ", ".join([*STATUSES, "ever_completed", "all"])),
        ("ai", "yes unless said", "yes, no, unknown, all"),
        ("sector", "any unless said", ", ".join(SECTORS)),
        ("round", "any unless said", ", ".join(ROUND_TYPES)),
        ("attribution", "immediate unless said", "immediate, ultimate"),
        ("currency", "EUR unless said", "EUR, USD, CNY"),
        ("min_amount, max_amount", "in that currency", "5000000"),
        ("population", "the case list unless said", "code of a population"),
        ("organization", "any unless said", "id of an organization"),
        ("state_linked", "any unless said", "yes, no: a state holds a stake above an investor"),
        ("release", "now unless said", "name of a release"),
        ("as_of", "now unless said", "a number of the ledger, or a day that is over"),
    )
    context = {
        "section": "api",
        "addresses": ADDRESSES,
        "import_addresses": IMPORT_ADDRESSES,
        "parameters": words,
        "base": request.build_absolute_uri("/api/v1/"),
    }
    return render(request, "pages/developers.html", context)
