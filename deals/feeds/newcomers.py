"""Organizations that an import brought into the register, and whom they are like."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from deals.feeds.spellings import spell_missing
from deals.feeds.suggest import suggest
from deals.models import ImportRun

LATELY = timedelta(days=2)
# Named by the import's versions, and by none that was written before them.
NEWCOMERS = """
WITH mine AS (
    SELECT id, target_id FROM deals_dealversion WHERE import_run_id = %(run)s
), first AS (SELECT min(id) AS id FROM mine), named AS (
    SELECT target_id AS id FROM mine
    UNION
    SELECT p.investor_id FROM mine JOIN deals_participation p ON p.version_id = mine.id
    WHERE p.investor_id IS NOT NULL
)
SELECT n.id FROM named n, first
WHERE n.id > %(after)s AND NOT EXISTS (
    SELECT 1 FROM deals_dealversion v WHERE v.target_id = n.id AND v.id < first.id
) AND NOT EXISTS (
    SELECT 1 FROM deals_participation p WHERE p.investor_id = n.id AND p.version_id < first.id
)
ORDER BY n.id LIMIT %(most)s
"""
# Looked at in one go: some seconds among a hundred thousand organizations, so that imports which
# wait for the same worker have their turn in between.
SLICE = 5_000


def look_for_likeness(run_id: int) -> int:
    """Spell what an import brought, for those who type a name, and suggest pairs for it; again
    changes nothing. Returns how many pairs are new."""
    found, last = look_further(run_id, 0)
    while last:
        more, last = look_further(run_id, last)
        found += more
    return found


def look_further(run_id: int, after: int) -> tuple[int, int]:
    """The same for the next organizations, by id; also the last one's id, or 0 at the end."""
    with connection.cursor() as cursor:
        cursor.execute(NEWCOMERS, {"run": run_id, "after": after, "most": SLICE})
        created = [row[0] for row in cursor]
    spell_missing(created)
    return suggest(created, run_id), created[-1] if len(created) == SLICE else 0


def published_lately() -> list[int]:
    """Imports of the last days that brought organizations."""
    lately = ImportRun.objects.filter(
        state=ImportRun.State.PUBLISHED,
        organizations_new__gt=0,
        finished_at__gte=timezone.now() - LATELY,
    )
    return list(lately.values_list("pk", flat=True))
