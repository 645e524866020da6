"""Which entries of the ledger are about deals that a question means, before or after the change.

So a deal that leaves a view is told there once more, and whoever follows the view need not wonder.
"""

from dataclasses import dataclass, replace
from typing import Any

from deals.flows.answer import one_statement
from deals.flows.changes import Entry, entries
from deals.flows.listing import Wanted, matching
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope

# A change meets the version that it published and the one that it ended, whichever is meant.
TOUCHED = """
SELECT c.seq, p.version_id, p.published_seq = c.seq
FROM deals_change c
JOIN ({matching}) p ON p.deal_id = c.deal_id
     AND (p.published_seq = c.seq OR p.superseded_seq = c.seq)
WHERE c.seq > %(touched_after)s AND c.seq < %(touched_before)s
ORDER BY c.seq {way}, 3 DESC LIMIT %(touched_most)s
"""
TEXTS = "SELECT version_id, json FROM deals_dealdocument WHERE version_id = ANY(%(versions)s)"
END = 2**62
# How far back is looked at first, and how much farther where that was not enough: most questions
# mean some of the last few thousand entries, and then a register of any size costs the same.
NEAR, WIDER = 5_000, 10


@dataclass(frozen=True, slots=True)
class Touch:
    """An entry, the document to tell it by, and whether the deal is meant no longer."""

    entry: Entry
    document: str
    left: bool


def touched(
    query: FlowQuery, scope: Scope, wanted: Wanted, *, after: int = 0, before: int = END, most: int
) -> list[int]:
    """Numbers of the first entries between `after` and `before` (neither of them), in order."""
    return sorted(_rows(query, scope, wanted, after, before, most, "ASC"))


def newest(
    query: FlowQuery, scope: Scope, wanted: Wanted, *, before: int = END, most: int
) -> list[Touch]:
    """The last entries before one, the newest first."""
    last = min(before, scope.head + 1)
    near = NEAR
    rows = _rows(query, scope, wanted, max(last - near, 0), last, most, "DESC")
    while len(rows) < most and near < last:
        near *= WIDER
        rows = _rows(query, scope, wanted, max(last - near, 0), last, most, "DESC")
    if not rows:
        return []
    found = one_statement(TEXTS, {"versions": [version for version, _came in rows.values()]})
    texts: dict[int, str] = dict(found)
    told = entries(min(rows) - 1, max(rows), len(rows), only=list(rows))
    return [
        Touch(entry, texts[version], left=not came)
        for entry in reversed(told)
        for version, came in [rows[entry.seq]]
        if version in texts
    ]


def _rows(
    query: FlowQuery, scope: Scope, wanted: Wanted, after: int, before: int, most: int, way: str
) -> dict[int, tuple[int, bool]]:
    """By entry: the version to tell it by, and whether that is the one that came."""
    sql = matching(query, replace(scope, ever=True), wanted)
    asked: dict[str, Any] = {
        "touched_after": after,
        "touched_before": before,
        # Both versions of each, of which the one that came stands first.
        "touched_most": 2 * most,
    }
    text = TOUCHED.format(matching=sql.where[0], way=way)
    found: dict[int, tuple[int, bool]] = {}
    for seq, version, came in one_statement(text, sql.params | asked):
        if seq not in found and len(found) == most:
            break
        found.setdefault(seq, (version, came))
    return found
