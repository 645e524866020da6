"""Sixth stage: approved deals of an import become published versions, in one transaction.

Deals whose live version changed since staging are judged again first. Rows are written by COPY; the
last step is the same `publish` that a person's edit ends in.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from deals.feeds.compare import Comparison, Outcome, Verdict, compare
from deals.feeds.facts import Facts, live
from deals.feeds.match import Named, organizations
from deals.feeds.populations import settle_population
from deals.feeds.profile import Profile
from deals.feeds.profile_toml import load_profile
from deals.feeds.publish import publish
from deals.feeds.versions import NewVersion, write_versions
from deals.models import Feed, FeedRecord, ImportRun, StagedDeal
from deals.models.derived import copy_rows

# Imports are published one after the other, so that two files never make one organization twice.
LOCK_KEY = 4_281_503_118
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
) -> ImportRun:
    """Publish what an import staged as created or updated; conflicts and held deals stay staged."""
    with transaction.atomic():
        _wait_for_turn()
        run = ImportRun.objects.select_for_update().get(pk=run_id)
        if run.state not in DECIDABLE:
            raise NotDecidableError(
                f"Import {run.pk} is {run.state}; only an import in review can be published."
            )
        profile = load_profile(run.profile)
        feed = Feed.objects.select_for_update().get(pk=run.feed_id)
        feed.population = settle_population(profile, by=by)
        feed.name, feed.profile = profile.name, profile.text
        feed.save(update_fields=["population", "name", "profile"])
        staged = {row.key: row for row in StagedDeal.objects.filter(import_run=run)}
        incoming = {key: row.facts for key, row in staged.items()}
        comparison = compare(feed, incoming)
        verdicts = _with_held(comparison, staged)
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
        _remember(feed, new, verdicts, incoming)
        _close(run, verdicts, staged, decided_by, reason)
    return run


def _wait_for_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])


def _with_held(comparison: Comparison, staged: dict[str, StagedDeal]) -> dict[str, Verdict]:
    """What was held as perhaps re-keyed stays held: the whole file was needed to see it."""
    return {
        key: Verdict(Outcome.HELD, ("key",))
        if staged[key].outcome == Outcome.HELD and staged[key].fields == ["key"]
        else verdict
        for key, verdict in comparison.verdicts.items()
    }


def _new_versions(
    verdicts: dict[str, Verdict], staged: dict[str, StagedDeal], feed: Feed, profile: Profile
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
    feed: Feed,
    new: Sequence[NewVersion],
    verdicts: dict[str, Verdict],
    incoming: dict[str, Facts],
) -> None:
    """Keep what the feed delivered, also where the live deal had the new value already."""
    first = [
        (feed.pk, version.key, version.deal, json.dumps(incoming[version.key], ensure_ascii=False))
        for version in new
        if version.verdict.deal is None
    ]
    copy_rows("deals_feedrecord", ("feed_id", "key", "deal_id", "facts"), first)
    later = [
        key
        for key, verdict in verdicts.items()
        if verdict.deal is not None and verdict.outcome in (Outcome.UPDATED, Outcome.UNCHANGED)
    ]
    records = list(FeedRecord.objects.filter(feed=feed, key__in=later))
    for record in records:
        record.facts = incoming[record.key]
    FeedRecord.objects.bulk_update(records, ["facts"], batch_size=500)


def _close(
    run: ImportRun,
    verdicts: dict[str, Verdict],
    staged: dict[str, StagedDeal],
    decided_by: int | None,
    reason: str,
) -> None:
    """Count what really happened, which may be less than was staged, and note the decision."""
    moved = []
    for key, verdict in verdicts.items():
        if staged[key].outcome != verdict.outcome:
            staged[key].outcome = verdict.outcome
            staged[key].fields = list(verdict.fields)
            moved.append(staged[key])
    StagedDeal.objects.bulk_update(moved, ["outcome", "fields"], batch_size=500)
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
