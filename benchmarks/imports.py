"""A supplier's file to published versions, beside bare COPY of the very rows that it wrote."""

import random
from io import BytesIO
from time import perf_counter

from django.db import connection

from benchmarks.clock import line
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import receive
from deals.feeds.run import import_file

PROFILE = """
name = "Benchmark"
rows = "participation"
[deal]
external_id = "id"
[columns]
target_name = "company"
target_country = "country"
announced_on = "date"
amount = "amount"
currency = "currency"
round_type = "round"
investor_name = "investor"
investor_country = "investor_country"
[constants]
kind = "funding_round"
status = "completed"
ai = "yes"
"""
COUNTRIES = ("CN", "US", "GB", "DE", "FR", "IL", "SG", "JP", "SE", "CH")
ROUNDS = ("Seed", "Series A", "Series B", "Series C", "")
# What a publication writes: the finished rows that COPY alone has to write as well.
TABLES = (
    "deals_organization", "deals_deal", "deals_dealversion", "deals_participation",
    "deals_citation", "deals_dealfact", "deals_dealdocument", "deals_change",
)  # fmt: skip


def run(size: int) -> None:
    deals = size // 2
    data = _file(deals)
    rows = len(data.splitlines()) - 1
    print(f"\nImport of {deals:,} deals, {rows:,} rows, {len(data):,} bytes")
    profile = load_profile(PROFILE)
    before = {table: _highest(table) for table in TABLES}
    seconds = _timed(data, profile, created=deals)
    bare = sum(_bare_copy(table, before[table]) for table in TABLES)
    again = _timed(data, profile, created=0)
    line("file to published versions, everything on", seconds, f"{deals / seconds:,.0f} deals/s")
    line("bare COPY of the same finished rows", bare, f"import runs at {bare / seconds:.2f} × COPY")
    line("the same file again", again, f"{seconds / again:.1f} × faster than the first time")


def _timed(data: bytes, profile: object, *, created: int) -> float:
    begun = perf_counter()
    run = import_file(receive("bench.csv", data), profile, publish=True)  # type: ignore[arg-type]
    seconds = perf_counter() - begun
    assert run.deals_created == created, run
    return seconds


def _file(deals: int) -> bytes:
    """Own-format rows with 2.2 investors a deal; the same for the same size."""
    chance = random.Random(20172022)
    lines = ["id,company,country,date,amount,currency,round,investor,investor_country"]
    for number in range(deals):
        company = chance.randrange(max(deals // 3, 1))
        year, month = chance.randrange(2010, 2024), chance.randrange(1, 13)
        day = f"{year}-{month:02}-{chance.randrange(1, 29):02}"
        amount = f"{chance.randrange(1, 900) / 10}m" if chance.random() < 0.6 else ""
        deal = (
            f"B{number},Import Company {company},{COUNTRIES[company % 10]},{day},{amount},USD,"
            f"{ROUNDS[number % 5]}"
        )
        for _ in range(1 + (chance.random() < 0.7) + (chance.random() < 0.5)):
            fund = chance.randrange(max(deals // 6, 1))
            lines.append(f"{deal},Import Fund {fund},{COUNTRIES[fund % 7]}")
    return "\n".join([*lines, ""]).encode()


def _key(table: str) -> str:
    return {"deals_dealfact": "version_id", "deals_dealdocument": "version_id",
            "deals_change": "seq"}.get(table, "id")  # fmt: skip


def _highest(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max({_key(table)}), 0) FROM {table}")
        return int(cursor.fetchone()[0])


def _bare_copy(table: str, above: int) -> float:
    """Seconds to COPY a table's new rows into an equal one, with its indexes and checks."""
    rows = BytesIO()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare (LIKE {table} INCLUDING ALL)")
        with cursor.copy(
            f"COPY (SELECT * FROM {table} WHERE {_key(table)} > {above}) TO STDOUT"
        ) as copy:
            for block in copy:
                rows.write(block)
        begun = perf_counter()
        with cursor.copy("COPY bare FROM STDIN") as copy:
            copy.write(rows.getvalue())
        seconds = perf_counter() - begun
        cursor.execute("DROP TABLE bare")
    return seconds
