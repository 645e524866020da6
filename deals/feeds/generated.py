"""A generated register of any size, to see how fast pages and questions are: `generate_deals`.

Everything is invented and marked so, and it is written by the database itself, a chunk at a time,
then published like any import: ledger, guards, facts, documents and cells are the real ones. It
stays out of every database with real deals, since a million invented ones would drown them.
"""

from collections.abc import Iterator
from datetime import date
from itertools import accumulate
from typing import Any

from django.db import connection, transaction

from deals.feeds import generated_sql
from deals.feeds.ids import take
from deals.feeds.publish import publish
from deals.feeds.refusals import Refused
from deals.models import Change, DealVersion, Population, ledger
from deals.models.bulk import copy_rows
from deals.models.publicid import public_id
from deals.models.statistics import tell_planner

CHUNK = 20_000
LARGEST = 20_000_000
# Shares of countries among targets and among investors, roughly as in suppliers' files; some sixty
# countries so that sets of countries are as many as in real life.
COUNTRIES = {
    "US": 360, "CN": 150, "GB": 80, "IN": 42, "DE": 40, "FR": 38, "CA": 34, "IL": 30, "JP": 28,
    "KR": 24, "SG": 18, "SE": 14, "CH": 14, "NL": 13, "ES": 12, "HK": 10, "AU": 10, "IT": 8,
    "FI": 7, "BR": 7, "IE": 6, "DK": 6, "BE": 5, "NO": 5, "AT": 5, "TW": 5, "AE": 5, "PL": 4,
    "PT": 4, "EE": 4, "CZ": 3, "TR": 3, "RU": 3, "ID": 3, "MX": 2, "LU": 2, "HU": 2, "RO": 2,
    "GR": 2, "LT": 2, "BG": 1, "HR": 1, "SI": 1, "SK": 1, "LV": 1, "CY": 1, "MT": 1, "MO": 1,
    "NZ": 1, "ZA": 1, "AR": 1, "CL": 1, "SA": 1, "EG": 1, "NG": 1, "KE": 1, "VN": 1, "TH": 1,
    "MY": 1, "UA": 1,
}  # fmt: skip
# Organizations of each role for a deal.
ROLES = {"target": 0.12, "investor": 0.06}
ORGANIZATION = ("id", "public_id", "name", "key", "kind", "country", "generated")
LOOKED_AT = {"deals_organization": "id"}


def code_of(count: int) -> str:
    """The population's code: "load-1m", "load-20k", "load-350"."""
    for size, letter in ((1_000_000, "m"), (1_000, "k")):
        if count % size == 0:
            return f"load-{count // size}{letter}"
    return f"load-{count}"


def generate(count: int, seed: int) -> Iterator[int]:
    """Make and publish `count` deals; yields how many there are after each committed chunk.

    Raises `Refused`, and has made nothing, in a database that holds real deals, or that holds
    deals of this population.
    """
    check(count)
    population = _population(count)
    _organizations(count)
    for chunk, begun in enumerate(range(0, count, CHUNK)):
        number = min(CHUNK, count - begun)
        with transaction.atomic():
            ids = _versions(population, number, seed * 7919 + chunk)
            publish(ids, by="system", reason="Generated to measure with.")
        yield begun + number
    with connection.cursor() as cursor:
        # Index-only scans need to know which pages everybody can see.
        cursor.execute("VACUUM (ANALYZE) deals_dealfact")
        cursor.execute("ANALYZE")


def check(count: int) -> None:
    """Raises `Refused` as `generate` does."""
    if not 1 <= count <= LARGEST:
        raise Refused(f"The number of deals must be from 1 to {LARGEST:,}.")
    real = DealVersion.objects.exclude(population__generated=True)
    if real.exists():
        raise Refused(
            "This database holds real deals, and generated ones are never mixed with them. Create "
            "an empty database, point DATABASE_URL at it, run “manage.py migrate” and try again."
        )
    if DealVersion.objects.filter(population__code=code_of(count)).exists():
        raise Refused(
            f"The population “{code_of(count)}” has deals already; use an empty database."
        )


def _population(count: int) -> Population:
    with transaction.atomic():
        population, made = Population.objects.get_or_create(
            code=code_of(count),
            defaults={
                "title": f"Generated load of {count:,} deals: invented, to measure with",
                "accessed_on": date(2025, 1, 1),
                "ai_definition": "None: every fact is drawn at random.",
                "generated": True,
            },
        )
        if made:
            ledger.append(
                Change.Kind.POPULATION,
                by="system",
                reason=f"Population {population.code}: generated.",
            )
    return population


def _organizations(count: int) -> None:
    """Write them, and keep in a temporary table who is the how-manieth of a country and role."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(generated_sql.PLACES)
        for role, share in ROLES.items():
            quota = {
                country: max(round(count * share * weight / sum(COUNTRIES.values())), 1)
                for country, weight in COUNTRIES.items()
            }
            countries = [country for country, number in quota.items() for _ in range(number)]
            ids = take("deals_organization", len(countries))
            copy_rows("deals_organization", ORGANIZATION, _rows(role, ids, countries))
            cursor.execute(generated_sql.PLACE, {"role": role, "ids": ids})
        cursor.execute("ANALYZE load_place")
    tell_planner(count, LOOKED_AT)


def _rows(role: str, ids: list[int], countries: list[str]) -> Iterator[tuple[object, ...]]:
    for pk, country in zip(ids, countries, strict=True):
        name = f"Generated {role} {pk}"
        kind = "company" if role == "target" else "fund"
        yield pk, public_id("O", pk), name, name.lower(), kind, country, True


def _versions(population: Population, number: int, seed: int) -> list[int]:
    """Submitted versions of so many new deals, with participations and citations."""
    deals, versions = take("deals_deal", number), take("deals_dealversion", number)
    copy_rows("deals_deal", ("id", "public_id"), ((pk, public_id("D", pk)) for pk in deals))
    total = sum(COUNTRIES.values())
    params: dict[str, Any] = {
        "seed": seed % 1_000_003 / 1_000_003,
        "deals": deals,
        "versions": versions,
        "population": population.pk,
        "codes": list(COUNTRIES),
        "edges": [edge / total for edge in accumulate(COUNTRIES.values())][:-1],
    }
    with connection.cursor() as cursor:
        for step in generated_sql.STEPS:
            cursor.execute(step, params)
    return versions
