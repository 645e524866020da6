"""Many live versions taken out of the numbers at once, each with its entry in the ledger."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from deals.feeds.publish import StaleVersionError
from deals.models import ledger

STALE = """
SELECT d.public_id FROM deals_dealversion v JOIN deals_deal d ON d.id = v.deal_id
WHERE v.id = ANY(%(ids)s) AND (v.published_seq IS NULL OR v.superseded_seq IS NOT NULL)
ORDER BY d.public_id
"""
ENTRIES = """
INSERT INTO deals_change (seq, kind, deal_id, version_id, fields, reason, by, import_run_id, at)
SELECT %(head)s + row_number() OVER (ORDER BY v.id), 'retracted', v.deal_id, v.id, '[]'::jsonb,
       %(reason)s, %(by)s, %(import_run)s, %(at)s
FROM deals_dealversion v WHERE v.id = ANY(%(ids)s)
"""
SUPERSEDE = """
UPDATE {table} v SET superseded_seq = c.seq FROM deals_change c
WHERE c.version_id = v.{key} AND c.seq > %(head)s AND c.kind = 'retracted'
"""


def retract_versions(
    version_ids: Sequence[int], *, by: str, reason: str, import_run: int | None = None
) -> int:
    """Retract the deals of these live versions; returns how many entries that took.

    Raises StaleVersionError, and has done nothing, when one of them is no longer live.
    """
    if not version_ids:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        values: dict[str, Any] = {
            "head": ledger.lock(),
            "ids": list(version_ids),
            "by": by,
            "reason": reason,
            "import_run": import_run,
            "at": timezone.now(),
        }
        cursor.execute(STALE, values)
        stale = [row[0] for row in cursor]
        if stale:
            raise StaleVersionError(stale)
        cursor.execute(ENTRIES, values)
        entries: int = cursor.rowcount
        cursor.execute(SUPERSEDE.format(table="deals_dealversion", key="id"), values)
        cursor.execute(SUPERSEDE.format(table="deals_dealfact", key="version_id"), values)
    return entries
