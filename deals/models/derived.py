"""Write facts and documents of versions: before they are published, and when they are rebuilt."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

from deals.models import ledger
from deals.models.bulk import blocks, copy_blocks
from deals.models.bundles import Bundle, load
from deals.models.change import Change
from deals.models.documents import SCHEMA, document, dumps
from deals.models.documents_at import keep_earlier, shown_by_releases
from deals.models.facts import COLUMNS, SAID, fact_row, said_row

BATCH = 2_000
DOCUMENT = ("version_id", "schema", "json")
# The first of an entry's `fields` where documents were computed again; the ids of the live deals
# whose document differs follow it.
DOCUMENTS = "documents"
FINGERPRINTS = """
SELECT f.version_id, md5(f::text), md5(d.json)
FROM deals_dealfact f JOIN deals_dealdocument d ON d.version_id = f.version_id
WHERE f.version_id = ANY(%s)
"""
LIVE_DEALS = """
SELECT d.public_id FROM deals_dealversion v JOIN deals_deal d ON d.id = v.deal_id
WHERE v.id = ANY(%s) AND v.published_seq IS NOT NULL AND v.superseded_seq IS NULL
ORDER BY d.public_id
"""


def write_derived(version_ids: Sequence[int]) -> None:
    """Replace facts and documents of these published versions, in one transaction."""
    with transaction.atomic():
        for ids in _batches(version_ids):
            bundles, today = load(ids), timezone.now().date()
            _delete(ids, "deals_dealfact", "deals_dealdocument")
            facts = blocks(fact_row(bundle, today=today) for bundle in bundles)
            copy_blocks("deals_dealfact", COLUMNS, facts)
            documents = blocks(_document_row(bundle, today, None) for bundle in bundles)
            copy_blocks("deals_dealdocument", DOCUMENT, documents)


def prepare_derived(version_ids: Sequence[int], *, decided_at: datetime) -> None:
    """Write what the publication of these versions will make known, in one transaction.

    `decided_at` is when they will have been decided on.
    """
    with transaction.atomic():
        for ids in _batches(version_ids):
            bundles = load(ids)
            _delete(ids, "deals_preparedfact", "deals_dealfact", "deals_dealdocument")
            make_derived(bundles, decided_at=decided_at).write()


def _batches(version_ids: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(version_ids), BATCH):
        yield list(version_ids[start : start + BATCH])


def _delete(ids: list[int], *tables: str) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table} WHERE version_id = ANY(%s)", [ids])


@dataclass(frozen=True, slots=True)
class Derived:
    """Facts and documents of some versions that are about to be published."""

    facts: list[str]
    documents: list[str]

    def write(self) -> None:
        """Write them; the versions must have none yet."""
        copy_blocks("deals_preparedfact", SAID, self.facts)
        copy_blocks("deals_dealdocument", DOCUMENT, self.documents)


def make_derived(bundles: Sequence[Bundle], *, decided_at: datetime | None = None) -> Derived:
    """Compute facts and documents, without the database."""
    today = timezone.now().date()
    return Derived(
        list(blocks(said_row(b, today=today) for b in bundles)),
        list(blocks(_document_row(b, today, decided_at) for b in bundles)),
    )


def _document_row(bundle: Bundle, today: date, decided_at: datetime | None) -> tuple[int, int, str]:
    text = dumps(document(bundle, today=today, decided_at=decided_at))
    return bundle.version["id"], SCHEMA, text


def rebuild(*, only_provisional: bool = False) -> int:
    """Recompute every published version's facts and documents; returns how many.

    `only_provisional`: just those converted at a mean rate of a period that was still open. Where
    anything came out differently the ledger gets an entry, since its head stands for every answer.
    """
    sql = "SELECT v.id FROM deals_dealversion v WHERE v.state = 'published' ORDER BY v.id"
    if only_provisional:
        sql = "SELECT version_id FROM deals_dealfact WHERE rate_provisional ORDER BY version_id"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        ids = [row[0] for row in cursor]
    for start in range(0, len(ids), BATCH):
        _rebuild(ids[start : start + BATCH])
    return len(ids)


def _rebuild(ids: list[int]) -> None:
    """One batch in a transaction of its own, so that publishers wait for a moment only.

    Without the ledger's lock a version that is superseded meanwhile would come back as live.
    """
    with transaction.atomic():
        ledger.lock()
        before, shown = _fingerprints(ids), shown_by_releases(ids)
        write_derived(ids)
        after = _fingerprints(ids)
        changed = [pk for pk, marks in after.items() if before.get(pk) != marks]
        reworded = [pk for pk in changed if pk not in before or before[pk][1] != after[pk][1]]
        if changed:
            many = f"{len(changed):,}"
            entry = ledger.append(
                Change.Kind.REFERENCE,
                by="system",
                reason=f"Facts and documents computed again; versions that differ: {many}.",
                fields=[DOCUMENTS, *_live_deals(reworded)] if reworded else [],
            )
            keep_earlier({pk: shown[pk] for pk in reworded if pk in shown}, entry.seq)


def _fingerprints(ids: list[int]) -> dict[int, tuple[str, str]]:
    """Digests of facts and document by version."""
    with connection.cursor() as cursor:
        cursor.execute(FINGERPRINTS, [ids])
        return {pk: (facts, text) for pk, facts, text in cursor}


def _live_deals(ids: list[int]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(LIVE_DEALS, [ids])
        return [row[0] for row in cursor]
