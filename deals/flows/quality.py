"""Work lists for whoever makes the register better: how many live deals lack what, and which.

No statement runs for longer than SECONDS, however large the register is. Deals between Europe and
China come first, since the headline numbers are made of them; an index finds them.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import OperationalError, connection
from django.utils import timezone

from deals.flows.answer import snapshot
from deals.flows.legs import LEGS, legs
from deals.flows.quality_checks import CHECKS, Check, parameters
from deals.flows.query import FlowQuery
from deals.models import Population, ledger
from deals.rules.regions import side

SECONDS = 5
KEPT_SECONDS = 900
# Lists that need other tables are counted no further.
MOST = 1_000
LIVE = "f.published_seq IS NOT NULL AND f.superseded_seq IS NULL"
# Between Europe and China; the index knows these deals and some more.
CROSSING = (
    "(f.target_country = 'CN' AND f.hq && %(europe)s::varchar[]"
    " OR f.target_country = ANY(%(europe)s::varchar[]) AND 'CN' = ANY(f.hq))"
)
HEADLINE = f"{LEGS} && (SELECT %(legs)s::int[]) AND {CROSSING}"
REST = f"{CROSSING} IS NOT TRUE"


@dataclass(frozen=True, slots=True)
class Among:
    """Which deals: real ones, or those of a population; with a side in a country, or all."""

    population: Population | None = None
    country: str = ""

    def where(self) -> str:
        """The condition over the facts `f`."""
        whose = "f.population_id = %(population)s" if self.population else "NOT f.generated"
        where = f"{LIVE} AND {whose}"
        if self.country:
            where += " AND (f.target_country = %(country)s OR %(country)s = ANY(f.hq))"
        return where

    def values(self) -> dict[str, Any]:
        """What its condition and those of the checks name."""
        pk = self.population.pk if self.population else None
        return parameters() | {
            "population": pk,
            "country": self.country,
            "legs": _headline(),
            "europe": sorted(side("europe").always),
        }


@dataclass(frozen=True, slots=True)
class Deals:
    """A page of a list: documents of deals, each with whether it crosses between Europe and China.

    `after` goes on behind the last, "" at the end.
    """

    rows: list[tuple[dict[str, Any], bool]]
    after: str


def counts(among: Among) -> dict[str, Any]:
    """{"at": ISO time, "counts": {code: number}}, kept for some minutes or until the ledger moves.

    A number above MOST means more than that; None, that counting was given up.
    """
    whose = among.population.code if among.population else ""
    key = f"quality:{ledger.head()}:{whose}:{among.country}"
    found = cache.get(key)
    if found is None:
        found = {"at": timezone.now().isoformat(), "counts": _counted(among)}
        cache.set(key, found, KEPT_SECONDS)
    return dict(found)


def deals(check: Check, among: Among, *, after: str = "", size: int) -> Deals:
    """Those between Europe and China first, then the others, the latest written first.

    `after` is `Deals.after` of the page before; what is none begins at the beginning.
    """
    part, last = _place(after)
    found: list[tuple[int, bool]] = []
    if part == "h":
        found = [(pk, True) for pk in _ids(check, among, HEADLINE, last, size + 1)]
        last = None
    if len(found) <= size and not check.headline:
        found += [(pk, False) for pk in _ids(check, among, REST, last, size + 1 - len(found))]
    shown = found[:size]
    more = len(found) > size
    end = f"{'h' if shown[-1][1] else 'r'}{shown[-1][0]}" if more else ""
    documents = _documents([pk for pk, _ in shown])
    return Deals([(documents[pk], crossing) for pk, crossing in shown if pk in documents], end)


@contextmanager
def bounded() -> Iterator[Any]:
    """A cursor whose statements are given up after SECONDS."""
    with snapshot(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS * 1000}"])
        yield cursor


def _ids(check: Check, among: Among, crossing: str, last: int | None, size: int) -> list[int]:
    before = "AND f.version_id < %(last)s" if last is not None else ""
    # By the sum no index is in order, so that rare ones are not looked for from the end.
    order = "f.version_id" if check.common and crossing == REST else "f.version_id + 0"
    sql = f"""
        SELECT f.version_id FROM deals_dealfact f
        WHERE {among.where()} AND {crossing} AND {check.condition} {before}
        ORDER BY {order} DESC LIMIT %(size)s
    """
    with bounded() as cursor:
        cursor.execute(sql, among.values() | {"last": last, "size": size})
        return [pk for (pk,) in cursor]


def _counted(among: Among) -> dict[str, int | None]:
    cheap = [check for check in CHECKS.values() if check.cheap]
    columns = ", ".join(f"count(*) FILTER (WHERE {check.condition})" for check in cheap)
    row = _one(f"SELECT {columns} FROM deals_dealfact f WHERE {among.where()}", among)
    found: dict[str, int | None] = {
        check.code: row[at] if row else None for at, check in enumerate(cheap)
    }
    for check in CHECKS.values():
        if not check.cheap:
            where = f"{among.where()} AND {check.condition}"
            where += f" AND {HEADLINE}" if check.headline else ""
            some = f"SELECT FROM deals_dealfact f WHERE {where} LIMIT {MOST + 1}"
            row = _one(f"SELECT count(*) FROM ({some}) one", among)
            found[check.code] = row[0] if row else None
    return found


def _one(sql: str, among: Among) -> tuple[Any, ...] | None:
    """The only row; None when the statement took too long."""
    try:
        with bounded() as cursor:
            cursor.execute(sql, among.values())
            row: tuple[Any, ...] = cursor.fetchone()
    except OperationalError as error:
        if "statement timeout" not in str(error):
            raise
        return None
    return row


def _documents(ids: list[int]) -> dict[int, dict[str, Any]]:
    with connection.cursor() as cursor:
        sql = "SELECT version_id, json FROM deals_dealdocument WHERE version_id = ANY(%s)"
        cursor.execute(sql, [ids])
        return {pk: json.loads(text) for pk, text in cursor}


def _place(after: str) -> tuple[str, int | None]:
    """ "h12" → ("h", 12): behind version 12 among those that cross."""
    part, digits = after[:1], after[1:]
    if part in ("h", "r") and digits.isascii() and digits.isdigit() and len(digits) < 18:
        return part, int(digits)
    return "h", None


def _headline() -> list[int]:
    """Pairs of countries between Europe and China, both ways, as the index numbers them."""
    ways = (("europe", "CN"), ("CN", "europe"))
    return [
        number
        for investor, target in ways
        for number in legs(FlowQuery.from_params({"investor": investor, "target": target}))
    ]
