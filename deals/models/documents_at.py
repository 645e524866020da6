"""What a version's document said at a point of the ledger.

A document is computed again when a rate becomes final, or a rule or the schema changes; the entry
of the ledger that says so has "documents" as the first of its `fields`. What stood there before is
kept where a release shows the version, so that a release says for ever what it said first.
"""

from collections.abc import Sequence

from django.db import connection

from deals.models.bulk import copy_rows

EARLIER = """coalesce((
    SELECT e.json FROM deals_earlierdocument e
    WHERE e.version_id = {alias}.version_id AND e.until_seq > {seq}
    ORDER BY e.until_seq LIMIT 1), {alias}.json)"""
# A release shows the version, and nothing is kept yet of what it showed.
SHOWN = """
SELECT d.version_id, d.json FROM deals_dealdocument d
JOIN deals_dealversion v ON v.id = d.version_id
WHERE d.version_id = ANY(%s) AND EXISTS (
    SELECT 1 FROM deals_release r
    WHERE r.seq >= v.published_seq AND (v.superseded_seq IS NULL OR r.seq < v.superseded_seq)
      AND NOT EXISTS (SELECT 1 FROM deals_earlierdocument e
                      WHERE e.version_id = v.id AND e.until_seq > r.seq))
"""


def document_at(alias: str, seq: int | None) -> str:
    """SQL for the text of the row `alias` of deals_dealdocument as of entry `seq`; None is now.

    Which versions were live then is the asker's business (`deals.flows.conditions.in_ledger`).
    """
    return f"{alias}.json" if seq is None else EARLIER.format(alias=alias, seq=int(seq))


def shown_by_releases(version_ids: Sequence[int]) -> dict[int, str]:
    """The documents of those of these versions that some release would lose if they changed."""
    with connection.cursor() as cursor:
        cursor.execute(SHOWN, [list(version_ids)])
        return dict(cursor.fetchall())


def keep_earlier(texts: dict[int, str], until_seq: int) -> None:
    """Keep what documents (by version) said until the entry `until_seq` replaced it."""
    rows = [(version, until_seq, text) for version, text in sorted(texts.items())]
    copy_rows("deals_earlierdocument", ("version_id", "until_seq", "json"), rows)
