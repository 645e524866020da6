"""A version with everything that hangs on it, read in three queries however many are asked for."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

Row = dict[str, Any]

VERSIONS = """
SELECT v.*, d.public_id AS deal_public_id, t.public_id AS target_public_id,
       u.public_id AS part_of_public_id, p.code AS population_code,
       coalesce(p.generated, false) AS generated
FROM deals_dealversion v
JOIN deals_deal d ON d.id = v.deal_id
JOIN deals_organization t ON t.id = v.target_id
LEFT JOIN deals_deal u ON u.id = v.part_of_id
LEFT JOIN deals_population p ON p.id = v.population_id
WHERE v.id = ANY(%s) ORDER BY v.id
"""
PARTICIPATIONS = """
SELECT p.*, o.public_id AS investor_public_id
FROM deals_participation p LEFT JOIN deals_organization o ON o.id = p.investor_id
WHERE p.version_id = ANY(%s) ORDER BY p.version_id, p.position
"""
CITATIONS = """
SELECT c.*, s.kind, s.url, s.title, s.publisher, s.published_on, s.accessed_on
FROM deals_citation c JOIN deals_source s ON s.id = c.source_id
WHERE c.version_id = ANY(%s) ORDER BY c.version_id, c.id
"""


@dataclass(frozen=True, slots=True)
class Bundle:
    """One version's row, its participations in order, and its citations with their sources."""

    version: Row
    participations: list[Row]
    citations: list[Row]


def _rows(sql: str, ids: Sequence[int]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(ids)])
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def _by_version(rows: list[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["version_id"]].append(row)
    return grouped


def load(version_ids: Sequence[int]) -> list[Bundle]:
    """Bundles in order of version id; ids that do not exist are left out."""
    parts = _by_version(_rows(PARTICIPATIONS, version_ids))
    citations = _by_version(_rows(CITATIONS, version_ids))
    versions = _rows(VERSIONS, version_ids)
    for row in versions:
        # Django has its own decoder for JSON columns, so a plain cursor gives their text.
        for name in ("status_history", "choices"):
            row[name] = json.loads(row[name])
    return [Bundle(row, parts.get(row["id"], []), citations.get(row["id"], [])) for row in versions]
