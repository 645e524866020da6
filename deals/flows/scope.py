"""What a question refers to in the database: its population, its point of the ledger, its head."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.models import Change, Organization, Population, ledger

# Years younger than this are provisional: suppliers find deals late (rule 17).
PROVISIONAL_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Scope:
    """`organizations` are the one asked for and all that were merged with it; empty for any.

    Where several were asked for together, `others` has the same of each further one.

    `seq` is the point of the ledger that is asked for, None for the live state; `head` its end.

    `seen_on` is the day up to which the data could have known: the population's access date, or the
    day of the ledger entry asked for, or today.
    """

    population: Population | None
    organizations: tuple[int, ...]
    seq: int | None
    head: int
    head_at: datetime | None
    release: str | None
    seen_on: date
    computed_at: datetime
    others: tuple[tuple[int, ...], ...] = ()
    # Every version that was ever published, for those who look at what changed and not at a state.
    ever: bool = False
    # What a search stands for, looked up once for all statements of a page (`deals.flows.search`).
    searched: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def change_seq(self) -> int:
        return self.head if self.seq is None else self.seq


def resolve(query: FlowQuery) -> Scope:
    """Look up codes; raises `BadParameters` for each that is not there."""
    problems: list[Problem] = []
    found = _look_up(query)
    head, head_at = found.head, found.head_at
    population = _population(query.population, found.population, problems)
    asked = query.organization.split(",") if query.organization else []
    groups = [_organizations(public_id, problems) for public_id in asked]
    seq = _seq(query, found, problems)
    if problems:
        raise BadParameters(problems)
    now = timezone.now()
    return Scope(
        population,
        groups[0] if groups else (),
        seq,
        head,
        head_at,
        query.release or None,
        _seen_on(population, seq, now.date()),
        now,
        tuple(groups[1:]),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """The ledger's end, and the rows that codes stand for, all from one look at the database."""

    head: int
    head_at: datetime | None
    release_seq: int | None = None
    population: Population | None = None


_POPULATION = [field.attname for field in Population._meta.concrete_fields]
_LOOK_UP = f"""
SELECT c.seq, c.at, r.seq, {", ".join(f"p.{name}" for name in _POPULATION)} FROM (SELECT) one
LEFT JOIN (SELECT seq, at FROM deals_change ORDER BY seq DESC LIMIT 1) c ON true
LEFT JOIN deals_release r ON r.name = %s
LEFT JOIN deals_population p ON p.code = %s
"""


def _look_up(query: FlowQuery) -> _Found:
    if not (query.release or query.population):
        return _Found(*ledger.newest())
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP, [query.release, query.population])
        head, head_at, release_seq, *values = cursor.fetchone()
    population = Population.from_db("default", _POPULATION, values) if values[0] else None
    return _Found(head or 0, head_at, release_seq, population)


def _population(code: str, found: Population | None, problems: list[Problem]) -> Population | None:
    if code and found is None:
        known = ", ".join(Population.objects.order_by("code").values_list("code", flat=True))
        said = _("There is no population “%(code)s”. Known are: %(codes)s.")
        words = {"code": code, "codes": known or _("none")}
        problems.append(Problem("population", said % words))
    return found


def _organizations(public_id: str, problems: list[Problem]) -> tuple[int, ...]:
    """Versions from before a merge keep the organization they were written with."""
    found = Organization.objects.filter(public_id=public_id).first()
    if found is None:
        said = _("There is no organization “%(id)s”.") % {"id": public_id}
        problems.append(Problem("organization", said))
        return ()
    group: set[int] = set()
    reached = {found.pk}
    while reached != group:
        group = reached
        near = Organization.objects.filter(Q(pk__in=group) | Q(merged_into__in=group))
        reached = {pk for row in near.values_list("pk", "merged_into_id") for pk in row if pk}
    return tuple(sorted(group))


def _seq(query: FlowQuery, found: _Found, problems: list[Problem]) -> int | None:
    if query.release:
        if found.release_seq is None:
            said = _("There is no release “%(name)s”.") % {"name": query.release}
            problems.append(Problem("release", said))
        return found.release_seq
    if isinstance(query.as_of, date):
        return _at_the_end_of(query.as_of, problems)
    if query.as_of is not None and query.as_of > found.head:
        said = _("The ledger ends at %(head)s; %(asked)s is not there.")
        problems.append(Problem("as_of", said % {"head": found.head, "asked": query.as_of}))
    return query.as_of


def _at_the_end_of(day: date, problems: list[Problem]) -> int | None:
    """The last entry of that day or before; a day before the first entry has no answer."""
    midnight = datetime.combine(day + timedelta(days=1), time(), UTC)
    entry = Change.objects.filter(at__lt=midnight).order_by("-seq").first()
    if entry is None:
        first = Change.objects.order_by("seq").values_list("at", flat=True).first()
        said = (
            _("The ledger begins on %(first)s; it has no state of %(day)s.")
            if first
            else _("The ledger is empty; it has no state of %(day)s.")
        )
        words = {"day": day, "first": f"{first:%Y-%m-%d}" if first else ""}
        problems.append(Problem("as_of", said % words))
    return entry.seq if entry else None


def _seen_on(population: Population | None, seq: int | None, today: date) -> date:
    """The earliest of them: a feed's next delivery must not age the answers of an earlier point."""
    days = [today]
    if population and population.accessed_on:
        days.append(population.accessed_on)
    if seq is not None:
        entry = Change.objects.filter(seq__lte=seq).order_by("-seq").first()
        if entry:
            days.append(entry.at.date())
    return min(days)


def is_provisional(year: int, seen_on: date) -> bool:
    """Whether the year ended less than 24 months before the data was seen (rule 17)."""
    return seen_on < date(min(year + 1 + PROVISIONAL_MONTHS // 12, 9999), 1, 1)
