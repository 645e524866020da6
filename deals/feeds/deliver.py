"""Seventh stage: everything that was prepared becomes live in one transaction, all or nothing."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from deals.feeds.cleanup import HANGING_ON, remove_prepared
from deals.feeds.holding import hold_outdated, hold_parts, recount
from deals.feeds.lease import LostError, advance, keep_others_out
from deals.feeds.match import lock as lock_matching
from deals.feeds.populations import announce_population, population_of, settle_population
from deals.feeds.profile import Profile
from deals.feeds.publish import StaleVersionError, go_live
from deals.models import Feed, ImportRun, StagedDeal

Phase = ImportRun.Phase
# Imports are published one after the other, so that of two files with one deal the second sees it.
LOCK_KEY = 4_281_503_118
LARGE = 1_000
COUNTS = (
    "deals_created", "deals_updated", "deals_unchanged", "deals_conflict", "deals_held",
    "deals_absent",
)  # fmt: skip
REMEMBER = (
    # What an undo puts back.
    """UPDATE deals_stageddeal s SET previous = r.facts FROM deals_feedrecord r
    WHERE s.import_run_id = %(run)s AND s.outcome IN ('updated', 'unchanged')
      AND r.feed_id = %(feed)s AND r.key = s.key COLLATE "default" """,
    """UPDATE deals_feedrecord r SET facts = s.facts FROM deals_stageddeal s
    WHERE s.import_run_id = %(run)s AND s.outcome IN ('updated', 'unchanged')
      AND r.feed_id = %(feed)s AND r.key = s.key COLLATE "default" """,
    # Last, since the planner does not know of these records when it joins with them.
    """INSERT INTO deals_feedrecord (feed_id, key, deal_id, facts)
    SELECT %(feed)s, key, deal_id, facts FROM deals_stageddeal
    WHERE import_run_id = %(run)s AND outcome = 'created'""",
)
# Organizations that were merged after the versions that name them were prepared.
MERGED = """
SELECT d.public_id FROM deals_organization o
JOIN deals_dealversion v ON v.target_id = o.id JOIN deals_deal d ON d.id = v.deal_id
WHERE o.merged_into_id IS NOT NULL AND v.import_run_id = %(run)s AND v.state = 'submitted'
UNION
SELECT d.public_id FROM deals_organization o
JOIN deals_participation p ON p.investor_id = o.id
JOIN deals_dealversion v ON v.id = p.version_id JOIN deals_deal d ON d.id = v.deal_id
WHERE o.merged_into_id IS NOT NULL AND v.import_run_id = %(run)s AND v.state = 'submitted'
"""


def wait_for_turn() -> None:
    """Lock out other imports to the end of the transaction; always before the ledger's lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])


@transaction.atomic
def open_publication(run: ImportRun, profile: Profile) -> None:
    """Judge once more what only the whole file shows, and make a population that is missing.

    Raises `Refused` for a population that is of another kind, and IntegrityError while another
    import of the feed is being published.
    """
    keep_others_out(run)
    # Of an import that failed once it was approved: it is judged by what is there now.
    remove_prepared(run.pk)
    hold_outdated(run)
    hold_parts(run)
    recount(run)
    population_of(profile)
    run.decided_at = run.decided_at or timezone.now()
    run.phase, run.checkpoint = Phase.PREPARING, {"key": "", "opened": True}
    # What was foretold is now counted.
    run.organizations_new = 0
    advance(run, "phase", "checkpoint", "decided_at", "organizations_new", *COUNTS)


def publish_prepared(run: ImportRun, profile: Profile) -> None:
    """Make an import's versions live. Raises StaleVersionError when some have to be made again."""
    by = run.decided_by
    own = by is not None and by.pk == run.created_by_id
    reason = run.reason or f"Import {run.pk} of {run.file_name}"
    with transaction.atomic():
        wait_for_turn()
        # Organizations must not be merged away between this look and the end.
        lock_matching()
        feed = Feed.objects.select_for_update().get(pk=run.feed_id)
        _refuse_merged(run)
        prepared = StagedDeal.objects.filter(import_run=run, version__isnull=False)
        go_live(
            list(prepared.values_list("version_id", flat=True)),
            by=by.get_username() if by else "system",
            decided_by=run.decided_by_id,
            decided_at=run.decided_at or timezone.now(),
            self_approved=own,
            reason=reason,
            import_run=run.pk,
        )
        _remember(run, feed)
        feed.population, redefined = settle_population(profile)
        feed.name, feed.profile = profile.name, profile.text
        feed.save(update_fields=["population", "name", "profile"])
        announce_population(
            feed.population,
            redefined,
            by=by.get_username() if by else "system",
        )
        _close(run, reason)


def _remember(run: ImportRun, feed: Feed) -> None:
    """Keep what the feed delivered, also where the live deal had the new value already."""
    with connection.cursor() as cursor:
        if run.deals_updated + run.deals_unchanged >= LARGE:
            # To its statistics the tables may still be empty, and the planner would loop over them.
            cursor.execute(
                "ANALYZE deals_stageddeal (import_run_id, key, outcome),"
                " deals_feedrecord (feed_id, key)"
            )
        for sql in REMEMBER:
            cursor.execute(sql, {"run": run.pk, "feed": feed.pk})


def _refuse_merged(run: ImportRun) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MERGED, {"run": run.pk})
        stale = [row[0] for row in cursor]
    if stale:
        raise StaleVersionError(stale)


def _close(run: ImportRun, reason: str) -> None:
    """Count what really happened, which may be less than was staged, and end the run."""
    recount(run)
    run.reason, run.finished_at, run.checkpoint, run.problem = reason, timezone.now(), {}, ""
    advance(run, "reason", "finished_at", "checkpoint", "problem", *COUNTS)
    ended = ImportRun.objects.filter(pk=run.pk, fence=run.fence).update(
        state=ImportRun.State.PUBLISHED, leased_until=None, tries=0
    )
    if not ended:
        raise LostError(f"Import {run.pk} is no longer this worker's.")
    run.state, run.leased_until = ImportRun.State.PUBLISHED, None


@transaction.atomic
def prepare_again(run: ImportRun, stale: StaleVersionError) -> None:
    """Drop versions of deals that changed since they were prepared; they are judged anew."""
    run.phase = Phase.PREPARING
    run.checkpoint = {**run.checkpoint, "key": ""}
    drop_versions(run.pk, stale.deals)
    advance(run, "phase", "checkpoint")


def drop_versions(run_id: int, deals: list[str]) -> None:
    """Delete the prepared versions of these deals (public ids)."""
    values: dict[str, Any] = {"run": run_id, "deals": deals}
    chosen = (
        "SELECT v.id FROM deals_dealversion v JOIN deals_deal d ON d.id = v.deal_id"
        " WHERE v.import_run_id = %(run)s AND v.state = 'submitted'"
        " AND d.public_id = ANY(%(deals)s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deals_stageddeal SET version_id = NULL WHERE import_run_id = %(run)s"
            f" AND version_id IN ({chosen})",
            values,
        )
        for table in HANGING_ON:
            cursor.execute(f"DELETE FROM {table} WHERE version_id IN ({chosen})", values)
        cursor.execute(f"DELETE FROM deals_dealversion WHERE id IN ({chosen})", values)
