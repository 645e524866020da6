"""Primary keys taken before the rows exist, so that a batch can refer to itself and be copied."""

from django.db import connection


def take(table: str, number: int) -> list[int]:
    """`number` fresh primary keys of a table, from its own sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, number],
        )
        return [row[0] for row in cursor]
