"""What differs in the register between two points of the ledger: deals new, changed and gone.

Whatever came and went in between is left out: both states are compared deal by deal, and the names
of fields are those in which the two documents of a deal differ.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from deals.flows.answer import snapshot
from deals.models import Release, ledger
from deals.models.documents import changed_facts
from deals.models.documents_at import document_at

Values = dict[str, int | str | None]
NOW = "now"
# In the order in which they are told.
WHATS = ("new", "restored", "changed", "merged", "retracted", "computed_again")
BATCH = 500
LONGEST_NUMBER = 18
MOVED = """
WITH touched AS (
    SELECT DISTINCT ON (deal_id) deal_id, seq FROM (
        SELECT deal_id, seq, true AS own FROM deals_change
        WHERE seq > %(first)s AND seq <= %(last)s AND deal_id IS NOT NULL
        UNION ALL
        -- Converted again at other rates: an entry about no deal of its own.
        SELECT f.deal_id, e.until_seq, false FROM deals_earlierdocument e
        JOIN deals_dealfact f ON f.version_id = e.version_id
        WHERE e.until_seq > %(first)s AND e.until_seq <= %(last)s
    ) t ORDER BY deal_id, own DESC, seq DESC
), moved AS (
    SELECT c.deal_id, c.seq, t.version_id AS before, n.version_id AS after,
        CASE
            WHEN n.version_id = t.version_id THEN 'computed_again'
            WHEN t.version_id IS NOT NULL AND n.version_id IS NOT NULL THEN 'changed'
            WHEN n.version_id IS NOT NULL THEN CASE WHEN EXISTS (
                SELECT 1 FROM deals_dealfact o
                WHERE o.deal_id = c.deal_id AND o.published_seq <= %(first)s
            ) THEN 'restored' ELSE 'new' END
            WHEN g.kind = 'merged' THEN 'merged'
            ELSE 'retracted'
        END AS what
    FROM touched c
    JOIN deals_change g ON g.seq = c.seq
    LEFT JOIN deals_dealfact t ON t.deal_id = c.deal_id AND t.published_seq <= %(first)s
        AND (t.superseded_seq IS NULL OR t.superseded_seq > %(first)s)
    LEFT JOIN deals_dealfact n ON n.deal_id = c.deal_id AND n.published_seq <= %(last)s
        AND (n.superseded_seq IS NULL OR n.superseded_seq > %(last)s)
    WHERE (t.version_id IS NOT NULL OR n.version_id IS NOT NULL)
      AND (t.version_id IS DISTINCT FROM n.version_id OR EXISTS (
        SELECT 1 FROM deals_earlierdocument e WHERE e.version_id = n.version_id
          AND e.until_seq > %(first)s AND e.until_seq <= %(last)s))
)
"""
COUNTS = f"{MOVED} SELECT what, count(*) FROM moved GROUP BY what"
ROWS = """
{moved}
SELECT m.deal_id, d.public_id, m.what, v.target_name, v.target_country, b.number, a.number,
       i.public_id, c.seq, c.at, c.reason, {before}, {after}
FROM (
    SELECT * FROM moved WHERE (%(what)s = '' OR what = %(what)s) AND deal_id > %(beyond)s
    ORDER BY deal_id LIMIT %(limit)s
) m
JOIN deals_deal d ON d.id = m.deal_id
JOIN deals_change c ON c.seq = m.seq
JOIN deals_dealversion v ON v.id = coalesce(m.after, m.before)
LEFT JOIN deals_dealversion b ON b.id = m.before
LEFT JOIN deals_dealversion a ON a.id = m.after
LEFT JOIN deals_dealdocument earlier ON earlier.version_id = m.before
LEFT JOIN deals_dealdocument later ON later.version_id = m.after
LEFT JOIN deals_deal i ON i.id = c.merged_into_id AND m.what = 'merged'
ORDER BY m.deal_id
"""


@dataclass(frozen=True, slots=True)
class Point:
    """A state of the register, as an address names it: a release, a number of the ledger, now."""

    name: str
    seq: int
    release: Release | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """One deal that differs. `before` and `after` are numbers of versions, None outside.

    `seq`, `at` and `reason` are those of the last entry of the ledger about it; `fields` the names
    of the facts that differ, for a deal that is there before and after.
    """

    key: int
    id: str
    what: str
    name: str
    country: str | None
    before: int | None
    after: int | None
    merged_into: str | None
    seq: int
    at: datetime
    reason: str
    fields: tuple[str, ...]


def point(text: str) -> Point | None:
    """The point of a name: that of a release, a number of the ledger, "now"; None for others."""
    if found := Release.objects.filter(name=text.replace("\0", " ")).first():
        return Point(found.name, found.seq, found)
    head = ledger.head()
    if text == NOW:
        return Point(NOW, head)
    if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER and int(text) <= head:
        return Point(str(int(text)), int(text))
    return None


def counts(first: int, last: int) -> dict[str, int]:
    """How many deals differ between two numbers of the ledger, by `WHATS`; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"first": first, "last": last})
        found = dict(cursor.fetchall())
    return {what: found[what] for what in WHATS if what in found}


def moved(
    first: int, last: int, *, what: str = "", beyond: int = 0, limit: int = BATCH
) -> list[Moved]:
    """Deals that differ, in the order of their keys, after the key `beyond`; one statement."""
    values: Values = {"first": first, "last": last, "what": what, "beyond": beyond, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_rows(first, last), values)
        return [_moved(row) for row in cursor.fetchall()]


def every_moved(first: int, last: int) -> Iterator[Moved]:
    """All of them, a few in memory at a time."""
    values: Values = {"first": first, "last": last, "what": "", "beyond": 0, "limit": None}
    with snapshot(), connection.chunked_cursor() as cursor:
        cursor.execute(_rows(first, last), values)
        while rows := cursor.fetchmany(BATCH):
            yield from map(_moved, rows)


def _rows(first: int, last: int) -> str:
    before, after = document_at("earlier", first), document_at("later", last)
    return ROWS.format(moved=MOVED, before=before, after=after)


def _moved(row: tuple[Any, ...]) -> Moved:
    before, after = row[-2:]
    fields: list[str] = []
    if before and after:
        fields = changed_facts(json.loads(before), json.loads(after))
    facts: tuple[Any, ...] = (*row[:-2], tuple(fields))
    return Moved(*facts)
