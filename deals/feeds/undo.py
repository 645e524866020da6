"""Undoing an import: exactly what it did goes, and what people did since stays.

Deals still as imported are retracted, or get back what they said before. Where somebody edited a
deal since, the facts that nobody touched go back, the others stay, and the deal is listed. What the
feed last delivered goes back too, so that the next file is compared with what was there before.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone

from deals.feeds.compare import live_versions
from deals.feeds.copying import copy_versions, replace_investors
from deals.feeds.deliver import wait_for_turn
from deals.feeds.facts import Facts, live, same
from deals.feeds.lease import advance
from deals.feeds.publish import publish
from deals.feeds.retracting import retract_versions
from deals.feeds.review import NotDecidableError
from deals.models import DealVersion, ImportRun
from deals.models.bundles import Bundle, load

State, Phase = ImportRun.State, ImportRun.Phase
BATCH = 1_000
# The import's versions, with the live version of each deal or of the deal it was merged into.
MADE = """
SELECT v.id, v.based_on_id, v.deal_id, d.public_id FROM deals_dealversion v
JOIN deals_deal d ON d.id = v.deal_id
WHERE v.import_run_id = %s AND v.published_seq IS NOT NULL ORDER BY v.id
"""
# Only what is still as this import delivered it; a later file has the last word.
FORGET = """
DELETE FROM deals_feedrecord r USING deals_stageddeal s
WHERE s.import_run_id = %(run)s AND s.outcome = 'created' AND r.feed_id = %(feed)s
  AND r.key = s.key COLLATE "default" AND r.facts = s.facts AND s.deal_id = ANY(%(retracted)s)
"""
PUT_BACK = """
UPDATE deals_feedrecord r SET facts = s.previous FROM deals_stageddeal s
WHERE s.import_run_id = %(run)s AND s.outcome IN ('updated', 'unchanged')
  AND s.previous IS NOT NULL AND r.feed_id = %(feed)s
  AND r.key = s.key COLLATE "default" AND r.facts = s.facts
"""
# Facts that stand in columns of the version itself, by their names in `deals.feeds.facts`.
COLUMNS = {
    "target_name": ("target_name", "target_id"),
    "target_country": ("target_country", "target_country_basis", "target_id"),
    "target_country_basis": ("target_country_basis",),
    "date": ("date_first", "date_last", "date_precision", "date_basis"),
    "amount": ("amount_state", "amount_low", "amount_high", "currency", "amount_text"),
    "part_of": ("part_of_id",),
    "population": ("population_id",),
}
APART = frozenset({"amount_text", "ids", "sources"})


class Made(NamedTuple):
    """A version that the import published, and what it was based on."""

    version: int
    based_on: int | None
    deal: int
    public_id: str


def ask_undo(
    run_id: int,
    *,
    by: AbstractBaseUser | None = None,
    reason: str,
    ring: Callable[[int], object],
) -> ImportRun:
    """Have a published import undone by a worker. Raises NotDecidableError."""
    if not reason.strip():
        raise NotDecidableError("Say why the import is undone: the reason stays in the ledger.")
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run_id)
        if run.state != State.PUBLISHED:
            raise NotDecidableError(
                f"Import {run.pk} is {run.state}; only a published one can be undone."
            )
        run.state, run.phase, run.checkpoint = State.QUEUED, Phase.UNDOING, {}
        run.undone_by_id, run.undone_at = by.pk if by else None, timezone.now()
        run.undo_reason, run.tries, run.claims = reason, 0, 0
        run.save(
            update_fields=[
                "state", "phase", "checkpoint", "undone_by", "undone_at", "undo_reason", "tries",
                "claims",
            ]
        )  # fmt: skip
        transaction.on_commit(lambda: ring(run.pk))
    return run


def take_back(run: ImportRun) -> None:
    """Undo everything in one transaction, and end the run."""
    by = run.undone_by.get_username() if run.undone_by else "system"
    reason = f"Undo of import {run.pk} of {run.file_name}: {run.undo_reason}"
    with transaction.atomic():
        wait_for_turn()
        made = _made(run)
        now = _live_of(made)
        as_imported = [m for m in made if m.deal in now and now[m.deal] == m.version]
        created = [m for m in as_imported if m.based_on is None]
        before = {m.version: m.based_on for m in as_imported if m.based_on is not None}
        copies = copy_versions(before, reason)
        edited = [m for m in made if m.deal in now and now[m.deal] != m.version]
        copies |= _restore_unedited(edited, now, reason)
        publish(
            list(copies.values()),
            by=by,
            decided_by=run.undone_by_id,
            reason=reason,
            import_run=run.pk,
        )
        retract_versions([m.version for m in created], by=by, reason=reason, import_run=run.pk)
        _roll_back_records(run, [m.deal for m in created])
        run.undo_report = {
            "retracted": len(created),
            "restored": len(before),
            "kept": [*_kept(edited, now), *_gone(made, now)],
        }
        _end(run)


def _made(run: ImportRun) -> list[Made]:
    with connection.cursor() as cursor:
        cursor.execute(MADE, [run.pk])
        return [Made(*row) for row in cursor]


def _live_of(made: Iterable[Made]) -> dict[int, int]:
    """Live version by deal; deals that were retracted or merged away since are left out."""
    versions = DealVersion.objects.live().filter(deal__in=[m.deal for m in made])
    return dict(versions.values_list("deal", "pk"))


def _restore_unedited(edited: list[Made], now: Mapping[int, int], reason: str) -> dict[int, int]:
    """Versions that put back what the import changed and nobody changed since."""
    copies: dict[int, int] = {}
    changed = [m for m in edited if m.based_on is not None]
    for start in range(0, len(changed), BATCH):
        batch = changed[start : start + BATCH]
        wanted = {pk for m in batch for pk in (m.version, m.based_on, now[m.deal]) if pk}
        bundles = {b.version["id"]: b for b in load(sorted(wanted))}
        for m in batch:
            old, new = bundles[m.based_on or 0], bundles[m.version]
            current = bundles[now[m.deal]]
            back = _untouched(old, new, current)
            if back:
                made = copy_versions({now[m.deal]: now[m.deal]}, reason)
                _set(made[now[m.deal]], back, old)
                copies |= made
    return copies


def _untouched(old: Bundle, new: Bundle, current: Bundle) -> list[str]:
    """Facts that differ between the first two, and are in the third as in the second."""
    before, after, today = (_facts(bundle) for bundle in (old, new, current))
    return [
        name
        for name in before
        if name not in APART
        and not same(name, before[name], after[name])
        and same(name, after[name], today[name])
    ]


def _facts(bundle: Bundle) -> Facts:
    return live(bundle, str(bundle.version["part_of_id"] or ""))


def _set(version: int, names: Iterable[str], old: Bundle) -> None:
    """Write facts of `old` over those of a version that is not published yet."""
    columns: dict[str, Any] = {}
    for name in names:
        for column in COLUMNS.get(name, (name,)):
            if column != "investors":
                columns[column] = old.version[column]
    if columns:
        DealVersion.objects.filter(pk=version).update(**columns)
    if "investors" in names:
        replace_investors(version, old.version["id"])


def _roll_back_records(run: ImportRun, retracted: list[int]) -> None:
    values: dict[str, Any] = {"run": run.pk, "feed": run.feed_id, "retracted": retracted}
    with connection.cursor() as cursor:
        cursor.execute(FORGET, values)
        cursor.execute(PUT_BACK, values)


def _kept(edited: Iterable[Made], now: Mapping[int, int]) -> list[dict[str, str]]:
    """Deals that stay live because somebody edited them, and who did."""
    versions = DealVersion.objects.in_bulk([now[m.deal] for m in edited])
    said = []
    for m in edited:
        version = versions[now[m.deal]]
        who = f"import {version.import_run_id}" if version.import_run_id else "a person"
        said.append(
            {"deal": m.public_id, "why": f"edited since by {who}, {version.created_at:%d %B %Y}"}
        )
    return said


def _gone(made: Iterable[Made], now: Mapping[int, int]) -> list[dict[str, str]]:
    """Deals that are not live any more: retracted, or merged into others that stay as they are."""
    gone = [m for m in made if m.deal not in now]
    survivors = live_versions([m.deal for m in gone])
    return [
        {
            "deal": m.public_id,
            "why": "merged into another deal since" if m.deal in survivors else "retracted already",
        }
        for m in gone
    ]


def _end(run: ImportRun) -> None:
    run.finished_at, run.checkpoint, run.problem = timezone.now(), {}, ""
    advance(run, "finished_at", "checkpoint", "problem", "undo_report")
    ImportRun.objects.filter(pk=run.pk).update(state=State.UNDONE, leased_until=None, tries=0)
    run.state, run.leased_until = State.UNDONE, None
