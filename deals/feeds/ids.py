"""Primary keys taken before the rows exist, so that a batch can refer to itself and be copied."""

from django.db import connection


def take(table: str, number: int) -> list[int]:
    """`number` fresh primary keys of a table, from its own sequence."""
    with connection.cursor() as cursor:
        # The sequence is looked up first: inside the query it would be looked up for every row.
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        (sequence,) = cursor.fetchone()
        cursor.execute(
            "SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, number]
        )
        return [row[0] for row in cursor]
