"""The reference tables as files: what codes in deals, addresses and answers stand for."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from deals.exports.tables import TABLES, Rows
from deals.models import Release
from deals.web.files import csv_file
from deals.web.parameters import without_parameters
from deals.web.spelled import short

# The tables that have the same rows below /api/v1/.
IN_API = frozenset(
    {"regions", "countries", "sectors", "round-types", "published-figures", "policy-events"}
)
TITLES = {
    "regions": (
        gettext_lazy("Regions and their members"),
        gettext_lazy("A row for each stay of a country in a region, with its dates."),
    ),
    "countries": (
        gettext_lazy("Countries"),
        gettext_lazy("Codes of ISO 3166-1 and the names used here."),
    ),
    "sectors": (gettext_lazy("Sectors"), gettext_lazy("Codes and titles.")),
    "round-types": (gettext_lazy("Types of round"), gettext_lazy("Codes, titles and stages.")),
    "kinds": (
        gettext_lazy("Kinds of deals"), gettext_lazy("With whether a kind has a value of its own."),
    ),
    "statuses": (
        gettext_lazy("Statuses"), gettext_lazy("With whether a deal of that status counts."),
    ),
    "populations": (
        gettext_lazy("Populations"),
        gettext_lazy("What was declared complete, as of which day, under which definition of AI."),
    ),
    "published-figures": (
        gettext_lazy("Published figures"),
        gettext_lazy("What others published, with the question that answers it here."),
    ),
    "policy-events": (gettext_lazy("Policy events"), gettext_lazy("Dated rules and decisions.")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """A table that can be taken; `api` is the name of the same one below /api/v1/, if there is."""

    title: Promise
    says: Promise
    columns: tuple[str, ...]
    rows: Callable[[], Rows]
    api: str = ""


def _releases() -> Rows:
    for release in Release.objects.all():
        day = release.at.date().isoformat()
        yield release.name, release.seq, day, release.doi, release.notes


FILES: dict[str, File] = {
    name: File(title, says, *TABLES[name], name if name in IN_API else "")
    for name, (title, says) in TITLES.items()
} | {
    "releases": File(
        gettext_lazy("Releases"), gettext_lazy("Names of points of the ledger."),
        ("name", "change_seq", "on", "doi", "notes"), _releases, "releases",
    ),
}  # fmt: skip


@require_safe
@without_parameters
def table(request: HttpRequest, name: str) -> HttpResponse:
    """`/data/<name>.csv`: one whole table."""
    found = FILES.get(name)
    if found is None:
        raise Http404(_("There is no table “%(name)s”.") % {"name": short(name)})
    return csv_file(f"investtrack-{name}.csv", found.columns, found.rows())
