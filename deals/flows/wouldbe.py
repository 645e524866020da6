"""The register as it would be, were an import published: facts taken from what is staged.

A temporary view takes the place of the table of facts, since temporary names come first in the
search path. So every question of this room is answered by the very code that answers readers, and
not a row of the register, its ledger or the import is written.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from deals.flows.rollup import without_cells
from deals.models import Population
from deals.rules.counting import EVER_COMPLETED_STATUSES

# Each merged deal and the one it ended in.
SURVIVORS = """
CREATE TEMPORARY TABLE wouldbe_survivor ON COMMIT DROP AS
WITH RECURSIVE merged AS (
    SELECT id AS deal, merged_into_id AS survivor FROM deals_deal WHERE merged_into_id IS NOT NULL
    UNION
    SELECT merged.deal, d.merged_into_id FROM merged JOIN deals_deal d ON d.id = merged.survivor
    WHERE d.merged_into_id IS NOT NULL
)
SELECT merged.deal, merged.survivor FROM merged JOIN deals_deal d ON d.id = merged.survivor
WHERE d.merged_into_id IS NULL
"""
FACTS = """
CREATE TEMPORARY TABLE wouldbe_fact (LIKE deals_dealfact INCLUDING GENERATED) ON COMMIT DROP
"""
# The name inside the view is read before the view exists, so there it still means the table.
VIEW = """
CREATE TEMPORARY VIEW deals_dealfact AS
SELECT f.* FROM deals_dealfact f
WHERE NOT EXISTS (SELECT FROM wouldbe_fact w WHERE w.deal_id = f.deal_id)
UNION ALL SELECT * FROM wouldbe_fact
"""
CLEAN_UP = (
    "DROP VIEW IF EXISTS pg_temp.deals_dealfact",
    "DROP TABLE pg_temp.wouldbe_fact, pg_temp.wouldbe_staged, pg_temp.wouldbe_survivor",
)

# First without any join: a table that was filled a moment ago has no statistics, and the planner
# would loop over all pairs of its rows.
STAGED = """
CREATE TEMPORARY TABLE wouldbe_staged ON COMMIT DROP AS
SELECT s.id, s.key, s.outcome = 'created' AS is_new, s.fields,
    CASE WHEN s.outcome = 'updated' THEN coalesce(merged.survivor, s.deal_id) END AS live_deal,
    nullif(x.part_of, '') AS whole, x.*,
    ARRAY(SELECT coalesce(i.value ->> 1, '') FROM jsonb_array_elements(x.investors)
          WITH ORDINALITY i(value, position) ORDER BY position) AS parts
FROM deals_stageddeal s
CROSS JOIN LATERAL jsonb_to_record(s.facts) AS x(
    population text, target_country text, date jsonb, kind text, round_type text, status text,
    status_history jsonb, ai text, sectors jsonb, part_of text, recorded_on text,
    investor_list text, investors jsonb
)
LEFT JOIN wouldbe_survivor merged ON merged.deal = s.deal_id
WHERE s.import_run_id = %(run)s AND s.outcome IN ('created', 'updated')
"""

COMPLETED = "ARRAY[{}]::text[]".format(", ".join(f"'{w}'" for w in sorted(EVER_COMPLETED_STATUSES)))
POPULATION = "CASE WHEN s.population <> '' THEN %(population)s::bigint END"


def _taken(fact: str, new: str, live: str) -> str:
    """An update takes over only the facts that changed; a new deal takes all."""
    return f"CASE WHEN s.is_new OR s.fields ? '{fact}' THEN {new} ELSE {live} END"


def _plain(fact: str) -> str:
    return _taken(fact, f"s.{fact}", f"f.{fact}")


PARTS = _taken("investors", "s.parts", "f.hq_parts::text[]")
COUNTRIES = f"ARRAY(SELECT DISTINCT c FROM unnest({PARTS}) c WHERE c <> '' ORDER BY c)"
# Columns of a fact row as they would be. Questions by ultimate owner, by organization and about
# money are not asked of them, so owners are the investors themselves and amounts are left out.
COLUMNS = {
    "version_id": "-s.id",
    "deal_id": "CASE WHEN s.is_new THEN -s.id ELSE f.deal_id END",
    "population_id": _taken("population", POPULATION, "f.population_id"),
    "generated": _taken(
        "population", f"({POPULATION} IS NOT NULL AND %(generated)s)", "f.generated"
    ),
    "published_seq": "%(seq)s",
    "superseded_seq": "NULL",
    "target_id": "coalesce(f.target_id, 0)",
    "target_country": _plain("target_country"),
    "date_first": _taken("date", "(s.date ->> 'first')::date", "f.date_first"),
    "date_last": _taken("date", "(s.date ->> 'last')::date", "f.date_last"),
    "kind": _plain("kind"),
    "round_type": _plain("round_type"),
    "status": _plain("status"),
    "ever_completed": f"({_plain('status')} = ANY({COMPLETED}) OR jsonb_path_query_array("
    + _taken("status_history", "s.status_history", "v.status_history")
    + f", '$[*].status') ?| {COMPLETED})",
    "ai": _plain("ai"),
    "sectors": _taken(
        "sectors", "ARRAY(SELECT jsonb_array_elements_text(s.sectors))", "f.sectors::text[]"
    ),
    "part_of_id": _taken(
        "part_of", "coalesce(kept.survivor, umbrella.deal_id, -whole.id)", "f.part_of_id"
    ),
    "recorded_on": _taken("recorded_on", "s.recorded_on::date", "f.recorded_on"),
    "investor_list": _plain("investor_list"),
    "hq": COUNTRIES,
    "ultimate": COUNTRIES,
    "investors_unknown": f"cardinality({PARTS}) = 0 OR '' = ANY({PARTS})",
    "hq_parts": PARTS,
    "ultimate_parts": PARTS,
    "contributions": "'{}'",
    "investors": "'{}'",
    "state_linked": "false",
    "amount_state": "'undisclosed'",
    "currency": "''",
    "rate_provisional": "false",
}
FILL = f"""
INSERT INTO wouldbe_fact ({", ".join(COLUMNS)})
SELECT {", ".join(COLUMNS.values())}
FROM wouldbe_staged s
LEFT JOIN deals_dealfact f ON f.deal_id = s.live_deal
    AND f.published_seq IS NOT NULL AND f.superseded_seq IS NULL
LEFT JOIN deals_dealversion v ON v.id = f.version_id
LEFT JOIN deals_feedrecord umbrella ON umbrella.key = s.whole
    AND umbrella.feed_id = (SELECT feed_id FROM deals_importrun WHERE id = %(run)s)
LEFT JOIN wouldbe_survivor kept ON kept.deal = umbrella.deal_id
LEFT JOIN wouldbe_staged whole ON whole.key = s.whole AND whole.is_new
WHERE s.is_new OR f.deal_id IS NOT NULL
"""


@contextmanager
def as_if_published(run_id: int, population: Population | None, *, seq: int) -> Iterator[None]:
    """Inside, questions see the deals that the import would create or update, live since `seq`.

    `population` is what the import's deals are declared for; its key is `NOT_MADE` of
    `whatif_questions` when there is none of its code yet. New deals have negative keys, of the
    staged deal. What conflicts or is held changes nothing. All of it is gone at the end.
    """
    params = {
        "run": run_id,
        "seq": seq,
        "population": population.pk if population else None,
        "generated": bool(population and population.generated),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SURVIVORS)
        cursor.execute("CREATE UNIQUE INDEX ON wouldbe_survivor (deal)")
        cursor.execute("ANALYZE wouldbe_survivor")
        cursor.execute(STAGED, params)
        cursor.execute("ANALYZE wouldbe_staged (key, whole, is_new, live_deal)")
        cursor.execute(FACTS)
        cursor.execute(FILL, params)
        cursor.execute("ANALYZE wouldbe_fact")
        cursor.execute(VIEW)
        with without_cells():
            yield
        for statement in CLEAN_UP:
            cursor.execute(statement)
