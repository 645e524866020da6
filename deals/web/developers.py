"""`/developers/`: the API in five minutes. docs/api.md says the rest."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from deals.flows.query import BadParameters, Problem
from deals.rules.counting import KINDS, STATUSES
from deals.rules.regions import REGIONS
from deals.rules.vocab import ROUND_TYPES, SECTORS
from deals.web.errors import bad_request

SIDES = "?investor=europe&target=CN"
# Address below /api/v1/, the question of its link, and what is there.
ADDRESSES = (
    (
        "flows/share/",
        SIDES,
        gettext_noop("the share of deals into a target that had an investor from somewhere"),
    ),
    (
        "flows/series/",
        f"{SIDES}&by=quarter",
        gettext_noop("the same over time: a row a year, quarter or month"),
    ),
    (
        "flows/top/",
        f"{SIDES}&of=investors",
        gettext_noop("investors, targets, sectors, countries or rounds with most deals"),
    ),
    ("flows/matrix/", SIDES, gettext_noop("investor countries by target countries")),
    (
        "flows/bridge/",
        "?a=merics-2023&b=investtrack",
        gettext_noop("the steps from one definition’s number to another’s"),
    ),
    ("deals/", "", gettext_noop("the deals that a question means, newest first, 100 a page")),
    (
        "changes/",
        "",
        gettext_noop("everything that took effect, in order; go on with next_after"),
    ),
    ("regions/", "", gettext_noop("regions with their members and the dates of membership")),
    ("countries/", "", gettext_noop("country codes and names")),
    ("sectors/", "", gettext_noop("sectors")),
    ("round-types/", "", gettext_noop("types of funding rounds")),
    ("published-figures/", "", gettext_noop("figures that others published")),
    ("policy-events/", "", gettext_noop("dated rules and decisions")),
    ("releases/", "", gettext_noop("names of points of the ledger")),
)
# These need a key, so they are no links.
IMPORT_ADDRESSES = (
    ("imports/", gettext_noop("POST takes a file; GET lists your imports")),
    ("imports/{id}/", gettext_noop("one import: state, progress, balance, first errors")),
    ("imports/{id}/errors/", gettext_noop("everything that was wrong in it, cell by cell")),
    ("imports/{id}/errors.csv", gettext_noop("only its rejected rows, with the reasons")),
    ("imports/{id}/cancel/", gettext_noop("POST stops it before its publication")),
)
ANY, NOW = gettext_noop("any unless said"), gettext_noop("now unless said")
# Names of parameters, what they mean, codes that they take, and what else they take in words.
PARAMETERS = (
    (
        "investor, target, compare",
        gettext_noop("regions or two-letter country codes"),
        ", ".join(REGIONS),
        "",
    ),
    (
        "from, to, known_by",
        gettext_noop("year, month or day, inclusive"),
        "2017, 2017-03, 2017-03-31",
        "",
    ),
    ("kind", gettext_noop("funding_round unless said"), ", ".join([*KINDS, "all"]), ""),
    (
        "status",
        gettext_noop("ever_completed unless said"),
        ", ".join([*STATUSES, "ever_completed", "all"]),
        "",
    ),
    ("ai", gettext_noop("yes unless said"), "yes, no, unknown, all", ""),
    ("sector", ANY, ", ".join(SECTORS), ""),
    ("round", ANY, ", ".join(ROUND_TYPES), ""),
    ("attribution", gettext_noop("immediate unless said"), "immediate, ultimate", ""),
    ("currency", gettext_noop("EUR unless said"), "EUR, USD, CNY", ""),
    ("min_amount, max_amount", gettext_noop("in that currency"), "5000000", ""),
    (
        "population",
        gettext_noop("the case list unless said"),
        "",
        gettext_noop("code of a population"),
    ),
    ("organization", ANY, "", gettext_noop("id of an organization; several took part together")),
    ("state_linked", ANY, "yes, no", gettext_noop("a state holds a stake above an investor")),
    ("release", NOW, "", gettext_noop("name of a release")),
    ("as_of", NOW, "", gettext_noop("a number of the ledger, or a day that is over")),
)


@require_safe
def developers(request: HttpRequest) -> HttpResponse:
    """Takes no parameters."""
    if request.GET:
        message = _("This page takes no parameters.")
        return bad_request(request, BadParameters([Problem(name, message) for name in request.GET]))
    context = {
        "section": "api",
        "addresses": ADDRESSES,
        "import_addresses": IMPORT_ADDRESSES,
        "parameters": PARAMETERS,
        "base": request.build_absolute_uri("/api/v1/"),
    }
    return render(request, "pages/developers.html", context)
