"""What was corrected lately: retractions, merges, restorations, and replaced versions."""

from datetime import timedelta
from typing import Any

from django.db.models import Q

from deals.flows.answer import kept
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope
from deals.models import Change

DAYS = 30
MOST = 6
UNDONE = (Change.Kind.RETRACTED, Change.Kind.MERGED, Change.Kind.RESTORED)


def corrections(scope: Scope) -> list[dict[str, Any]]:
    """The newest of the last 30 days, without invented deals; kept until the ledger moves.

    Each: {"kind", "deal", "name", "at", "reason", "fields", "into"}; `fields` are the facts that a
    new version changed, `into` the deal that one was merged into.
    """
    found: list[dict[str, Any]] = kept("corrections", FlowQuery(), scope, lambda: _newest(scope))
    return found


def _newest(scope: Scope) -> list[dict[str, Any]]:
    # A first version has no changed facts, and is no correction.
    replaced = Q(kind=Change.Kind.PUBLISHED) & ~Q(fields=[])
    rows = (
        Change.objects.filter(Q(kind__in=UNDONE) | replaced)
        .filter(at__gte=scope.computed_at - timedelta(days=DAYS), deal__isnull=False)
        .exclude(version__population__generated=True)
        .select_related("deal", "merged_into", "version")
        .order_by("-seq")[:MOST]
    )
    return [
        {
            "kind": row.kind,
            "deal": row.deal.public_id if row.deal else "",
            "name": row.version.target_name if row.version else "",
            "at": row.at.isoformat(),
            "reason": row.reason,
            "fields": list(row.fields),
            "into": row.merged_into.public_id if row.merged_into else "",
        }
        for row in rows
    ]
