"""Write facts and documents of versions: when they are published, and whenever they are rebuilt."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from deals.models import ledger
from deals.models.bundles import load
from deals.models.change import Change
from deals.models.documents import SCHEMA, document, dumps
from deals.models.facts import COLUMNS, fact_row

BATCH = 2_000
# How many lines are sent to the server at once.
LINES = 500
FINGERPRINTS = """
SELECT f.version_id, md5(f::text) || md5(d.json)
FROM deals_dealfact f JOIN deals_dealdocument d ON d.version_id = f.version_id
WHERE f.version_id = ANY(%s)
"""


def copy_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """`COPY` rows into a table; names come from code, never from a request.

    The lines are put together here, since psycopg looks up an adapter for every single value.
    """
    names = ", ".join(f'"{name}"' for name in columns)
    lines = map(_line, rows)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
    ):
        while block := "".join(islice(lines, LINES)):
            copy.write(block)


def _line(row: Sequence[Any]) -> str:
    """A row in COPY's text format: None, text, number, bool, day, time, or lists of them."""
    # Millions of cells go through here, so the commonest kinds are told apart without a call.
    cells = [
        "\\N"
        if value is None
        else value
        if value.__class__ is str and value.isalnum()
        else WRITERS.get(value.__class__, str)(value)
        for value in row
    ]
    return "\t".join(cells) + "\n"


def _escaped(text: str) -> str:
    # What has to be escaped is a backslash or not printable, and mostly there is neither.
    if text.isprintable() and "\\" not in text:
        return text
    text = text.replace("\\", "\\\\").replace("\t", "\\t")
    return text.replace("\n", "\\n").replace("\r", "\\r")


def _list(values: Sequence[Any]) -> str:
    return _escaped("{" + ",".join(map(_element, values)) + "}")


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


# Subclasses of str (the words of an enumeration) come out right by str() and need no escaping.
WRITERS: dict[type, Callable[[Any], str]] = {
    str: _escaped,
    bool: lambda value: "t" if value else "f",
    list: _list,
    tuple: _list,
}


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
        before = _fingerprints(ids)
        write_derived(ids)
        after = _fingerprints(ids)
        changed = sum(before.get(pk) != mark for pk, mark in after.items())
        if changed:
            ledger.append(
                Change.Kind.REFERENCE,
                by="system",
                reason=f"Facts and documents computed again; versions that differ: {changed:,}.",
            )


def _fingerprints(ids: list[int]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(FINGERPRINTS, [ids])
        return dict(cursor.fetchall())
