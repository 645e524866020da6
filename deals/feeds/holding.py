"""What can only be seen when the whole file is known: circles, absent deals, parts without whole.

A deal is held when publishing it might count one transaction twice, or bring an old value back.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from deals.feeds.compare import Outcome
from deals.feeds.group import CIRCLE, refused
from deals.feeds.profile import Profile
from deals.feeds.stage import Staged, write_deals, write_errors
from deals.feeds.tranches import in_circles
from deals.models import FeedRecord, ImportRun, StagedDeal
from deals.rules.names import normalise

# In a full delivery: an absent and a new deal of one target so close in time may be one, re-keyed.
REKEYED_DAYS = 62
# A deal that came under its new key is not absent under the old one.
ABSENT = """
SELECT r.key, r.deal_id, r.facts->>'target_name', r.facts->'date'->>'first'
FROM deals_feedrecord r
WHERE r.feed_id = %(feed)s AND NOT EXISTS (
    SELECT 1 FROM deals_stagedrow s WHERE s.run = %(run)s AND s.key = r.key COLLATE "C"
) AND NOT EXISTS (
    SELECT 1 FROM deals_feedrecord o
    JOIN deals_stagedrow s ON s.run = %(run)s AND s.key = o.key COLLATE "C"
    WHERE o.deal_id = r.deal_id AND o.feed_id = %(feed)s AND o.id <> r.id
) ORDER BY r.key COLLATE "C"
"""
NEW = """
SELECT key, facts->>'target_name', facts->'date'->>'first'
FROM deals_stageddeal WHERE import_run_id = %s AND outcome = 'created'
"""


def refuse_circles(run: ImportRun, profile: Profile) -> None:
    """Reject deals that are a part of themselves; their rows move in the balance."""
    tranches = StagedDeal.objects.filter(import_run=run).exclude(part_of="")
    circles = in_circles(dict(tranches.values_list("key", "part_of")))
    for deal in StagedDeal.objects.filter(import_run=run, key__in=circles).order_by("key"):
        write_errors(run, refused(deal.rows, "part_of", CIRCLE, profile))
        run.rows_used -= len(deal.rows)
        run.rows_rejected += len(deal.rows)
        run.deals_in_file -= 1
        run.participations -= len(deal.facts["investors"])
        name = f"deals_{deal.outcome}"
        setattr(run, name, getattr(run, name) - 1)
        deal.delete()


def list_absent(run: ImportRun) -> None:
    """In a full delivery: list what is no longer in it, and hold what is perhaps only re-keyed."""
    with connection.cursor() as cursor:
        cursor.execute(ABSENT, {"feed": run.feed_id, "run": run.pk})
        absent = cursor.fetchall()
    run.deals_absent = len(absent)
    write_deals(run, (Staged(key, {}, [], Outcome.ABSENT, [], deal) for key, deal, _, _ in absent))
    gone: dict[str, list[str | None]] = {}
    for _, _, target, first in absent:
        gone.setdefault(normalise(target), []).append(first)
    if not gone:
        return
    with connection.cursor() as cursor:
        cursor.execute(NEW, [run.pk])
        held = [
            key
            for key, target, first in cursor
            if any(near(first, other) for other in gone.get(normalise(target), ()))
        ]
    _hold(run, held, "key")


def hold_parts(run: ImportRun) -> None:
    """A tranche waits while its umbrella deal is held, or in neither the file nor the register."""
    staged = StagedDeal.objects.filter(import_run=run)
    _release(staged.filter(outcome=Outcome.HELD, fields=["part_of"]))
    parts = {
        key: (whole, deal)
        for key, whole, deal in staged.exclude(part_of="")
        .exclude(outcome=Outcome.HELD)
        .values_list("key", "part_of", "deal_id")
    }
    wholes = {whole for whole, _ in parts.values()}
    known = set(
        FeedRecord.objects.filter(feed=run.feed_id, key__in=wholes).values_list("key", flat=True)
    )
    coming = set(
        staged.filter(key__in=wholes).exclude(outcome=Outcome.HELD).values_list("key", flat=True)
    )
    _hold(run, _without_whole(parts, wholes - known - coming), "part_of")


def hold_outdated(run: ImportRun) -> None:
    """An import that waited while a later one of its feed was published brings nothing old back."""
    later = StagedDeal.objects.filter(
        import_run__feed=run.feed_id,
        import_run__state=ImportRun.State.PUBLISHED,
        import_run__gt=run.pk,
        outcome__in=(Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED),
    )
    mine = StagedDeal.objects.filter(
        import_run=run, outcome__in=(Outcome.CREATED, Outcome.UPDATED, Outcome.CONFLICT)
    )
    outdated = mine.filter(key__in=later.values("key"))
    outdated.update(outcome=Outcome.HELD, fields=["newer"])


def recount(run: ImportRun) -> None:
    """Bring the balance of deals in line with what is staged; what is not staged is unchanged."""
    counts: dict[str, int] = dict.fromkeys(Outcome, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, count(*) FROM deals_stageddeal WHERE import_run_id = %s GROUP BY 1",
            [run.pk],
        )
        counts.update(cursor.fetchall())
    staged = sum(counts.values()) - counts[Outcome.ABSENT]
    counts[Outcome.UNCHANGED] += run.deals_in_file - staged
    for outcome, number in counts.items():
        setattr(run, f"deals_{outcome}", number)


def _release(held: Any) -> None:
    held.filter(deal__isnull=True).update(outcome=Outcome.CREATED, fields=[])
    held.filter(Q(deal__isnull=False)).update(outcome=Outcome.UPDATED, fields=[])


def _without_whole(parts: Mapping[str, tuple[str, int | None]], missing: set[str]) -> set[str]:
    """Keys of the parts that have to wait; one that was never published is missing itself."""
    held: set[str] = set()
    while missing:
        found = {key for key, (whole, _) in parts.items() if whole in missing} - held
        held |= found
        missing = {key for key in found if parts[key][1] is None}
    return held


def _hold(run: ImportRun, keys: Iterable[str], why: str) -> None:
    staged = StagedDeal.objects.filter(import_run=run, key__in=list(keys))
    staged.update(outcome=Outcome.HELD, fields=[why])


def near(one: str | None, other: str | None) -> bool:
    """Whether two ISO dates are so close that the deals may be one; unknown is near unknown."""
    if one is None or other is None:
        return one == other
    first, last = sorted((date.fromisoformat(one), date.fromisoformat(other)))
    return (last - first).days <= REKEYED_DAYS
