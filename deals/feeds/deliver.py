"""Sixth stage: approved deals of an import become published versions, in one transaction.

Deals whose live version changed since staging are judged again first. Rows are written by COPY; the
last step is the same `publish` that a person's edit ends in.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from deals.feeds.compare import (
    Comparison,
    Outcome,
    Verdict,
    compare,
    hold_parts_without_whole,
)
from deals.feeds.facts import Facts, live
from deals.feeds.match import Named, organizations
from deals.feeds.populations import announce_population, settle_population
from deals.feeds.profile import Profile
from deals.feeds.profile_toml import load_profile
from deals.feeds.publish import publish
from deals.feeds.stage import Staged, staged_deals
from deals.feeds.versions import NewVersion, write_versions
from deals.models import Feed, ImportRun, StagedDeal

# Imports are published one after the other, so that two files never make one organization twice.
LOCK_KEY = 4_281_503_118
REMEMBER_FIRST = """
INSERT INTO deals_feedrecord (feed_id, key, deal_id, facts)
SELECT %s, s.key, new.deal, s.facts
FROM unnest(%s::text[], %s::bigint[]) AS new(key, deal)
JOIN deals_stageddeal s ON s.key = new.key AND s.import_run_id = %s
"""
REMEMBER_AGAIN = """
UPDATE deals_feedrecord r SET facts = s.facts FROM deals_stageddeal s
WHERE r.feed_id = %s AND s.import_run_id = %s AND s.key = r.key AND r.key = ANY(%s)
"""
DECIDABLE = (ImportRun.State.REVIEW, ImportRun.State.RUNNING)


class NotDecidableError(Exception):
    """The import is not waiting for a decision."""


def deliver(
    run_id: int,
    *,
    by: str = "system",
    decided_by: int | None = None,
    self_approved: bool = False,
    reason: str = "",
    staged: dict[str, Staged] | None = None,
) -> ImportRun:
    """Publish what an import staged as created or updated; conflicts and held deals stay staged.

    `staged` is what `stage` has just written, if this follows at once.
    """
    with transaction.atomic():
        wait_for_turn()
        run = ImportRun.objects.select_for_update().get(pk=run_id)
        if run.state not in DECIDABLE:
            raise NotDecidableError(
                f"Import {run.pk} is {run.state}; only an import in review can be published."
            )
        profile = load_profile(run.profile)
        feed = Feed.objects.select_for_update().get(pk=run.feed_id)
        feed.population, redefined = settle_population(profile)
        feed.name, feed.profile = profile.name, profile.text
        feed.save(update_fields=["population", "name", "profile"])
        staged = staged_deals(run) if staged is None else staged
        incoming = {key: row.facts for key, row in staged.items()}
        comparison = compare(feed, incoming)
        verdicts = _with_held(comparison, staged)
        _hold_outdated(verdicts, run)
        hold_parts_without_whole(verdicts, incoming, feed)
        new = _new_versions(verdicts, staged, feed, profile)
        ids = write_versions(new, run, feed, profile, reason)
        publish(
            ids,
            by=by,
            decided_by=decided_by,
            self_approved=self_approved,
            reason=reason,
            import_run=run.pk,
        )
        _remember(run, feed, new, verdicts)
        announce_population(feed.population, redefined, by=by)
        _close(run, verdicts, staged, decided_by, reason)
    return run


def wait_for_turn() -> None:
    """Lock out other imports to the end of the transaction; always before the ledger's lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])


def _with_held(comparison: Comparison, staged: dict[str, Staged]) -> dict[str, Verdict]:
    """What was held as perhaps re-keyed stays held: the whole file was needed to see it."""
    return {
        key: Verdict(Outcome.HELD, ("key",))
        if staged[key].outcome == Outcome.HELD and staged[key].fields == ["key"]
        else verdict
        for key, verdict in comparison.verdicts.items()
    }


def _hold_outdated(verdicts: dict[str, Verdict], run: ImportRun) -> None:
    """An import that waited while a later one of its feed was published brings nothing old back."""
    later = StagedDeal.objects.filter(
        import_run__feed=run.feed_id,
        import_run__state=ImportRun.State.PUBLISHED,
        import_run__gt=run.pk,
        outcome__in=(Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED),
    )
    for key in later.values_list("key", flat=True):
        verdict = verdicts.get(key)
        if verdict is not None and verdict.outcome in (Outcome.UPDATED, Outcome.CONFLICT):
            verdicts[key] = replace(verdict, outcome=Outcome.HELD, fields=("newer",))


def _new_versions(
    verdicts: dict[str, Verdict], staged: dict[str, Staged], feed: Feed, profile: Profile
) -> list[NewVersion]:
    """Facts of every version to be written; an update takes over only the facts that changed."""
    chosen = {
        key: verdict
        for key, verdict in verdicts.items()
        if verdict.outcome in (Outcome.CREATED, Outcome.UPDATED)
    }
    merged: dict[str, Facts] = {}
    for key, verdict in chosen.items():
        facts = staged[key].facts
        if verdict.live is not None:
            facts = _overlaid(verdict, facts)
        merged[key] = facts
    names: list[Named] = []
    for facts in merged.values():
        names.append((facts["target_name"], facts["target_country"]))
        names.extend((i[0], i[1]) for i in facts["investors"] if i[0])
    known = organizations(names, generated=profile.generated)
    return [
        NewVersion(key, merged[key], staged[key].rows, verdict, known)
        for key, verdict in chosen.items()
    ]


def _overlaid(verdict: Verdict, facts: Facts) -> Facts:
    assert verdict.live is not None
    now = live(verdict.live, facts["part_of"])
    changed = {name: facts[name] for name in verdict.fields if name != "sources"}
    if "amount" in changed:
        changed["amount_text"] = facts["amount_text"]
    added = [source for source in facts["sources"] if source not in now["sources"]]
    return {**now, **changed, "sources": added}


def _remember(
    run: ImportRun, feed: Feed, new: Sequence[NewVersion], verdicts: dict[str, Verdict]
) -> None:
    """Keep what the feed delivered, also where the live deal had the new value already."""
    first = [version for version in new if version.verdict.deal is None]
    later = [
        key
        for key, verdict in verdicts.items()
        if verdict.deal is not None and verdict.outcome in (Outcome.UPDATED, Outcome.UNCHANGED)
    ]
    keys, deals = [version.key for version in first], [version.deal for version in first]
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER_FIRST, [feed.pk, keys, deals, run.pk])
        cursor.execute(REMEMBER_AGAIN, [feed.pk, run.pk, later])


def _close(
    run: ImportRun,
    verdicts: dict[str, Verdict],
    staged: dict[str, Staged],
    decided_by: int | None,
    reason: str,
) -> None:
    """Count what really happened, which may be less than was staged, and note the decision."""
    for key, verdict in verdicts.items():
        if staged[key].outcome != verdict.outcome:
            StagedDeal.objects.filter(import_run=run, key=key).update(
                outcome=verdict.outcome, fields=list(verdict.fields)
            )
    counts: dict[str, Any] = {
        f"deals_{outcome}": sum(v.outcome == outcome for v in verdicts.values())
        for outcome in Outcome
    }
    counts["deals_unchanged"] += run.deals_in_file - len(verdicts)
    for name, value in counts.items():
        setattr(run, name, value)
    run.state = ImportRun.State.PUBLISHED
    run.decided_by_id, run.decided_at, run.reason = decided_by, timezone.now(), reason
    run.leased_until = None
    run.save(
        update_fields=[
            *counts, "state", "decided_by", "decided_at", "reason", "leased_until",
        ]
    )  # fmt: skip
