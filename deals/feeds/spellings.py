"""The table of spellings under which organizations are looked up while their names are typed.

It is computed from the names, and kept in step by whoever makes or changes an organization: a few
at once, in the same transaction; the many of an import after it, and what was missed at night.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from deals.feeds.folding import spellings_of
from deals.models import Organization
from deals.models.statistics import tell_planner

BATCH = 2_000
# What takes a second or two; the many of a large import wait until it is published.
A_FEW = 5_000
STRENGTH = ("name", "tail", "pinyin", "initials")
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
# Two that spell one organization at the same time say the same.
STORE = """
INSERT INTO deals_searchname (organization_id, text, kind)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[])
ON CONFLICT (organization_id, text) DO NOTHING
"""
MISSING = """
SELECT o.id FROM deals_organization o WHERE o.merged_into_id IS NULL
  AND (%(all)s OR o.id = ANY(%(ids)s::bigint[]))
  AND NOT EXISTS (SELECT 1 FROM deals_searchname s WHERE s.organization_id = o.id)
ORDER BY o.generated, o.id LIMIT %(most)s
"""


def rebuild(ids: Iterable[int] | None = None) -> int:
    """Spell organizations (primary keys; None is all) anew; returns how many spellings they have.

    Each 2,000 are a transaction of their own, unless the caller has one open.
    """
    if ids is None:
        ids = Organization.objects.order_by("pk").values_list("pk", flat=True)
    pks = list(ids)
    stored = sum(_spell(pks[at : at + BATCH]) for at in range(0, len(pks), BATCH))
    if len(pks) > BATCH:
        tell_planner(stored, {"deals_searchname": "organization_id, text"})
    return stored


def spell_new(names: Sequence[tuple[int, str]]) -> None:
    """Spell organizations that were just made (primary key and only name), in one statement,
    unless they are so many that it would take long."""
    if 0 < len(names) <= A_FEW:
        with connection.cursor() as cursor:
            _store(cursor, list(_rows(names)))


def spell_missing(ids: Sequence[int] | None = None, *, most: int = 50_000) -> int:
    """Spell those organizations of `ids` (None is all), real ones first, that have no spellings;
    returns how many these were.

    After large imports, and after this table came to an older register.
    """
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {"all": ids is None, "ids": list(ids or ()), "most": most}
        cursor.execute(MISSING, asked)
        missing = [row[0] for row in cursor]
    rebuild(missing)
    return len(missing)


@transaction.atomic
def _spell(ids: Sequence[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(NAMES, {"ids": list(ids)})
        rows = list(_rows(cursor.fetchall()))
        cursor.execute(FORGET, [list(ids)])
        _store(cursor, rows)
    return len(rows)


def _store(cursor: CursorWrapper, rows: list[tuple[int, str, str]]) -> None:
    if rows:
        cursor.execute(STORE, [list(column) for column in zip(*rows, strict=True)])


def _rows(names: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    """Each spelling of each organization once, by the strongest kind that one of its names has."""
    by_organization: dict[int, dict[str, str]] = {}
    for pk, name in names:
        known = by_organization.setdefault(pk, {})
        for text, kind in spellings_of(name).items():
            known[text] = min(known.get(text, kind), kind, key=STRENGTH.index)
    for pk, known in by_organization.items():
        for text, kind in known.items():
            yield pk, text, str(kind)
