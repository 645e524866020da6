"""Undoing an import: exactly what it did goes, and what people did since stays.

Deals still as imported are retracted, or get back what they said before. Where somebody edited a
deal since, the facts that nobody touched go back, the others stay, and the deal is listed. What the
feed last delivered goes back too, so that the next file is compared with what was there before.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone

from deals.feeds.again import compare_again
from deals.feeds.copying import copy_versions, mend_version, settle_copies
from deals.feeds.deliver import wait_for_turn
from deals.feeds.lease import advance
from deals.feeds.match import lock as lock_matching
from deals.feeds.publish import StaleVersionError, publish
from deals.feeds.retracting import retract_versions
from deals.feeds.review import NotDecidableError
from deals.feeds.undoable import APPLIED, Plan, plan_undo
from deals.models import ImportRun, ledger

State, Phase = ImportRun.State, ImportRun.Phase
# From here on it is worth telling the planner how large everything is; a plan for tables that it
# takes for empty goes through all records for every row.
LARGE = 1_000
ANALYZE = """
ANALYZE deals_stageddeal (import_run_id, key, deal_id, outcome, decision),
        deals_feedrecord (feed_id, key, deal_id), deals_dealversion (id, deal_id, based_on_id)
"""
# Rows that a later import delivered again have its facts, and keep them.
MINE = f"""
s.import_run_id = %(run)s AND {APPLIED.format("s")}
  AND s.id NOT IN (SELECT unnest(%(overtaken)s::bigint[]))
  AND r.feed_id = %(feed)s AND r.key = s.key COLLATE "default"
"""
ROLL_BACK = (
    # A key that a person gave to a known deal leads nowhere again; the deal stays.
    f"""DELETE FROM deals_feedrecord r USING deals_stageddeal s
    WHERE {MINE} AND s.previous IS NULL
      AND (s.decision = 'same_deal' OR s.deal_id IN (SELECT unnest(%(gone)s::bigint[])))""",
    f"""UPDATE deals_feedrecord r SET facts = s.previous FROM deals_stageddeal s
    WHERE {MINE} AND s.previous IS NOT NULL""",
    # When the later import is undone, it puts back what was there before both.
    """UPDATE deals_stageddeal l SET previous = s.previous
    FROM unnest(%(overtaken)s::bigint[], %(by)s::bigint[]) AS c(one, later)
    JOIN deals_stageddeal s ON s.id = c.one WHERE l.id = c.later""",
)


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
    try:
        _take_back(run, alone=False)
    except StaleVersionError:
        # Somebody published an edit meanwhile; now everybody else waits.
        _take_back(run, alone=True)


@transaction.atomic
def _take_back(run: ImportRun, *, alone: bool) -> None:
    wait_for_turn()
    compare_again(run)
    # Organizations must not be merged away under the versions that are copied.
    lock_matching()
    if run.deals_in_file >= LARGE:
        with connection.cursor() as cursor:
            cursor.execute(ANALYZE)
    if alone:
        ledger.lock()
    by = run.undone_by.get_username() if run.undone_by else "system"
    reason = f"Undo of import {run.pk} of {run.file_name}: {run.undo_reason}"
    plan = plan_undo(run)
    publish(
        _copies(plan, reason),
        by=by,
        decided_by=run.undone_by_id,
        reason=reason,
        import_run=run.pk,
    )
    retract_versions(plan.retract, by=by, reason=reason, import_run=run.pk)
    _roll_back_records(run, plan)
    run.undo_report = {
        "retracted": len(plan.retract),
        "restored": len(plan.copy) + sum(mend.whole for mend in plan.mend.values()),
        "kept": plan.kept,
    }
    _end(run)


def _copies(plan: Plan, reason: str) -> list[int]:
    """The versions that put back what was there before."""
    whole = copy_versions(plan.copy, reason)
    mended = copy_versions({live: live for live in plan.mend}, reason)
    for live, mend in plan.mend.items():
        mend_version(mended[live], mend)
    ids = [*whole.values(), *mended.values()]
    settle_copies(ids)
    return ids


def _roll_back_records(run: ImportRun, plan: Plan) -> None:
    values: dict[str, Any] = {
        "run": run.pk,
        "feed": run.feed_id,
        "gone": plan.gone,
        "overtaken": list(plan.later.rows),
        "by": list(plan.later.rows.values()),
    }
    with connection.cursor() as cursor:
        for sql in ROLL_BACK:
            cursor.execute(sql, values)


def _end(run: ImportRun) -> None:
    run.finished_at, run.checkpoint, run.problem = timezone.now(), {}, ""
    advance(run, "finished_at", "checkpoint", "problem", "undo_report")
    ImportRun.objects.filter(pk=run.pk).update(state=State.UNDONE, leased_until=None, tries=0)
    run.state, run.leased_until = State.UNDONE, None
