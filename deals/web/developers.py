"""`/developers/`: from nothing to a data frame in five minutes; the reference says the rest."""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from deals.api.schema import known, table
from deals.api.schema.history import CHANGES, DEPRECATED
from deals.api.schema.operation import Operation
from deals.api.schema.spelling import ROOT
from deals.rules.counting import KINDS, STATUSES
from deals.rules.regions import REGIONS
from deals.rules.vocab import ROUND_TYPES, SECTORS
from deals.web import developers_examples as examples
from deals.web.parameters import without_parameters

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


def addresses() -> Iterator[tuple[str, str, Operation]]:
    """Every method and path of the API with what is there."""
    for (path, method), operation in table.OPERATIONS.items():
        yield method, path, operation


@require_safe
@without_parameters
def developers(request: HttpRequest) -> HttpResponse:
    """Takes no parameters."""
    base, here = request.build_absolute_uri(ROOT), known.known()
    context = {
        "section": "api",
        "addresses": list(addresses()),
        "parameters": PARAMETERS,
        "base": base,
        "start": examples.start(base),
        "types": examples.types(base),
        "share": examples.share(base, here),
        "pages": examples.pages(base, here),
        "again": examples.again(base, here),
        "copy": examples.copy(base),
        "release": examples.release(base, here),
        "propose": examples.one("deals/", "POST", base, here),
        "send": examples.one("imports/", "POST", base, here),
        "limit": settings.API_PER_HOUR,
        "limit_open": settings.API_PER_HOUR_OPEN,
        "changes": CHANGES,
        "deprecated": DEPRECATED,
    }
    return render(request, "pages/developers.html", context)
