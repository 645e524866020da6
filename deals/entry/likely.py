"""Deals in the register that may be the one that somebody is typing in.

Candidates are found through the target, by its id or by every way in which its name may be
written, and by the days around the date; never by going through all deals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from deals.entry.facts import Facts, of_bundle
from deals.entry.likely_score import WINDOW_DAYS, Side, alike
from deals.entry.likely_sides import LIVE, side_of, sides_of
from deals.entry.likely_words import Reason
from deals.feeds.namekeys import lookup_keys, trigram_text
from deals.feeds.suggest import ALIKE
from deals.models import DealVersion
from deals.models.bundles import load

# The same target is worth showing while nothing speaks against it.
FLOOR = 40
NEAR_NAMES = 20
# A company with more deals than this around a date is looked at in part, the newest first.
CANDIDATES = 200

BY_KEY = """
SELECT o.id FROM deals_organization o WHERE o.key = ANY(%(keys)s)
UNION
SELECT n.organization_id FROM deals_organizationname n WHERE n.key = ANY(%(keys)s)
UNION
SELECT s.organization_id FROM deals_searchname s WHERE s.text = ANY(%(keys)s)
"""
BY_TRIGRAMS = """
SELECT o.id FROM deals_organization o
WHERE %(text)s <%% o.name AND o.merged_into_id IS NULL
ORDER BY similarity(o.name, %(name)s) DESC, o.id LIMIT %(most)s
"""
AROUND = f"""
SELECT f.deal_id FROM deals_dealfact f
WHERE f.target_id = ANY(%(targets)s) AND {LIVE} AND NOT f.generated
  AND (%(first)s::date IS NULL OR f.date_first IS NULL
       OR f.date_first <= %(last)s::date AND f.date_last >= %(first)s::date)
ORDER BY f.date_first DESC NULLS LAST, f.deal_id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Likely:
    """A live deal that may be the one in question; `score` is from 0 to 100, the likest first."""

    public_id: str
    score: int
    reasons: tuple[Reason, ...]
    facts: Facts


def likely(facts: Mapping[str, Any], *, exclude: str = "", limit: int = 5) -> list[Likely]:
    """Live deals that may be the one of these facts, of which any may be missing yet.

    `facts` are in the form of `deals.entry.facts`; `exclude` is the public id of the deal that is
    being edited. Without a target there is nothing to look for. Invented deals are never meant.
    """
    side = side_of(facts)
    targets = _targets(side)
    if not targets:
        return []
    found = []
    for other in sides_of(_around(side, targets)).values():
        score, reasons = alike(side, other)
        if score >= FLOOR:
            found.append(((-score, -_age(other), other.deal), tuple(reasons)))
    found.sort(key=lambda each: each[0])
    best = {deal: (-score, reasons) for (score, _, deal), reasons in found[: limit + 1]}
    return [one for one in _shown(best) if one.public_id != exclude][:limit]


def _age(side: Side) -> int:
    return side.last.toordinal() if side.last else 0


def _targets(side: Side) -> list[int]:
    """The target, and all that are named nearly like it."""
    found = {side.target} if side.target else set()
    if not side.likened.names:
        return sorted(found)
    (name,) = side.likened.names
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BY_KEY, {"keys": sorted(lookup_keys(name))})
        found |= {row[0] for row in cursor}
        if text := trigram_text(name):
            cursor.execute(f"SET LOCAL pg_trgm.word_similarity_threshold = {ALIKE}")
            cursor.execute(BY_TRIGRAMS, {"text": text, "name": name, "most": NEAR_NAMES})
            found |= {row[0] for row in cursor}
    return sorted(found)


def _around(side: Side, targets: list[int]) -> list[int]:
    window = timedelta(days=WINDOW_DAYS)
    dates = {
        "first": side.first - window if side.first else None,
        "last": side.last + window if side.last else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(AROUND, dates | {"targets": targets, "most": CANDIDATES})
        return [row[0] for row in cursor]


def _shown(best: Mapping[int, tuple[int, tuple[Reason, ...]]]) -> list[Likely]:
    live = DealVersion.objects.live().filter(deal__in=best)
    pks = list(live.values_list("pk", flat=True))
    bundles = {bundle.version["deal_id"]: bundle for bundle in load(pks)}
    return [
        Likely(bundles[deal].version["deal_public_id"], score, reasons, of_bundle(bundles[deal]))
        for deal, (score, reasons) in best.items()
        if deal in bundles
    ]
