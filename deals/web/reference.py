"""The reference tables as files: what codes in deals, addresses and answers stand for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from deals.models import PolicyEvent, Population, PublishedFigure, Release
from deals.rules.counting import EVER_COMPLETED_STATUSES, KINDS, STATUSES, VALUE_KINDS
from deals.rules.countries import COUNTRIES
from deals.rules.regions import REGIONS
from deals.rules.vocab import ROUND_STAGES, ROUND_TYPES, SECTORS
from deals.web.files import csv_file
from deals.web.parameters import without_parameters
from deals.web.spelled import short

Rows = Iterable[Sequence[object]]
FIGURE = (
    "code", "title", "value", "unit", "measure", "numerator", "denominator", "period_from",
    "period_to", "definition", "source_title", "source_date", "source_url", "evidence", "query",
    "why_no_query", "shelf",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """A table that can be taken; `api` is the name of the same one below /api/v1/, if there is."""

    title: Promise
    says: Promise
    columns: tuple[str, ...]
    rows: Callable[[], Rows]
    api: str = ""


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _regions() -> Rows:
    for region in REGIONS.values():
        for member in region.members:
            yield (
                region.code, region.title, region.definition, region.source, member.country,
                COUNTRIES[member.country].name, _day(member.first), _day(member.last),
            )  # fmt: skip


def _statuses() -> Rows:
    for code, title in STATUSES.items():
        yield code, title, "yes" if code in EVER_COMPLETED_STATUSES else "no"


def _kinds() -> Rows:
    for code, title in KINDS.items():
        yield code, title, "yes" if code in VALUE_KINDS else "no"


def _populations() -> Rows:
    for one in Population.objects.order_by("generated", "code"):
        generated = "yes" if one.generated else "no"
        yield one.code, one.title, _day(one.accessed_on), one.ai_definition, generated


def _events() -> Rows:
    for event in PolicyEvent.objects.all():
        yield (
            _day(event.date), _day(event.applies_from), event.jurisdiction, event.title,
            event.kind, event.note, event.evidence,
        )  # fmt: skip


def _releases() -> Rows:
    for release in Release.objects.all():
        yield release.name, release.seq, _day(release.at.date()), release.notes


FILES: dict[str, File] = {
    "regions": File(
        gettext_lazy("Regions and their members"),
        gettext_lazy("A row for each stay of a country in a region, with its dates."),
        ("region", "title", "definition", "source", "country", "country_name", "from", "to"),
        _regions,
        "regions",
    ),
    "countries": File(
        gettext_lazy("Countries"),
        gettext_lazy("Codes of ISO 3166-1 and the names used here."),
        ("code", "alpha3", "name"),
        lambda: ((one.alpha2, one.alpha3, one.name) for one in COUNTRIES.values()),
        "countries",
    ),
    "sectors": File(
        gettext_lazy("Sectors"), gettext_lazy("Codes and titles."), ("code", "title"),
        SECTORS.items, "sectors",
    ),
    "round-types": File(
        gettext_lazy("Types of round"), gettext_lazy("Codes, titles and stages."),
        ("code", "title", "stage"),
        lambda: ((code, title, ROUND_STAGES[code]) for code, title in ROUND_TYPES.items()),
        "round-types",
    ),
    "kinds": File(
        gettext_lazy("Kinds of deals"), gettext_lazy("With whether a kind has a value of its own."),
        ("code", "title", "has_value"), _kinds,
    ),
    "statuses": File(
        gettext_lazy("Statuses"), gettext_lazy("With whether a deal of that status counts."),
        ("code", "title", "counts"), _statuses,
    ),
    "populations": File(
        gettext_lazy("Populations"),
        gettext_lazy("What was declared complete, as of which day, under which definition of AI."),
        ("code", "title", "accessed_on", "ai_definition", "generated"), _populations,
    ),
    "published-figures": File(
        gettext_lazy("Published figures"),
        gettext_lazy("What others published, with the question that answers it here."),
        FIGURE, lambda: PublishedFigure.objects.values_list(*FIGURE), "published-figures",
    ),
    "policy-events": File(
        gettext_lazy("Policy events"), gettext_lazy("Dated rules and decisions."),
        ("date", "applies_to_deals_from", "jurisdiction", "title", "kind", "note", "evidence"),
        _events, "policy-events",
    ),
    "releases": File(
        gettext_lazy("Releases"), gettext_lazy("Names of points of the ledger."),
        ("name", "change_seq", "on", "notes"), _releases, "releases",
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
