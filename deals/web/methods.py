"""`/methods/`: the rules of counting, and the tables they read, made from the very same code."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deals.rules.counting import (
    DEFAULT_KIND,
    EVER_COMPLETED_STATUSES,
    KINDS,
    STATUSES,
    VALUE_KINDS,
)
from deals.rules.fx import LAST_RATE_DAY
from deals.rules.regions import REGIONS, Member, Region
from deals.rules.vocab import ROUND_STAGES, ROUND_TYPES, SECTORS
from deals.templatetags.formats import country
from deals.web.parameters import without_parameters


@dataclass(frozen=True, slots=True)
class Stay:
    """A country's time in a region; None is an open end."""

    country: str
    name: str
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class RegionTable:
    """A region with its members: those of every day as one line, the dated ones as rows."""

    region: Region
    always: tuple[str, ...]
    stays: tuple[Stay, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a closed list and what the numbers do with it."""

    code: str
    title: str
    counts: str


def _stay(member: Member) -> Stay:
    return Stay(member.country, country(member.country), member.first, member.last)


def region_tables() -> list[RegionTable]:
    """Every region, in the order of the reference table."""
    tables = []
    for region in REGIONS.values():
        stays = sorted((_stay(member) for member in region.members), key=lambda stay: stay.name)
        tables.append(
            RegionTable(
                region,
                tuple(stay.name for stay in stays if not (stay.first or stay.last)),
                tuple(stay for stay in stays if stay.first or stay.last),
            )
        )
    return tables


def kinds() -> list[Word]:
    """Kinds of deals, and whether they are in the headline or have a value of their own."""
    return [Word(code, _(title), _kind_counts(code)) for code, title in KINDS.items()]


def _kind_counts(code: str) -> str:
    if code == DEFAULT_KIND:
        return _("The headline counts these and only these.")
    if code in VALUE_KINDS:
        return _("A line of its own, with a value of its own.")
    return _("Recorded and selectable; never in a total of values.")


def statuses() -> list[Word]:
    """Statuses, and whether a deal that has one counts."""
    counts, does_not = _("Counts."), _("Selectable; in no default total.")
    return [
        Word(code, _(title), counts if code in EVER_COMPLETED_STATUSES else does_not)
        for code, title in STATUSES.items()
    ]


def rounds() -> list[Word]:
    """Types of round with their stages."""
    return [Word(code, _(title), _(ROUND_STAGES[code])) for code, title in ROUND_TYPES.items()]


@require_safe
@without_parameters
def methods(request: HttpRequest) -> HttpResponse:
    """The page; it takes no parameters."""
    context = {
        "section": "methods",
        "regions": region_tables(),
        "sectors": SECTORS,
        "rounds": rounds(),
        "kinds": kinds(),
        "statuses": statuses(),
        "last_rate_day": LAST_RATE_DAY(),
    }
    return render(request, "pages/methods.html", context)
