"""A chunk of staged rows → staged deals, each compared with the register."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.db import connection, transaction

from deals.feeds.abreast import Turn
from deals.feeds.compare import Outcome, Verdict, judge
from deals.feeds.group import DealInFile, RowOfDeal, Together, put_together
from deals.feeds.lease import advance
from deals.feeds.profile import Profile
from deals.feeds.reading import Keyed
from deals.feeds.refusals import Refused
from deals.feeds.stage import Staged, write_deals, write_errors
from deals.models import ImportRun

# The key of the row at which a chunk of so many rows ends; all rows of that key belong to it.
BOUNDARY = """
SELECT max(key) FROM (
    SELECT key FROM deals_stagedrow WHERE run = %s AND key > %s ORDER BY key, number LIMIT %s
) AS chunk
"""
ROWS = """
SELECT key, number, facts, partial FROM deals_stagedrow
WHERE run = %s AND key > %s AND key <= %s ORDER BY key, number
"""
# Rows that are taken from the server at a time.
FETCHED = 1_000
# More than any deal ever had; beyond it the key is a constant, and one step would take forever.
MOST_ROWS = 25_000
COUNTED = tuple(f"deals_{outcome}" for outcome in Outcome if outcome != Outcome.ABSENT)


def group_chunk(run: ImportRun, profile: Profile, size: int, turn: Turn) -> bool:
    """Group the next `size` rows or a few more; False when there are none left."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(BOUNDARY, [run.pk, turn.begin, size])
            (boundary,) = cursor.fetchone()
        if boundary is None:
            return False
        turn.next = boundary
        turn.follow()
        together = [
            put_together(key, (row for _, row in rows), profile)
            for key, rows in groupby(
                _rows(run.pk, turn.begin, boundary), key=lambda keyed: keyed[0]
            )
        ]
        deals = [done.deal for done in together if done.deal is not None]
        verdicts = judge(run.feed, {deal.key: deal.facts for deal in deals})
        write_deals(run, _waiting(deals, verdicts))
        write_errors(run, (problem for done in together for problem in done.problems))
        turn.wait()
        _account(run, together)
        count(run, verdicts.values())
        done = run.checkpoint.get("done", 0) + sum(
            d.used + d.duplicate + d.rejected for d in together
        )
        run.checkpoint = {"key": boundary, "done": done}
        advance(
            run, "checkpoint", "rows_used", "rows_duplicate", "rows_rejected", "deals_in_file",
            "participations", *COUNTED,
        )  # fmt: skip
    return True


def _rows(run_id: int, last: str, boundary: str) -> Iterator[Keyed]:
    """Through a cursor of the server, since a badly chosen key may stand in a million rows."""
    with connection.chunked_cursor() as cursor:
        before, same = "", 0
        cursor.execute(ROWS, [run_id, last, boundary])
        while rows := cursor.fetchmany(FETCHED):
            for key, number, text, partial in rows:
                same = same + 1 if key == before else 1
                if same > MOST_ROWS:
                    raise Refused(
                        f"More than {MOST_ROWS:,} rows have the same key “{key[:80]}”, so it does "
                        "not tell deals apart: choose other key columns in the profile."
                    )
                before = key
                yield key, RowOfDeal(number, text, partial)


def _account(run: ImportRun, together: Iterable[Together]) -> None:
    """Rows that reading took for used are now known to be duplicates or contradictions."""
    for done in together:
        run.rows_used -= done.duplicate + done.rejected
        run.rows_duplicate += done.duplicate
        run.rows_rejected += done.rejected
        if done.deal is not None:
            run.deals_in_file += 1
            run.participations += len(done.deal.facts["investors"])


def count(run: ImportRun, verdicts: Iterable[Verdict]) -> None:
    """Add the outcomes to the run's balance."""
    for verdict in verdicts:
        name = f"deals_{verdict.outcome}"
        setattr(run, name, getattr(run, name) + 1)


def _waiting(deals: Iterable[DealInFile], verdicts: dict[str, Verdict]) -> Iterator[Staged]:
    """What there is to decide on, or to remember: a deal that came as it came before is only
    counted, unless it is a tranche, whose umbrella has to be looked at."""
    for deal in deals:
        verdict = verdicts[deal.key]
        nothing_new = verdict.outcome == Outcome.UNCHANGED and verdict.live is None
        if nothing_new and not deal.facts["part_of"]:
            continue
        yield Staged(
            deal.key,
            deal.facts,
            deal.rows,
            str(verdict.outcome),
            list(verdict.fields),
            verdict.deal,
        )
