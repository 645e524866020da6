"""What changed in a number between two points of the ledger: which deals came in and went out, why.

The later point is the present one unless another is given.

Memberships then and now are compared deal by deal, so that what came in and went out leads from the
old n (and N) to the new one exactly. The reason is read off the facts that differ.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection

from deals.flows.answer import kept, snapshot
from deals.flows.conditions import COUNTED
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope, resolve
from deals.flows.together import placed_as

LISTED = 100
ALL_OF_THEM = 100_000
# Reasons in the order in which one is the main one where several hold.
REASONS = (
    "added", "retracted", "re_dated", "re_attributed", "re_classified", "re_valued", "recounted",
)  # fmt: skip
# Columns of the facts whose change is the reason, for deals that have a version then and now.
COLUMNS = {
    "re_dated": ("date_first", "date_last", "recorded_on"),
    "re_attributed": ("hq_parts", "ultimate_parts", "investors", "investor_list", "state_linked"),
    "re_classified": (
        "target_id", "target_country", "kind", "round_type", "status", "ever_completed", "ai",
        "sectors", "population_id",
    ),
    "re_valued": ("amount_state", "amount_low", "amount_high", "currency"),
}  # fmt: skip
ROWS = """
WITH t AS MATERIALIZED (SELECT deal_id, place FROM ({then}) p WHERE place IN {counted}),
n AS MATERIALIZED (SELECT deal_id, place FROM ({now}) p WHERE place IN {counted}),
moved AS MATERIALIZED (
    SELECT m.*, coalesce(fn.version_id, ft.version_id) AS version_id, {why} AS why,
           (before = 'flow' AND after IS DISTINCT FROM 'flow') IS TRUE AS out_n,
           (after = 'flow' AND before IS DISTINCT FROM 'flow') IS TRUE AS in_n,
           after IS NULL AS out_whole, before IS NULL AS in_whole
    FROM (
        SELECT deal_id, t.place AS before, n.place AS after FROM t FULL JOIN n USING (deal_id)
        WHERE t.place IS DISTINCT FROM n.place
    ) m
    LEFT JOIN deals_dealfact ft ON ft.deal_id = m.deal_id AND ft.published_seq <= %(seq)s
        AND (ft.superseded_seq IS NULL OR ft.superseded_seq > %(seq)s)
    LEFT JOIN deals_dealfact fn ON fn.deal_id = m.deal_id AND fn.published_seq <= %(until)s
        AND (fn.superseded_seq IS NULL OR fn.superseded_seq > %(until)s)
),
-- A deal that moved between two places outside the flow changes neither number.
felt AS (SELECT * FROM moved WHERE in_n OR out_n OR in_whole OR out_whole)
SELECT
    (SELECT count(*) FILTER (WHERE place = 'flow') FROM t), (SELECT count(*) FROM t),
    (SELECT count(*) FILTER (WHERE place = 'flow') FROM n), (SELECT count(*) FROM n),
    (SELECT json_agg(x) FROM (
        SELECT why[1] AS reason, count(*) AS deals, count(*) FILTER (WHERE in_n) AS in_n,
               count(*) FILTER (WHERE out_n) AS out_n,
               count(*) FILTER (WHERE in_whole) AS in_whole,
               count(*) FILTER (WHERE out_whole) AS out_whole
        FROM felt GROUP BY 1
    ) x),
    (SELECT json_agg(x) FROM (
        SELECT d.public_id AS id, v.target_name AS name, v.target_country AS country, f.before,
               f.after, f.why, f.in_n, f.out_n, f.in_whole, f.out_whole, c.seq, c.kind
        FROM felt f JOIN deals_deal d ON d.id = f.deal_id
        JOIN deals_dealversion v ON v.id = f.version_id
        LEFT JOIN LATERAL (
            SELECT seq, kind FROM deals_change
            WHERE deal_id = f.deal_id AND seq > %(seq)s AND seq <= %(until)s
            ORDER BY seq DESC LIMIT 1
        ) c ON true
        ORDER BY (f.in_n OR f.out_n) DESC, c.seq DESC NULLS LAST, d.id DESC LIMIT %(limit)s
    ) x)
"""


@dataclass(frozen=True, slots=True)
class Since:
    """`tallies` have a row a reason with what came in and went out of n and N ("whole").

    `deals` are the first of those that moved, those of n before the others; `places` before and
    after are those of `deals.flows.conditions`, None for outside. `more` are not listed.
    """

    query: FlowQuery
    seq: int
    n: int
    N: int
    n_now: int
    N_now: int
    tallies: tuple[dict[str, Any], ...]
    deals: tuple[dict[str, Any], ...]
    now: Scope

    @property
    def moved(self) -> int:
        """How many deals changed n or N; each is counted once."""
        return sum(row["deals"] for row in self.tallies)

    @property
    def more(self) -> int:
        return self.moved - len(self.deals)


def since(query: FlowQuery, limit: int = LISTED, until: int | None = None) -> Since:
    """Compare the question at its point of the ledger with today, or with `until`; one statement.

    `query` names a point of the ledger, `until` a later number of it. Raises `BadParameters` for
    codes that are not there.
    """
    with snapshot():
        then = resolve(query)
        live = query.but(as_of=until, release="")
        now = resolve(live)
        compute = partial(_compared, query, then, live, now, limit)
        # A file of all of them is asked for once, and too large to be kept for everybody.
        title = f"since {limit}" if until is None else f"since {limit} until {until}"
        row = compute() if limit > LISTED else kept(title, query, then, compute)
    n, N, n_now, N_now, tallies, deals = row
    found = {tally["reason"]: tally for tally in tallies or ()}
    rows = tuple(found[reason] for reason in REASONS if reason in found)
    return Since(query, then.change_seq, n, N, n_now, N_now, rows, tuple(deals or ()), now)


def _compared(
    query: FlowQuery, then: Scope, live: FlowQuery, now: Scope, limit: int
) -> tuple[Any, ...]:
    old, params = placed_as(query, then, "t")
    new, more = placed_as(live, now, "n")
    text = ROWS.format(then=old, now=new, counted=COUNTED, why=_why())
    values = {"seq": then.change_seq, "until": now.change_seq, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(text, params | more | values)
        found: tuple[Any, ...] = cursor.fetchone()
    return found


def _why() -> str:
    """All reasons that hold, the main one first; without any, something else than its facts."""
    cases = [
        "CASE WHEN ft.version_id IS NULL THEN 'added' END",
        "CASE WHEN fn.version_id IS NULL THEN 'retracted' END",
    ]
    for reason, columns in COLUMNS.items():
        sides = [", ".join(f"{alias}.{name}" for name in columns) for alias in ("ft", "fn")]
        cases.append(
            "CASE WHEN ft.version_id <> fn.version_id"
            f" AND ({sides[0]}) IS DISTINCT FROM ({sides[1]}) THEN '{reason}' END"
        )
    listed = f"array_remove(ARRAY[{', '.join(cases)}], NULL)"
    return f"CASE WHEN {listed} = '{{}}' THEN ARRAY['recounted'] ELSE {listed} END"
