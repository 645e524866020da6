"""The neighbourhood of a few deals as it is, and as it would be with other facts.

Whether a deal counts depends on itself and on its tranches, or those of its umbrella, and on
nothing else. So what some deals would move is found among these alone, however large the register
is. A temporary table takes the place of the table of facts, since temporary names come first in the
search path: every question is placed by the very code that answers readers.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from deals.flows.rollup import without_cells
from deals.models.bulk import copy_rows
from deals.models.facts import COLUMNS

Row = tuple[Any, ...]
DEAL, PART_OF = COLUMNS.index("deal_id"), COLUMNS.index("part_of_id")
PUBLISHED, SUPERSEDED = COLUMNS.index("published_seq"), COLUMNS.index("superseded_seq")
NEAR = """
CREATE TEMPORARY TABLE wouldbe_near (LIKE deals_dealfact INCLUDING GENERATED) ON COMMIT DROP
"""
UMBRELLAS = """
SELECT part_of_id FROM deals_dealfact WHERE deal_id = ANY(%(deals)s) AND part_of_id IS NOT NULL
AND published_seq IS NOT NULL AND superseded_seq IS NULL
"""
# In two steps, so that each takes its own index.
FILL = """
INSERT INTO wouldbe_near ({names})
SELECT {names} FROM deals_dealfact f
WHERE f.published_seq IS NOT NULL AND f.superseded_seq IS NULL AND f.version_id IN (
    SELECT version_id FROM deals_dealfact WHERE deal_id = ANY(%(near)s)
    UNION SELECT version_id FROM deals_dealfact WHERE part_of_id = ANY(%(near)s))
"""
SHADOW = "ALTER TABLE wouldbe_near RENAME TO deals_dealfact"
CLEAN_UP = "DROP TABLE pg_temp.deals_dealfact"


class Neighbourhood:
    """Inside `neighbourhood`: the deals as they are, until `change` has made them what they would
    be."""

    def __init__(self, rows: Sequence[Row], gone: Collection[int], seq: int) -> None:
        self._rows, self._gone, self._seq = rows, gone, seq

    def change(self) -> None:
        """From here on questions see the new facts, live since `seq`."""
        deals = [*(row[DEAL] for row in self._rows), *self._gone]
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM pg_temp.deals_dealfact WHERE deal_id = ANY(%s)", [deals])
        copy_rows("pg_temp.deals_dealfact", COLUMNS, map(self._live, self._rows))

    def _live(self, row: Row) -> Row:
        values = list(row)
        values[PUBLISHED], values[SUPERSEDED] = self._seq, None
        return tuple(values)


@contextmanager
def neighbourhood(
    rows: Sequence[Row], gone: Collection[int], *, seq: int
) -> Iterator[Neighbourhood]:
    """Inside, questions see nothing but the live deals of these rows (as `fact_row` makes them),
    the deals that would be `gone`, their umbrellas, and the tranches of all of these.

    Nothing is written, and all of it is gone at the end.
    """
    deals = {row[DEAL] for row in rows} | set(gone)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UMBRELLAS, {"deals": list(deals)})
        near = deals | {pk for (pk,) in cursor} | {row[PART_OF] for row in rows if row[PART_OF]}
        cursor.execute(NEAR)
        cursor.execute(FILL.format(names=", ".join(COLUMNS)), {"near": list(near)})
        cursor.execute(SHADOW)
        with without_cells():
            yield Neighbourhood(rows, gone, seq)
        cursor.execute(CLEAN_UP)
