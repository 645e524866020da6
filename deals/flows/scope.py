"""What a question refers to in the database: its population, its point of the ledger, its head."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.models import Change, Organization, Population, Release, ledger

# Years younger than this are provisional: suppliers find deals late (rule 17).
PROVISIONAL_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Scope:
    """`seq` is the point of the ledger that is asked for, None for the live state; `head` its end.

    `seen_on` is the day up to which the data could have known: the population's access date, or the
    day of the ledger entry asked for, or today.
    """

    population: Population | None
    organization: int | None
    seq: int | None
    head: int
    release: str | None
    seen_on: date
    computed_at: datetime

    @property
    def change_seq(self) -> int:
        return self.head if self.seq is None else self.seq


def resolve(query: FlowQuery) -> Scope:
    """Look up codes; raises `BadParameters` for each that is not there."""
    problems: list[Problem] = []
    head = ledger.head()
    population = _population(query.population, problems)
    organization = _organization(query.organization, problems)
    seq = _seq(query, head, problems)
    if problems:
        raise BadParameters(problems)
    now = timezone.now()
    return Scope(
        population,
        organization,
        seq,
        head,
        query.release or None,
        _seen_on(population, seq, now.date()),
        now,
    )


def _population(code: str, problems: list[Problem]) -> Population | None:
    if not code:
        return None
    found = Population.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(Population.objects.order_by("code").values_list("code", flat=True))
        problems.append(
            Problem("population", f"There is no population “{code}”. Known are: {known or 'none'}.")
        )
    return found


def _organization(public_id: str, problems: list[Problem]) -> int | None:
    if not public_id:
        return None
    found = Organization.objects.filter(public_id=public_id).first()
    if found is None:
        problems.append(Problem("organization", f"There is no organization “{public_id}”."))
        return None
    return found.merged_into_id or found.pk


def _seq(query: FlowQuery, head: int, problems: list[Problem]) -> int | None:
    if query.release:
        found = Release.objects.filter(name=query.release).first()
        if found is None:
            problems.append(Problem("release", f"There is no release “{query.release}”."))
        return found.seq if found else None
    if query.as_of is not None and query.as_of > head:
        problems.append(Problem("as_of", f"The ledger ends at {head}; {query.as_of} is not there."))
    return query.as_of


def _seen_on(population: Population | None, seq: int | None, today: date) -> date:
    if population and population.accessed_on:
        return population.accessed_on
    if seq is not None:
        entry = Change.objects.filter(seq__lte=seq).order_by("-seq").first()
        if entry:
            return entry.at.date()
    return today


def is_provisional(year: int, seen_on: date) -> bool:
    """Whether the year ended less than 24 months before the data was seen (rule 17)."""
    return seen_on < date(min(year + 1 + PROVISIONAL_MONTHS // 12, 9999), 1, 1)
