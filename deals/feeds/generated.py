"""A generated register of any size, to see how fast pages and questions are: `generate_deals`.

Everything is invented and marked so. It is written by the database itself, a chunk at a time, into
tables whose indexes, foreign keys and cells are made at the end, and is to the last byte what a
publication would have written. It stays out of every database with real deals, since a million
invented ones would drown them.
"""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import accumulate
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from deals.feeds import generated_derived, generated_sql
from deals.feeds.ids import take
from deals.feeds.refusals import Refused
from deals.models import Change, DealVersion, Population, Source, ledger
from deals.models.bulk import copy_rows
from deals.models.publicid import public_id
from deals.models.targetname import add_target_names
from deals.models.unindexed import unindexed

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
# Of the investors of a country's targets, those at home; what is left comes from everywhere, China
# sending less than it receives. So European investors are in 3.7 % of the deals in China.
HOME, ELSEWHERE = {"CN": 0.94, "US": 0.82}, 0.7
ABROAD = COUNTRIES | {"CN": 60}
# Organizations of each role for a deal.
ROLES = {"target": 0.12, "investor": 0.06}
ORGANIZATION = ("id", "public_id", "name", "key", "kind", "country", "generated")
TABLES = (
    "deals_deal", "deals_dealversion", "deals_participation", "deals_citation", "deals_change",
    "deals_dealfact", "deals_dealdocument",
)  # fmt: skip
# So few rows are looked up in a large table; to read all of it for each chunk would take longer.
LOOKED_UP = "SET LOCAL enable_hashjoin = {0}; SET LOCAL enable_mergejoin = {0}"


def code_of(count: int) -> str:
    """The population's code: "load-1m", "load-20k", "load-350"."""
    for size, letter in ((1_000_000, "m"), (1_000, "k")):
        if count % size == 0:
            return f"load-{count // size}{letter}"
    return f"load-{count}"


def generate(count: int, seed: int, *, documents: bool = True) -> Iterator[int]:
    """Make `count` published deals; yields how many there are after each chunk, uncommitted.

    Without `documents` there is nothing to list or export, only to count. Raises `Refused`, and has
    made nothing, in a database that holds real deals, or that holds deals of this population.
    """
    check(count)
    with transaction.atomic():
        # Before the ledger is locked, which others may hold while they read the tables.
        with unindexed(TABLES):
            params = _population(count) | _organizations(count)
            _make_tables(params | _drawn([], [], 0, 0))
            for chunk, begun in enumerate(range(0, count, CHUNK)):
                number = min(CHUNK, count - begun)
                drawn = _drawn(
                    take("deals_deal", number),
                    take("deals_dealversion", number),
                    seed * 7919 + chunk,
                    params["head"] + begun,
                )
                _write(params | drawn, first=not begun, documents=documents)
                yield begun + number
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE deals_dealfact")
            cursor.execute("SELECT deals_rebuild_rollups()")
        add_target_names()
    with connection.cursor() as cursor:
        # Index-only scans need to know which pages everybody can see.
        cursor.execute("VACUUM deals_dealfact")
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


def _population(count: int) -> dict[str, Any]:
    """The population, with its entry in the ledger, which is locked from here on."""
    code, now = code_of(count), timezone.now()
    population, made = Population.objects.get_or_create(
        code=code,
        defaults={
            "title": f"Generated load of {count:,} deals: invented, to measure with",
            "accessed_on": date(2025, 1, 1),
            "ai_definition": "None: every fact is drawn at random.",
            "generated": True,
        },
    )
    source, _ = Source.objects.get_or_create(
        kind=Source.Kind.PAGE,
        url="https://example.org/",
        title="Generated to measure with",
        defaults={"publisher": "InvestTrack"},
    )
    head = ledger.lock()
    if made:
        reason = f"Population {code}: generated."
        head = ledger.append(Change.Kind.POPULATION, by="system", reason=reason).seq
    return {
        "population": population.pk,
        "source": source.pk,
        "code": code,
        "head": head,
        "at": now,
        "published_at": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }


def _organizations(count: int) -> dict[str, Any]:
    """Write them, and say how many there are of each country and role, and how many before."""
    params: dict[str, Any] = {
        "codes": list(COUNTRIES),
        "edges": _edges(COUNTRIES),
        "abroad": _edges(ABROAD),
        "home": [HOME.get(country, ELSEWHERE) for country in COUNTRIES],
    }
    before = 0
    with connection.cursor() as cursor:
        cursor.execute(generated_sql.PLACES)
        for role, share in ROLES.items():
            whole = sum(COUNTRIES.values())
            many = [max(round(count * share * part / whole), 1) for part in COUNTRIES.values()]
            params[f"{role}_many"] = many
            params[f"{role}_before"] = list(accumulate(many[:-1], initial=before))
            countries = [c for c, n in zip(COUNTRIES, many, strict=True) for _ in range(n)]
            ids = take("deals_organization", len(countries))
            copy_rows("deals_organization", ORGANIZATION, _rows(role, ids, countries))
            cursor.execute(generated_sql.PLACE, {"before": before, "ids": ids})
            before += len(ids)
        cursor.execute("ANALYZE load_place; ANALYZE deals_organization (id)")
    return params


def _edges(shares: dict[str, int]) -> list[float]:
    whole = sum(shares.values())
    return [edge / whole for edge in accumulate(shares.values())][:-1]


def _rows(role: str, ids: list[int], countries: list[str]) -> Iterator[tuple[object, ...]]:
    for pk, country in zip(ids, countries, strict=True):
        name = f"Generated {role} {pk}"
        kind = "company" if role == "target" else "fund"
        yield pk, public_id("O", pk), name, name.lower(), kind, country, True


def _drawn(deals: list[int], versions: list[int], seed: int, head: int) -> dict[str, Any]:
    """What one chunk is drawn from; its first deal is the entry after `head`."""
    return {
        "seed": seed % 1_000_003 / 1_000_003,
        "deals": deals,
        "versions": versions,
        "public_ids": [public_id("D", pk) for pk in deals],
        "head": head,
    }


def _make_tables(params: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        for table, sql in generated_sql.CHUNK_TABLES.items():
            create = f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS {sql} WITH NO DATA"
            cursor.execute(create, params)
        cursor.execute(generated_derived.RATES)


def _write(params: dict[str, Any], *, first: bool, documents: bool) -> None:
    """Draw one chunk and write everything about it."""
    at: datetime = params["at"]
    with connection.cursor() as cursor:
        cursor.execute(generated_sql.SEED, params)
        cursor.execute(LOOKED_UP.format("off"))
        for table, sql in generated_sql.CHUNK_TABLES.items():
            cursor.execute(f"TRUNCATE {table}")
            cursor.execute(f"INSERT INTO {table} {sql}", params)
            if first:
                # The next chunks are alike.
                cursor.execute(f"ANALYZE {table}")
        cursor.execute(LOOKED_UP.format("on"))
        for step in generated_sql.STEPS:
            cursor.execute(step, params)
    generated_derived.write(params, today=at.date(), documents=documents)
