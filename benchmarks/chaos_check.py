"""Is everything there, once? What the register says beside what the files say."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db import connection

from benchmarks.chaos_file import Made
from deals.models import Change, DealVersion, FeedRecord, ImportRun, StagedRow
from deals.models.derived import rebuild

TRUTH = """
SELECT count(*), count(DISTINCT r.deal_id), coalesce(sum(v.amount_low), 0), coalesce(sum(p.n), 0),
       count(*) FILTER (WHERE c.n <> 1)
FROM deals_feedrecord r
JOIN deals_dealversion v ON v.deal_id = r.deal_id
     AND v.published_seq IS NOT NULL AND v.superseded_seq IS NULL
LEFT JOIN LATERAL (
    SELECT count(*) AS n FROM deals_participation p WHERE p.version_id = v.id) p ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS n FROM deals_citation c WHERE c.version_id = v.id) c ON true
WHERE r.feed_id = %s AND r.key LIKE %s
"""
# Each has to be 0.
NEVER = {
    "deals without a version": """SELECT count(*) FROM deals_deal d WHERE NOT EXISTS
        (SELECT 1 FROM deals_dealversion v WHERE v.deal_id = d.id)""",
    "deals with two live versions": """SELECT count(*) FROM (
        SELECT deal_id FROM deals_dealversion
        WHERE published_seq IS NOT NULL AND superseded_seq IS NULL
        GROUP BY 1 HAVING count(*) > 1) twice""",
    "organizations that are there twice": """SELECT count(*) FROM (
        SELECT key, country FROM deals_organization
        WHERE merged_into_id IS NULL GROUP BY 1, 2 HAVING count(*) > 1) twice""",
    "sources that are there twice": """SELECT count(*) FROM (
        SELECT url, title FROM deals_source GROUP BY 1, 2, kind, publisher
        HAVING count(*) > 1) twice""",
    "live versions without facts": """SELECT count(*) FROM deals_dealversion v
        WHERE v.state = 'published' AND NOT EXISTS
        (SELECT 1 FROM deals_dealfact f WHERE f.version_id = v.id)""",
    "facts or documents of no version": """SELECT count(*) FROM (
        SELECT version_id FROM deals_dealfact UNION ALL SELECT version_id FROM deals_preparedfact
        UNION ALL SELECT version_id FROM deals_dealdocument
        ) of WHERE NOT EXISTS (SELECT 1 FROM deals_dealversion v WHERE v.id = of.version_id)""",
}


def faults(files: Iterable[tuple[int, Made]], *, derived: bool = True) -> list[str]:
    """Sentences about what is wrong; empty when all is as if nothing had ever died.

    `files` are the imports by their ids with what they brought; `derived` computes every fact and
    document again, which takes a while.
    """
    found = [fault for run_id, made in files for fault in _of_import(run_id, made)]
    found += _leftovers()
    if derived:
        head = Change.objects.count()
        rebuild()
        if Change.objects.count() != head:
            found.append("Facts or documents differ from what their versions give.")
    return found


def _of_import(run_id: int, made: Made) -> Iterator[str]:
    run = ImportRun.objects.get(pk=run_id)
    with connection.cursor() as cursor:
        cursor.execute(TRUTH, [run.feed_id, f"{made.name}-%"])
        live, deals, amount, participations, odd_citations = cursor.fetchone()
    records = FeedRecord.objects.filter(feed=run.feed_id, key__startswith=f"{made.name}-")
    keys = frozenset(records.values_list("key", flat=True))
    changes = Change.objects.filter(import_run=run_id, kind="published").count()
    pairs = {
        "state": (run.state, "published"),
        "rows read": (run.rows_read, made.rows),
        "rows used": (run.rows_used, made.rows - made.duplicates),
        "duplicate rows": (run.rows_duplicate, made.duplicates),
        "rejected or skipped rows": (run.rows_rejected + run.rows_skipped, 0),
        "deals in the file": (run.deals_in_file, len(made.keys)),
        "deals created": (run.deals_created, len(made.keys)),
        "deals in the register": (deals, len(made.keys)),
        "live versions": (live, len(made.keys)),
        "changes": (changes, len(made.keys)),
        "keys that are lost": (len(made.keys - keys), 0),
        "keys of nobody": (len(keys - made.keys), 0),
        "participations": (participations, made.participations),
        "versions not cited once": (odd_citations, 0),
        "sum of amounts": (Decimal(amount), made.amount),
    }
    for what, (found, wanted) in pairs.items():
        if found != wanted:
            problem = f" ({run.problem})" if run.problem and what == "state" else ""
            yield f"Import {run_id} of {made.name}: {what} {found}, and not {wanted}.{problem}"


def _leftovers() -> Iterator[str]:
    seqs = list(Change.objects.order_by("seq").values_list("seq", flat=True))
    if seqs != list(range(1, len(seqs) + 1)):
        yield "The ledger's numbers have gaps."
    # What people and partners propose waits for good reason.
    prepared = DealVersion.objects.filter(state="submitted", import_run__isnull=False).count()
    if prepared:
        yield f"{prepared} prepared versions were left behind."
    staged = StagedRow.objects.count()
    if staged:
        yield f"{staged} staged rows were left behind."
    with connection.cursor() as cursor:
        for what, sql in NEVER.items():
            cursor.execute(sql)
            (number,) = cursor.fetchone()
            if number:
                yield f"There are {number} {what}."
