"""The last step of every write: prepared versions become live, all or nothing.

A batch of an import and one edit of a person both end here. Facts and documents are computed before
the ledger is locked, so that the lock is short however many versions there are.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from deals.models import ledger
from deals.models.derived import prepare_derived
from deals.models.documents import changed_facts
from deals.models.facts import SAID
from deals.models.statistics import tell_planner


class StaleVersionError(Exception):
    """Somebody else published a version of the same deal after this one was written."""

    def __init__(self, deals: list[str]) -> None:
        self.deals = deals
        super().__init__(
            f"{len(deals)} deal(s) changed since this was prepared, the first is {deals[0]}. "
            "Nothing was published; look at the newer version and try again."
        )


@dataclass(frozen=True, slots=True)
class Published:
    """The ledger entries that a publication took, both ends included; empty when last < first."""

    first: int
    last: int


# Batches from here on are worth a look at their statistics.
LARGE = 1_000
# How many documents are compared at a time.
BATCH = 1_000
# To the planner, tables that were just filled may still be empty, in whatever number of steps that
# was; it would then go through all of a table for each version.
LOOKED_AT = {
    "deals_deal": "id",
    "deals_dealversion": (
        "id, deal_id, based_on_id, target_id, import_run_id, state, published_seq, superseded_seq"
    ),
    "deals_participation": "version_id, investor_id",
    "deals_citation": "version_id",
    "deals_preparedfact": "version_id",
    "deals_dealfact": "version_id, deal_id, published_seq, superseded_seq",
    "deals_dealdocument": "version_id",
}
LATER = "SELECT id FROM deals_dealversion WHERE id = ANY(%s) AND based_on_id IS NOT NULL"
STALE = """
SELECT d.public_id FROM deals_dealversion v JOIN deals_deal d ON d.id = v.deal_id
LEFT JOIN deals_dealversion live ON live.deal_id = v.deal_id
     AND live.published_seq IS NOT NULL AND live.superseded_seq IS NULL
WHERE v.id = ANY(%(ids)s)
  AND (d.merged_into_id IS NOT NULL
       OR CASE WHEN %(kind)s = 'restored' THEN live.id IS NOT NULL
               ELSE live.id IS DISTINCT FROM v.based_on_id END)
ORDER BY d.public_id
"""
NUMBERED = """
CREATE TEMPORARY TABLE publishing ON COMMIT DROP AS
SELECT v.id, v.deal_id, %(head)s + row_number() OVER (ORDER BY v.id) AS seq
FROM deals_dealversion v WHERE v.id = ANY(%(ids)s) AND v.state = 'submitted'
"""
SUPERSEDE = """
UPDATE {table} old SET superseded_seq = p.seq FROM publishing p
WHERE old.deal_id = p.deal_id AND old.published_seq IS NOT NULL AND old.superseded_seq IS NULL
"""
FLIP = """
UPDATE deals_dealversion v SET state = 'published', published_seq = p.seq, decided_at = %(at)s,
       decided_by_id = %(decided_by)s, self_approved = %(self_approved)s
FROM publishing p WHERE v.id = p.id
"""
# Facts get into the tables and indexes of the questions once, with the number that they keep.
MOVE_FACTS = f"""
INSERT INTO deals_dealfact ({", ".join(SAID)}, published_seq)
SELECT {", ".join(f"f.{name}" for name in SAID)}, p.seq
FROM publishing p JOIN deals_preparedfact f ON f.version_id = p.id
"""
DROP_MOVED = "DELETE FROM deals_preparedfact f USING publishing p WHERE f.version_id = p.id"
# Of a version that was prepared by a release before there was a table for it.
NUMBER_FACTS = """
UPDATE deals_dealfact f SET published_seq = p.seq FROM publishing p
WHERE f.version_id = p.id AND f.published_seq IS NULL
"""
ENTRIES = """
INSERT INTO deals_change (seq, kind, deal_id, version_id, fields, reason, by, import_run_id, at)
SELECT p.seq, %(kind)s, p.deal_id, p.id, coalesce(f.fields, '[]'::jsonb),
       %(reason)s, %(by)s, %(import_run)s, %(at)s
FROM publishing p
LEFT JOIN jsonb_each(%(fields)s::jsonb) AS f(id, fields) ON f.id = p.id::text
"""


def publish(
    version_ids: Sequence[int],
    *,
    by: str,
    decided_by: int | None = None,
    self_approved: bool = False,
    reason: str = "",
    import_run: int | None = None,
    kind: str = "published",
) -> Published:
    """Make submitted versions live and number them in the ledger, in one transaction.

    Raises `StaleVersionError`, and has done nothing, when a deal's live version is no longer the
    one that a version was based on.
    """
    decided_at = timezone.now()
    with transaction.atomic():
        prepare_derived(version_ids, decided_at=decided_at)
        return go_live(
            version_ids,
            by=by,
            decided_by=decided_by,
            decided_at=decided_at,
            self_approved=self_approved,
            reason=reason,
            import_run=import_run,
            kind=kind,
        )


def go_live(
    version_ids: Sequence[int],
    *,
    by: str,
    decided_at: datetime,
    decided_by: int | None = None,
    self_approved: bool = False,
    reason: str = "",
    import_run: int | None = None,
    kind: str = "published",
) -> Published:
    """Like `publish`, for versions whose facts and documents were written with this `decided_at`.

    The last transaction of a large import, which wrote them in chunks.
    """
    if not version_ids:
        return Published(1, 0)
    ids = list(version_ids)
    with transaction.atomic(), connection.cursor() as cursor:
        tell_planner(len(ids), LOOKED_AT)
        fields = _changed_fields(ids)
        head = ledger.lock()
        _refuse_stale(ids, kind)
        cursor.execute("DROP TABLE IF EXISTS publishing")
        cursor.execute(NUMBERED, {"head": head, "ids": ids})
        published = cursor.rowcount
        # Without statistics the planner takes the table for a tiny one and loops over it.
        cursor.execute("ANALYZE publishing")
        if published != len(set(ids)):
            raise ValueError("Only submitted versions can be published, each once.")
        # A restored deal has no live version to supersede; its entry says "restored".
        for table in ("deals_dealversion", "deals_dealfact"):
            cursor.execute(SUPERSEDE.format(table=table))
        if _flip(decided_at, decided_by, self_approved) != published:
            raise ValueError("Only versions whose facts were written can be published.")
        cursor.execute(
            ENTRIES,
            {
                "reason": reason,
                "by": by,
                "import_run": import_run,
                "at": timezone.now(),
                "fields": json.dumps(fields),
                "kind": kind,
            },
        )
        cursor.execute("DROP TABLE publishing")
    return Published(head + 1, head + len(ids))


def _flip(at: datetime, decided_by: int | None, self_approved: bool) -> int:
    """How many facts came with the versions: without them a deal would be in no answer."""
    with connection.cursor() as cursor:
        cursor.execute(FLIP, {"at": at, "decided_by": decided_by, "self_approved": self_approved})
        facts = 0
        for sql in (MOVE_FACTS, NUMBER_FACTS):
            cursor.execute(sql)
            facts += cursor.rowcount
        cursor.execute(DROP_MOVED)
    return facts


def _refuse_stale(ids: list[int], kind: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(STALE, {"ids": ids, "kind": kind})
        stale = [row[0] for row in cursor]
    if stale:
        raise StaleVersionError(stale)


def _changed_fields(ids: list[int]) -> dict[int, list[str]]:
    """What differs from the version each one was based on; first versions are left out."""
    sql = """
        SELECT v.id, old.json, new.json FROM deals_dealversion v
        JOIN deals_dealdocument new ON new.version_id = v.id
        JOIN deals_dealdocument old ON old.version_id = v.based_on_id
        WHERE v.id = ANY(%s)
    """
    changed: dict[int, list[str]] = {}
    with connection.cursor() as cursor:
        # Most versions of most imports are first ones, and a look at all documents takes minutes.
        cursor.execute(LATER, [ids])
        later = [row[0] for row in cursor]
        for start in range(0, len(later), BATCH):
            cursor.execute(sql, [later[start : start + BATCH]])
            for pk, old, new in cursor:
                changed[pk] = changed_facts(json.loads(old), json.loads(new))
    return changed
