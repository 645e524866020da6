"""What the versions that wait for a decision would do to the headline shares, kept with them."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from deals.flows.whatif_versions import impact_of_bundles
from deals.models import DealVersion, Review, ledger
from deals.models.bundles import Bundle, Row, load

# An answer as of an earlier point of the ledger stands for this long, so that a page that is
# looked at while an import is published is not computed anew each time.
KEPT = timedelta(seconds=60)
# How many a worker weighs at a time.
MOST = 200


def weigh(review: Review) -> bool:
    """Compute and keep the impact of a version that waits, if it is not there or too old."""
    version = review.version
    if version is None or review.closed_at is not None or not _is_due(review, ledger.head()):
        return False
    if version.state != DealVersion.State.SUBMITTED:
        return False
    answer = impact_of_bundles(as_it_would_be(version))
    review.impact, review.impact_seq = answer, answer["seq"]
    # Handed in anew meanwhile, it is another thing that waits.
    same = Review.objects.filter(pk=review.pk, submitted_at=review.submitted_at)
    same.update(impact=answer, impact_seq=answer["seq"])
    return True


def weigh_waiting() -> int:
    """Weigh what nobody has looked at yet, the oldest first; returns how many."""
    waiting = Review.objects.filter(closed_at=None, version__isnull=False, impact__isnull=True)
    return sum(weigh(review) for review in waiting.select_related("version")[:MOST])


def as_it_would_be(version: DealVersion) -> list[Bundle]:
    """The version on top of what is live: what others changed since it was begun is kept."""
    live = version.deal.versions.live().values_list("pk", flat=True).first()
    base = version.based_on_id
    if live is None or base is None or live == base:
        return load([version.pk])
    found = {bundle.version["id"]: bundle for bundle in load([version.pk, live, base])}
    return [_combined(found[base], found[live], found[version.pk])]


def _combined(base: Bundle, live: Bundle, mine: Bundle) -> Bundle:
    """Each column and each participation as the version says where it changed it, else as live."""
    row = {
        name: value if value != base.version[name] else live.version[name]
        for name, value in mine.version.items()
    }
    row["id"] = mine.version["id"]
    return Bundle(
        row,
        _entries(base.participations, live.participations, mine.participations),
        mine.citations,
    )


def _entries(base: Sequence[Row], live: Sequence[Row], mine: Sequence[Row]) -> list[Row]:
    was, theirs, ours = ({_who(row): row for row in side} for side in (base, live, mine))
    found = []
    for key in [*theirs, *(key for key in ours if key not in theirs)]:
        mended = _said(ours.get(key)) != _said(was.get(key))
        entry = ours.get(key) if mended else theirs.get(key)
        if entry is not None:
            found.append(entry)
    return found


def _who(row: Mapping[str, Any]) -> Hashable:
    return row["investor_id"] or row["investor_name"]


def _said(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What a participation says, without the place where it says it."""
    if row is None:
        return None
    return {
        name: value for name, value in row.items() if name not in ("id", "version_id", "position")
    }


def _is_due(review: Review, head: int) -> bool:
    if review.impact is None:
        return True
    if review.impact_seq == head:
        return False
    at = parse_datetime(review.impact.get("at") or "")
    return at is None or timezone.now() - at > KEPT
