"""The table of spellings under which organizations are looked up while their names are typed.

It is computed from the names, and kept in step by whoever makes or changes an organization: a few
at once, in the same transaction; the many of an import after it, and what was missed at night.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.db import connection, transaction

from deals.feeds.folding import spellings_of
from deals.models import Organization
from deals.models.bulk import copy_rows
from deals.models.statistics import tell_planner

BATCH = 2_000
# More than a person makes, and less than what would slow down an import.
A_FEW = 500
COLUMNS = ("organization_id", "text", "kind")
# Merged organizations have none: their names are the survivor's.
NAMES = """
SELECT o.id, o.name FROM deals_organization o
WHERE o.id = ANY(%(ids)s) AND o.merged_into_id IS NULL
UNION
SELECT o.id, n.name FROM deals_organizationname n JOIN deals_organization o
  ON o.id = n.organization_id
WHERE o.id = ANY(%(ids)s) AND o.merged_into_id IS NULL
"""
FORGET = "DELETE FROM deals_searchname WHERE organization_id = ANY(%s)"
NEW_TABLE = """
CREATE TEMPORARY TABLE IF NOT EXISTS new_spelling (organization_id bigint, text text, kind text)
ON COMMIT DROP
"""
# Two that spell one organization at the same time say the same.
STORE = """
INSERT INTO deals_searchname (organization_id, text, kind)
SELECT organization_id, text, kind FROM new_spelling
ON CONFLICT (organization_id, text) DO NOTHING
"""
MISSING = """
SELECT o.id FROM deals_organization o WHERE o.merged_into_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM deals_searchname s WHERE s.organization_id = o.id)
ORDER BY o.generated, o.id LIMIT %s
"""


def rebuild(ids: Iterable[int] | None = None) -> int:
    """Spell organizations (primary keys; None is all) anew; returns how many spellings they have.

    Each 2,000 are a transaction of their own, unless the caller has one open.
    """
    if ids is None:
        ids = Organization.objects.order_by("pk").values_list("pk", flat=True)
    pks = list(ids)
    return sum(_spell(pks[at : at + BATCH]) for at in range(0, len(pks), BATCH))


def spell_few(ids: Sequence[int]) -> None:
    """Spell organizations that were just made, unless they are so many that it would take long."""
    if 0 < len(ids) <= A_FEW:
        rebuild(ids)


def catch_up(most: int = 50_000) -> int:
    """Spell organizations that have no spellings yet, real ones first; returns how many had none.

    After the table came to an older register, and after large imports.
    """
    with connection.cursor() as cursor:
        cursor.execute(MISSING, [most])
        missing = [row[0] for row in cursor]
    rebuild(missing)
    return len(missing)


@transaction.atomic
def _spell(ids: Sequence[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(NAMES, {"ids": list(ids)})
        names = cursor.fetchall()
        cursor.execute(FORGET, [list(ids)])
        cursor.execute(NEW_TABLE)
        cursor.execute("TRUNCATE new_spelling")
        copy_rows("new_spelling", COLUMNS, _rows(names))
        cursor.execute(STORE)
        stored = cursor.rowcount
    tell_planner(stored, {"deals_searchname": "organization_id, text"})
    return stored


def _rows(names: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    by_organization: dict[int, dict[str, str]] = {}
    for pk, name in names:
        known = by_organization.setdefault(pk, {})
        for text, kind in spellings_of(name).items():
            known[text] = min(known.get(text, kind), kind, key=STRENGTH.index)
    for pk, known in by_organization.items():
        for text, kind in known.items():
            yield pk, text, str(kind)


STRENGTH = ("name", "tail", "pinyin", "initials")
