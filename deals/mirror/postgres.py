"""A copy in a PostgreSQL database, in a schema of its own."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import orjson
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from deals.mirror.columns import DEALS, ORGANIZATIONS, PARTS, Column, Row, part_rows, row_of
from deals.mirror.copies import LAYOUT, Proof, State, Tables
from deals.mirror.troubles import PlaceTrouble

SCHEMA = "investtrack"
BATCH = 2_000
# bit_xor over bits came with this version.
OLDEST = 140_000
TYPES = {
    "text": "text",
    "int": "integer",
    "bool": "boolean",
    "date": "date",
    "time": "timestamptz",
    "money": "numeric(20, 2)",
    "percent": "numeric(9, 4)",
    "texts": "text[]",
}
STATE = """
CREATE TABLE IF NOT EXISTS state (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), layout integer NOT NULL,
    server text NOT NULL, population text, seq bigint NOT NULL, entry text NOT NULL,
    etags jsonb NOT NULL, proved_seq bigint, proved_deals integer, proved_digest text,
    proved_at timestamptz
)"""
REFERENCE = """
CREATE TABLE IF NOT EXISTS reference (
    name text NOT NULL, position integer NOT NULL, document jsonb NOT NULL,
    PRIMARY KEY (name, position)
)"""
OTHER_LAYOUT = "SELECT 1 FROM state WHERE layout <> %s"
READ_STATE = "SELECT server, population, seq, entry, etags, layout FROM state"
WRITE_STATE = """
INSERT INTO state (layout, server, population, seq, entry, etags) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (one) DO UPDATE SET layout = excluded.layout, server = excluded.server,
    population = excluded.population, seq = excluded.seq, entry = excluded.entry,
    etags = excluded.etags
"""
PROVED = """
UPDATE state SET proved_seq = %s, proved_deals = %s, proved_digest = %s, proved_at = %s
"""
DIGEST = """
SELECT count(*),
       bit_xor(('x' || encode(sha256(convert_to(document, 'UTF8')), 'hex'))::bit(256))::text
FROM {}
"""
DIGESTS = "SELECT id, encode(sha256(convert_to(document, 'UTF8')), 'hex') FROM deals"
ALL = ("deals", *(name for name, _key, _columns in PARTS))


class PostgresCopy:
    """`address` is a postgres:// address; the role may make a schema, or owns one of that name.

    Without `make` nothing is made where there is no copy yet.
    """

    at_once = 1

    def __init__(self, address: str, schema: str = SCHEMA, *, make: bool = True) -> None:
        try:
            self._db = psycopg.connect(address, autocommit=True, connect_timeout=10)
        except psycopg.Error as error:
            raise PlaceTrouble(f"The database cannot be reached: {_said(error)}") from None
        try:
            if self._db.info.server_version < OLDEST:
                raise PlaceTrouble("The copy needs PostgreSQL 14 or later.")
            self._open(schema, make)
        except psycopg.Error as error:
            self.close()
            raise PlaceTrouble(f"The database cannot hold the copy: {_said(error)}") from None
        except PlaceTrouble:
            self.close()
            raise

    def _open(self, schema: str, make: bool) -> None:
        self._db.execute("SET client_encoding = 'UTF8'")
        self._db.execute("SET client_min_messages = warning")
        if make:
            name = sql.Identifier(schema)
            self._db.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
        self._db.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(schema)))
        locked = self._db.execute(
            "SELECT pg_try_advisory_lock(hashtext('investtrack mirror'), hashtext(%s))", [schema]
        ).fetchone()
        if not locked or not locked[0]:
            raise PlaceTrouble("Another run is keeping this copy at the moment.")
        if make:
            with self._db.transaction():
                self._drop_older()
                for statement in _tables():
                    self._db.execute(statement)

    def _drop_older(self) -> None:
        """Tables of another layout, which then is taken anew."""
        there = self._db.execute("SELECT to_regclass('state') IS NOT NULL").fetchone()
        if there and there[0] and self._db.execute(OTHER_LAYOUT, [LAYOUT]).fetchone():
            names = ", ".join((*ALL, "organizations", "reference", "state"))
            self._db.execute(f"DROP TABLE IF EXISTS {names}".encode())

    def close(self) -> None:
        self._db.close()

    def state(self) -> State | None:
        try:
            row = self._db.execute(READ_STATE).fetchone()
        except psycopg.errors.UndefinedTable:
            return None
        state = State(*row) if row else None
        return state if state and state.layout == LAYOUT else None

    def replace(self, texts: Iterable[str], state: Callable[[], State]) -> None:
        """Into temporary tables first, so that readers wait only while those are moved in."""
        try:
            for name in ALL:
                self._db.execute(
                    sql.SQL("CREATE TEMPORARY TABLE {} (LIKE {})").format(
                        sql.Identifier(f"new_{name}"), sql.Identifier(name)
                    )
                )
            texts = iter(texts)
            while batch := list(islice(texts, BATCH)):
                self._insert(batch, prefix="new_")
            found = state()
            with self._db.transaction():
                # Not by CASCADE: tables that others hang on ours are not ours to empty.
                self._db.execute(f"TRUNCATE {', '.join(ALL)}".encode())
                for name in ALL:
                    self._db.execute(
                        sql.SQL("INSERT INTO {} SELECT * FROM {}").format(
                            sql.Identifier(name), sql.Identifier(f"new_{name}")
                        )
                    )
                self._write(found)
        finally:
            if not self._db.closed and not self._db.broken:
                for name in ALL:
                    self._db.execute(
                        sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(f"new_{name}"))
                    )

    def apply(self, put: Mapping[str, str], gone: set[str], state: State) -> None:
        with self._db.transaction():
            self._db.execute("DELETE FROM deals WHERE id = ANY(%s)", [[*put, *gone]])
            self._insert(list(put.values()))
            self._write(state)

    def tables(self, tables: Tables, state: State) -> None:
        with self._db.transaction():
            if tables.organizations is not None:
                self._db.execute("DELETE FROM organizations")
                self._copy(
                    "organizations",
                    [column.name for column in ORGANIZATIONS] + ["document"],
                    ((*row_of(ORGANIZATIONS, orjson.loads(t)), t) for t in tables.organizations),
                )
            for name, rows in tables.reference.items():
                self._db.execute("DELETE FROM reference WHERE name = %s", [name])
                self._copy(
                    "reference",
                    ["name", "position", "document"],
                    ((name, place, text) for place, text in enumerate(rows, start=1)),
                )
            self._write(state)

    def digest(self) -> tuple[int, int]:
        return self._digest("deals")

    def organizations_digest(self) -> tuple[int, int]:
        return self._digest("organizations")

    def digests(self) -> dict[str, int]:
        return {pk: int(text, 16) for pk, text in self._db.execute(DIGESTS)}

    def proved(self, proof: Proof) -> None:
        self._db.execute(PROVED, [proof.seq, proof.deals, proof.digest, proof.at])

    def _digest(self, table: str) -> tuple[int, int]:
        row = self._db.execute(sql.SQL(DIGEST).format(sql.Identifier(table))).fetchone()
        count, bits = row or (0, None)
        return int(count), int(bits or "0", 2)

    def _write(self, state: State) -> None:
        facts = (state.layout, state.server, state.population, state.seq, state.entry)
        self._db.execute(WRITE_STATE, [*facts, Jsonb(state.etags)])

    def _insert(self, texts: list[str], prefix: str = "") -> None:
        documents = [orjson.loads(text) for text in texts]
        names = [*(column.name for column in DEALS), "document"]
        rows = zip(documents, texts, strict=True)
        self._copy(f"{prefix}deals", names, ((*row_of(DEALS, d), text) for d, text in rows))
        for name, key, columns in PARTS:
            names = ["deal", "position", *(column.name for column in columns)]
            found = (row for document in documents for row in part_rows(columns, key, document))
            self._copy(f"{prefix}{name}", names, found)

    def _copy(self, table: str, names: list[str], rows: Iterable[Row]) -> None:
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
        )
        with self._db.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


def _tables() -> Iterator[str]:
    yield STATE
    yield REFERENCE
    yield _table("deals", DEALS, "document text NOT NULL, PRIMARY KEY (id)")
    for name, _key, columns in PARTS:
        yield _table(
            name,
            columns,
            "PRIMARY KEY (deal, position)",
            "deal text NOT NULL REFERENCES deals ON DELETE CASCADE, position integer NOT NULL, ",
        )
    yield _table("organizations", ORGANIZATIONS, "document text NOT NULL, PRIMARY KEY (id)")


def _table(name: str, columns: tuple[Column, ...], after: str, before: str = "") -> str:
    listed = ", ".join(f'"{column.name}" {TYPES[column.type]}' for column in columns)
    return f"CREATE TABLE IF NOT EXISTS {name} ({before}{listed}, {after})"


def _said(error: Any) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
