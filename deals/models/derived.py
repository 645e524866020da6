"""Write facts and documents of versions: when they are published, and whenever they are rebuilt."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from deals.models.bundles import load
from deals.models.documents import SCHEMA, document, dumps
from deals.models.facts import COLUMNS, fact_row

BATCH = 2_000


def copy_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """`COPY` rows into a table; names come from code, never from a request."""
    with connection.cursor() as cursor:
        names = ", ".join(f'"{name}"' for name in columns)
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def write_derived(version_ids: Sequence[int], *, decided_at: datetime | None = None) -> None:
    """Replace facts and documents of these versions, in batches, inside one transaction.

    `decided_at` stands in for the versions' own where they are about to be published.
    """
    today = timezone.now().date()
    with transaction.atomic():
        for start in range(0, len(version_ids), BATCH):
            ids = list(version_ids[start : start + BATCH])
            bundles = load(ids)
            with connection.cursor() as cursor:
                for table in ("deals_dealfact", "deals_dealdocument"):
                    cursor.execute(f"DELETE FROM {table} WHERE version_id = ANY(%s)", [ids])
            copy_rows("deals_dealfact", COLUMNS, [fact_row(b, today=today) for b in bundles])
            copy_rows(
                "deals_dealdocument",
                ("version_id", "schema", "json"),
                [
                    (
                        b.version["id"],
                        SCHEMA,
                        dumps(document(b, today=today, decided_at=decided_at)),
                    )
                    for b in bundles
                ],
            )


def rebuild(*, only_provisional: bool = False) -> int:
    """Recompute every published version's facts and documents; returns how many.

    `only_provisional`: just those converted at a mean rate of a period that was still open.
    """
    sql = "SELECT v.id FROM deals_dealversion v WHERE v.state = 'published' ORDER BY v.id"
    if only_provisional:
        sql = "SELECT version_id FROM deals_dealfact WHERE rate_provisional ORDER BY version_id"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        ids = [row[0] for row in cursor]
    write_derived(ids)
    return len(ids)
