"""The ledger's own mechanics: its lock, its head, and how an entry is added.

Numbers are given while one advisory lock is held to the end of the transaction. A plain sequence
would give a later number to a transaction that commits earlier, and a reader that follows the
ledger would step over the other one for ever.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.dispatch import Signal
from django.utils import timezone

from deals.models.change import Change

# Any constant will do, as long as nothing else in this database takes it; a trigger asks for it.
LOCK_KEY = 4_281_503_117
# Sent after a transaction that held the lock has taken effect: there may be new entries.
grown = Signal()


def head() -> int:
    """The highest `seq` that is visible to this transaction; 0 for an empty ledger."""
    return newest()[0]


def newest() -> tuple[int, datetime | None]:
    """Number and time of the last entry: together they are this entry and no other.

    A number alone is not: after a backup was restored, another change may take it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, at FROM deals_change ORDER BY seq DESC LIMIT 1")
        row = cursor.fetchone()
    return (int(row[0]), row[1]) if row else (0, None)


def lock() -> int:
    """Wait for the ledger, keep it to the end of the transaction, and return its head."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "The ledger is locked to the end of a transaction; open one with atomic() first."
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])
    announce_at_commit()
    return head()


def announce_at_commit() -> None:
    """Once for each transaction, however often this is called."""
    if not any(announce in entry for entry in connection.run_on_commit):
        transaction.on_commit(announce, robust=True)


def announce() -> None:
    """Say that there may be something to tell; outside of transactions."""
    grown.send(sender=Change)


def append(
    kind: Change.Kind, *, by: str, reason: str = "", at: datetime | None = None, **facts: Any
) -> Change:
    """Add one entry and return it. For batches of versions see `deals.feeds.publish`."""
    with transaction.atomic():
        return Change.objects.create(
            seq=lock() + 1, kind=kind, by=by, reason=reason, at=at or timezone.now(), **facts
        )
