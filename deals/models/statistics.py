"""What the planner knows of tables that a large import has just written to.

To its statistics they may still be empty, and a plan for empty tables takes minutes instead of a
second. Where the rows are few beside those that it knows of, its plans are right already, and
looking at a large table takes as long as writing thousands of rows.
"""

from collections.abc import Mapping

from django.db import connection

# Fewer rows are no matter for any plan.
LARGE = 1_000
# Rows that make out less than one in so many of a table do not change its plans.
PART = 4
KNOWN = """
SELECT t, (SELECT reltuples FROM pg_class WHERE oid = t::regclass) FROM unnest(%s::text[]) AS t
"""


def tell_planner(rows: int, tables: Mapping[str, str]) -> list[str]:
    """Look at those tables again of which so many new rows are a large part; returns which.

    `tables` are names with the columns that plans depend on; they come from code.
    """
    if rows < LARGE:
        return []
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [list(tables)])
        outgrown = [table for table, known in cursor.fetchall() if known < PART * rows]
        if outgrown:
            listed = ", ".join(f"{table} ({tables[table]})" for table in outgrown)
            cursor.execute(f"ANALYZE {listed}")
    return outgrown
