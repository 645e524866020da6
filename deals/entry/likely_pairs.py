"""Pairs of live deals that may be one, stored for a person to decide on; see `likely_score`.

Candidates have the same target, or targets about which the same question is open, and dates near
each other; they are joined by index in the database. A pair that somebody decided on stays decided.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone, translation

from deals.entry.likely_score import WINDOW_DAYS, WORTH_ASKING, Side, alike
from deals.entry.likely_sides import LIVE, sides_of
from deals.entry.likely_words import Reason

BATCH = 1_000
# A deal that is like very many is like none of them.
MOST = 5
Pair = tuple[int, int]
Pairs = dict[Pair, tuple[int, list[Reason]]]

CANDIDATES = f"""
WITH mine AS MATERIALIZED (
    SELECT f.deal_id, f.target_id, f.date_first, f.date_last, f.generated
    FROM deals_dealfact f WHERE f.deal_id = ANY(%(deals)s) AND {LIVE}
), asked AS (
    SELECT m.*, m.target_id AS like_id FROM mine m
    UNION
    SELECT m.*, s.other_id FROM mine m
    JOIN deals_suggestion s ON s.one_id = m.target_id AND s.state = 'open'
    UNION
    SELECT m.*, s.one_id FROM mine m
    JOIN deals_suggestion s ON s.other_id = m.target_id AND s.state = 'open'
)
SELECT DISTINCT least(m.deal_id, f.deal_id), greatest(m.deal_id, f.deal_id)
FROM asked m JOIN deals_dealfact f ON f.target_id = m.like_id AND {LIVE}
WHERE f.deal_id <> m.deal_id AND f.generated = m.generated
  AND (m.date_first IS NULL OR f.date_first IS NULL
       OR f.date_first <= m.date_last + %(window)s AND f.date_last >= m.date_first - %(window)s)
"""
STORE = """
INSERT INTO deals_dealsuggestion AS s (one_id, other_id, score, reasons, state, created_at)
SELECT one, other, score, reasons::jsonb, 'open', %s
FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::text[]) AS p(one, other, score, reasons)
ON CONFLICT (one_id, other_id) DO UPDATE SET score = excluded.score, reasons = excluded.reasons
WHERE s.state = 'open' AND (s.score, s.reasons) IS DISTINCT FROM (excluded.score, excluded.reasons)
"""
# An edit may have made clear that two are two.
FORGET = """
DELETE FROM deals_dealsuggestion s
WHERE s.state = 'open' AND (s.one_id = ANY(%(deals)s) OR s.other_id = ANY(%(deals)s))
  AND NOT EXISTS (
    SELECT 1 FROM unnest(%(ones)s::bigint[], %(others)s::bigint[]) AS p(one, other)
    WHERE p.one = s.one_id AND p.other = s.other_id)
  AND EXISTS (SELECT 1 FROM deals_dealfact f WHERE f.deal_id = s.one_id
              AND f.published_seq IS NOT NULL AND f.superseded_seq IS NULL)
  AND EXISTS (SELECT 1 FROM deals_dealfact f WHERE f.deal_id = s.other_id
              AND f.published_seq IS NOT NULL AND f.superseded_seq IS NULL)
"""
OF_IMPORT = """
SELECT deal_id FROM deals_dealversion
WHERE import_run_id = %s AND published_seq IS NOT NULL AND superseded_seq IS NULL ORDER BY deal_id
"""
SINCE = """
SELECT v.deal_id FROM deals_dealversion v
WHERE v.superseded_seq IS NULL AND v.import_run_id IS NULL
  AND v.published_seq >= (SELECT min(c.seq) FROM deals_change c WHERE c.at >= %s)
ORDER BY v.deal_id
"""
ALL = f"SELECT f.deal_id FROM deals_dealfact f WHERE {LIVE} ORDER BY f.deal_id"


def suggest_for_import(run_id: int) -> int:
    """Look at the deals that an import published or changed; returns how many pairs are stored."""
    return suggest(_deals(OF_IMPORT, [run_id]))


def suggest_since(moment: datetime) -> int:
    """Look at the deals that people published or changed since then."""
    return suggest(_deals(SINCE, [moment]))


def suggest_all() -> int:
    """Look at all live deals."""
    return suggest(_deals(ALL, []))


def suggest(deals: Sequence[int]) -> int:
    """Store the pairs of these deals with any others; returns how many were new or changed.

    Calling again changes nothing. Each batch is a transaction of its own.
    """
    stored = 0
    for start in range(0, len(deals), BATCH):
        batch = deals[start : start + BATCH]
        with transaction.atomic():
            found = _pairs(batch)
            _forget(batch, found)
            stored += _store(_best(found))
    return stored


def _deals(sql: str, params: list[int | datetime]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor]


def _pairs(deals: Sequence[int]) -> Pairs:
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, {"deals": list(deals), "window": WINDOW_DAYS})
        candidates: list[Pair] = cursor.fetchall()
    sides = sides_of({deal for pair in candidates for deal in pair})
    return dict(_worth_asking(candidates, sides))


def _worth_asking(
    candidates: Iterable[Pair], sides: dict[int, Side]
) -> Iterator[tuple[Pair, tuple[int, list[Reason]]]]:
    for one, other in candidates:
        score, reasons = alike(sides[one], sides[other])
        if score >= WORTH_ASKING:
            yield (one, other), (score, reasons)


def _best(found: Pairs) -> Pairs:
    """Of every deal the few likest."""
    by_deal: dict[int, list[tuple[int, Pair]]] = defaultdict(list)
    for pair, (score, _) in found.items():
        for deal in pair:
            by_deal[deal].append((-score, pair))
    chosen = {pair for asked in by_deal.values() for _, pair in sorted(asked)[:MOST]}
    return {pair: said for pair, said in found.items() if pair in chosen}


def _forget(deals: Sequence[int], found: Pairs) -> None:
    ones, others = [one for one, _ in found], [other for _, other in found]
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"deals": list(deals), "ones": ones, "others": others})


def _store(pairs: Pairs) -> int:
    if not pairs:
        return 0
    ones, others = zip(*pairs, strict=True)
    scores = [score for score, _ in pairs.values()]
    # Sentences are kept in English; pages write them anew in the reader's language.
    with translation.override("en"):
        reasons = [json.dumps([why.stored() for why in said]) for _, said in pairs.values()]
    with connection.cursor() as cursor:
        cursor.execute(STORE, [timezone.now(), list(ones), list(others), scores, reasons])
        return cursor.rowcount
