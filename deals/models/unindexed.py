"""Tables without indexes, foreign keys and triggers while very much is written to them.

What keeps a table in order costs far more a row at a time than all at once afterwards. All of it is
put back as it was, in the same transaction: checked by the database where it is a constraint; what
triggers would have done is left to whoever writes.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction

# Foreign keys from and to the tables come before the keys that they rest on, and go after them.
CONSTRAINTS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
FROM pg_constraint
WHERE contype = ANY(%(kinds)s)
  AND (conrelid = ANY(%(tables)s::regclass[]) OR confrelid = ANY(%(tables)s::regclass[]))
ORDER BY conrelid, conname
"""
INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i
WHERE i.indrelid = ANY(%(tables)s::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY 1
"""
# Building an index sorts the whole table; there is nobody beside to leave memory to.
MEMORY = "SET LOCAL maintenance_work_mem = '512MB'; SET LOCAL work_mem = '128MB'"


@contextmanager
def unindexed(tables: Sequence[str]) -> Iterator[None]:
    """Inside, these tables are bare. One transaction, in which nobody else can use them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(MEMORY)
        foreign, own = (_found(CONSTRAINTS, tables, kinds) for kinds in (["f"], ["p", "u", "x"]))
        for table, name, _ in [*foreign, *own]:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        indexes = _found(INDEXES, tables, [])
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for table, name, definition in own:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in foreign:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _found(sql: str, tables: Sequence[str], kinds: Sequence[str]) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tables": list(tables), "kinds": list(kinds)})
        return cursor.fetchall()
