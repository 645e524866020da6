"""The deals of a question as a file: JSON lines, CSV, Parquet or an Excel workbook.

    stream("csv", query, scope)            pieces of the file, as the database delivers them
    write("xlsx", target, query, scope)    the same into an open file, with its digest

JSON lines and CSV are the same bytes whenever the same question is asked of the same point.

Arrow is large and takes a while to load, so it is imported where columns are made; JSON lines of
deals, which are sent as they are stored, leave at once and keep a web process small.
"""

import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import orjson
from django.conf import settings

from deals.exports import about
from deals.exports.columns import TABLES, Column
from deals.exports.forms import AS_USUAL, Shape
from deals.exports.marks import Tally
from deals.exports.source import EVERY_DEAL, Lines, documents
from deals.flows.listing import Wanted
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope

if TYPE_CHECKING:
    import pyarrow as pa

# Bytes of documents that become columns at once.
AT_ONCE = 1 << 22
# One message of the database: what is put together of several lies in memory twice, for a thread.
PIECE = 1 << 17
BYTE_ORDER_MARK = "\ufeff".encode()


@dataclass(frozen=True, slots=True)
class Written:
    """Rows of the file, and its size and digest as it lies there."""

    rows: int
    bytes: int
    sha256: str


def stream(
    form: str,
    query: FlowQuery,
    scope: Scope,
    wanted: Wanted = EVERY_DEAL,
    shape: Shape = AS_USUAL,
) -> Generator[bytes, None, None]:
    """The file in pieces. Closing the iterator ends the statement in the database."""
    tally = Tally(scope.change_seq)
    pieces = _pieces(form, query, scope, wanted, shape, tally)
    return _packed(pieces) if shape.gzip else pieces


def write(
    form: str,
    target: IO[bytes],
    query: FlowQuery,
    scope: Scope,
    wanted: Wanted = EVERY_DEAL,
    shape: Shape = AS_USUAL,
) -> Written:
    """The file into `target`, which is open for writing bytes."""
    tally, digest, size = Tally(scope.change_seq), sha256(), 0
    pieces = _pieces(form, query, scope, wanted, shape, tally)
    for piece in _packed(pieces) if shape.gzip else pieces:
        target.write(piece)
        digest.update(piece)
        size += len(piece)
    return Written(tally.rows, size, digest.hexdigest())


def _pieces(
    form: str, query: FlowQuery, scope: Scope, wanted: Wanted, shape: Shape, tally: Tally
) -> Generator[bytes, None, None]:
    as_they_are = form == "jsonl" and shape.table == "deals"
    least = PIECE if as_they_are else AT_ONCE
    with closing(documents(query, scope, wanted, least)) as blocks:
        if as_they_are:
            lines = (tally.passed(block.text, block.count) for block in blocks)
            yield from _ended(lines, tally, shape, form)
        elif form == "csv":
            yield from _ended(_csv(blocks, shape, tally), tally, shape, form)
        elif form == "jsonl":
            yield from _ended(_json_rows(blocks, shape, tally), tally, shape, form)
        elif form == "parquet":
            yield from _parquet(blocks, shape, tally, dict(about.facts(query, scope)))
        else:
            yield from _workbook(blocks, shape, tally, about.lines(query, scope, wanted))


def _ended(pieces: Iterator[bytes], tally: Tally, shape: Shape, form: str) -> Iterator[bytes]:
    yield from pieces
    if shape.mark:
        yield tally.csv_end() if form == "csv" else tally.json_end(shape.table)


def _tables(blocks: Iterator[Lines], columns: Sequence[Column]) -> "Iterator[pa.Table]":
    from deals.exports.arrow import ahead, read

    return ahead(lambda lines: read(lines.text, columns), blocks)


def _csv(blocks: Iterator[Lines], shape: Shape, tally: Tally) -> Iterator[bytes]:
    from deals.exports import table_csv
    from deals.exports.arrow import ahead, read

    columns = TABLES[shape.table]
    begin = BYTE_ORDER_MARK if shape.spreadsheet else b""
    yield tally.passed(begin + table_csv.head(columns))

    def made(lines: Lines) -> tuple[bytes, int]:
        table = read(lines.text, columns)
        return table_csv.rows(table, columns), table.num_rows

    for text, rows in ahead(made, blocks):
        yield tally.passed(text, rows)


def _json_rows(blocks: Iterator[Lines], shape: Shape, tally: Tally) -> Iterator[bytes]:
    columns = TABLES[shape.table]
    for table in _tables(blocks, columns):
        rows = [orjson.dumps(row) for row in table.to_pylist()]
        yield tally.passed(b"\n".join([*rows, b""]), len(rows))


def _parquet(
    blocks: Iterator[Lines], shape: Shape, tally: Tally, facts: dict[str, str]
) -> Iterator[bytes]:
    from deals.exports import parquet

    columns = TABLES[shape.table]
    for piece, rows in parquet.stream(_tables(blocks, columns), columns, facts):
        yield tally.passed(piece, rows)


def _workbook(
    blocks: Iterator[Lines], shape: Shape, tally: Tally, explained: list[tuple[str, str]]
) -> Iterator[bytes]:
    """On disk first: a workbook is a ZIP file, of which the sheets are known only at their end."""
    from deals.exports.workbook import Workbook

    columns = TABLES[shape.table]
    with TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        book = Workbook(file, about.sheet_title(shape.table), columns)
        for table in _tables(blocks, columns):
            book.rows(table)
        tally.rows = book.written
        book.close([*explained, about.counted(book.written)])
        file.seek(0)
        yield from iter(partial(file.read, PIECE), b"")


def _packed(pieces: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    """As a .gz file, without a name or a time in it, so that the same bytes stay the same."""
    packer = zlib.compressobj(level=6, wbits=31)
    with closing(pieces):
        for piece in pieces:
            if made := packer.compress(piece):
                yield made
    yield packer.flush()
