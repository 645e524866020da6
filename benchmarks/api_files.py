"""Whole files out of a running server, beside COPY of the stored documents to nowhere."""

from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any

from django.db import connection

from benchmarks.api import EVERYTHING
from benchmarks.api_web import Web, web
from benchmarks.as_installed import hidden
from benchmarks.clock import over
from benchmarks.report import Figure, at_least, at_most, promised_from
from benchmarks.went import Say

# The promises: of COPY's speed, megabytes, milliseconds, deals a second.
COPY_TIMES = {"jsonl": 0.8, "csv": 0.6}
PROMISED = 100_000
PEAK_MB, FIRST_MS, PARQUET = 100, 200, 150_000
TIMES = 2
BLOCK = 1 << 20
LIMIT = """COPY (SELECT d.json FROM deals_dealfact f JOIN deals_dealdocument d USING (version_id)
WHERE f.published_seq IS NOT NULL AND f.superseded_seq IS NULL ORDER BY f.deal_id) TO STDOUT"""


def measure(say: Say, size: int) -> None:
    """All deals as each form; the best of two runs, taken in turn."""
    from deals.feeds.generated import code_of

    with web("investtrack.wsgi", API_PER_HOUR_OPEN="0", HIDDEN_PACKAGES=hidden()) as server:
        limit = min(_copy() for _ in range(TIMES))
        say(Figure("", "COPY of the stored documents, the limit", limit, "s"))
        for form in ("jsonl", "csv", "parquet"):
            path = f"/api/v1/exports/deals.{form}?{EVERYTHING}&population={code_of(size)}"
            limit = _form(say, server, form, path, size, limit)


def _form(say: Say, server: Web, form: str, path: str, size: int, limit: float) -> float:
    """One form; returns the limit, which is measured again since the machine may have slowed."""
    server.forget_peak()
    rest, before = server.peak(), server.processor()
    fetch = partial(_fetch, server, path)
    with server.beside() as beside:
        first, row, seconds, read = min((fetch() for _ in range(TIMES)), key=lambda run: run[2])
    cost, peak = (server.processor() - before) * 1000 / TIMES / size, server.peak()
    limit = min(limit, _copy())
    what = f"{form} of all deals"
    rate = Figure(
        "", what, size / seconds, "deals/s", "COPY", over(limit, seconds),
        note=f"{read / 1e6:.1f} MB in {seconds:.2f} s", main=True, curve=f"{form}, a deal",
        cost=cost,
    )  # fmt: skip
    note = f"{rest:.0f} MB at rest"
    if max(beside):
        # Its first bytes, a line of names or Parquet's mark, leave before the program is there.
        say(Figure("", f"{what}, first rows", row * 1000, "ms"))
        say(Figure("", f"{what}, memory of the process that makes it", max(beside), "MB"))
    for figure in (
        at_least(rate, COPY_TIMES[form]) if form in COPY_TIMES else _fast(rate),
        at_most(Figure("", f"{what}, first byte", first * 1000, "ms"), FIRST_MS),
        at_most(Figure("", f"{what}, memory of the web process", peak, "MB", note=note), PEAK_MB),
    ):
        say(promised_from(figure, size, PROMISED))
    return limit


def _fast(rate: Figure) -> Figure:
    kept = (rate.value or 0) >= PARQUET
    return replace(rate, promise=f"≥ {PARQUET:,} deals/s", kept=kept)


def _copy() -> float:
    begun = perf_counter()
    with connection.cursor() as cursor, cursor.copy(LIMIT) as rows:
        for _ in rows:
            pass
    return perf_counter() - begun


def _fetch(server: Web, path: str) -> tuple[float, float, float, int]:
    """Seconds to the first byte, to the first after its piece, and to the last; how many."""
    begun = perf_counter()
    with server.get(path) as answer:
        block: Any = answer.read1(BLOCK)
        first, read = perf_counter() - begun, len(block)
        block = answer.read1(BLOCK)
        row = perf_counter() - begun
        while block:
            read += len(block)
            block = answer.read1(BLOCK)
    return first, row, perf_counter() - begun, read
