"""The limit of an import: bare COPY of the very rows that it wrote, into empty tables of one shape.

The tables have the same columns, indexes, checks and foreign keys as the register's. Nothing is
read, matched, compared or numbered; the rows are finished.
"""

from io import BytesIO

from django.db import connection, transaction

from benchmarks.took import Took, measured

# What a publication leaves in the register, referred-to tables first; and their keys.
TABLES = {
    "deals_organization": "id",
    "deals_source": "id",
    "deals_deal": "id",
    "deals_dealversion": "id",
    "deals_participation": "id",
    "deals_citation": "id",
    "deals_dealfact": "version_id",
    "deals_dealdocument": "version_id",
    "deals_change": "seq",
    "deals_feedrecord": "id",
}
FOREIGN_KEYS = """
SELECT conrelid::regclass::text, confrelid::regclass::text, pg_get_constraintdef(oid)
FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)
"""


def heights() -> dict[str, int]:
    """The highest key of each table now; what is above it later was written since."""
    with connection.cursor() as cursor:
        found = {}
        for table, key in TABLES.items():
            cursor.execute(f"SELECT coalesce(max({key}), 0) FROM {table}")
            found[table] = int(cursor.fetchone()[0])
        return found


def bare_copy(above: dict[str, int]) -> Took:
    """COPY all rows above these keys in one transaction, foreign keys checked."""
    _make_tables()
    rows = {table: _rows(table, above[table]) for table in TABLES}
    columns = {table: _columns(table) for table in TABLES}
    with measured() as took, transaction.atomic(), connection.cursor() as cursor:
        for table, data in rows.items():
            with cursor.copy(f"COPY bare.{table} ({columns[table]}) FROM STDIN") as copy:
                copy.write(data)
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA bare CASCADE")
    return took


def _make_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA bare")
        for table in TABLES:
            cursor.execute(f"CREATE TABLE bare.{table} (LIKE {table} INCLUDING ALL)")
        cursor.execute(FOREIGN_KEYS, [list(TABLES)])
        for table, other, definition in cursor.fetchall():
            if other in TABLES:
                definition = definition.replace(f"REFERENCES {other}(", f"REFERENCES bare.{other}(")
            cursor.execute(f"ALTER TABLE bare.{table} ADD {definition}")


def _columns(table: str) -> str:
    """Those that are written; the database itself computes the generated ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = ''",
            [table],
        )
        return str(cursor.fetchone()[0])


def _rows(table: str, above: int) -> bytes:
    data = BytesIO()
    wanted = f"SELECT {_columns(table)} FROM {table} WHERE {TABLES[table]} > {above}"
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({wanted}) TO STDOUT") as copy,
    ):
        for block in copy:
            data.write(block)
    return data.getvalue()
