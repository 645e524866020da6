"""The deals of a question as a file: JSON lines, CSV, Parquet or an Excel workbook.

    stream("csv", query, scope)            pieces of the file, as the database delivers them
    write("xlsx", target, query, scope)    the same into an open file, with its digest

JSON lines and CSV are the same bytes whenever the same question is asked of the same point.

JSON lines of deals are sent as they are stored. Whatever has columns is made by a process of its
own (`beside`), which is given the same documents: Arrow is large, and what it takes would stay with
a web process for ever.
"""

import zlib
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from typing import IO

from django.conf import settings

from deals.exports import about, beside
from deals.exports.columns import TABLES, csv_head
from deals.exports.forms import AS_USUAL, PACKED, Shape
from deals.exports.marks import Tally
from deals.exports.source import EVERY_DEAL, documents
from deals.exports.wire import MAGIC, PIECE, Job
from deals.flows.listing import Wanted
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope

BYTE_ORDER_MARK = "\ufeff".encode()


@dataclass(frozen=True, slots=True)
class Written:
    """Rows of the file, and its size and digest as it lies there."""

    rows: int
    bytes: int
    sha256: str


def started(form: str, shape: Shape) -> beside.Maker | None:
    """The program that such a file needs; None for what is sent as it is stored.

    For whoever wants to know that there is one before anything is sent, and who has to close it.
    Raises OSError where the system has no room for it.
    """
    return None if _as_stored(form, shape) else beside.Maker()


def _as_stored(form: str, shape: Shape) -> bool:
    return form == "jsonl" and shape.table == "deals"


def stream(
    form: str,
    query: FlowQuery,
    scope: Scope,
    wanted: Wanted = EVERY_DEAL,
    shape: Shape = AS_USUAL,
    maker: beside.Maker | None = None,
) -> Generator[bytes, None, None]:
    """The file in pieces. Closing the iterator ends the statement in the database.

    Without a `maker` that was `started`, the file starts its own with its first piece.
    """
    tally = Tally(scope.change_seq)
    pieces = _pieces(form, query, scope, wanted, shape, tally, maker)
    return _packed(pieces) if shape.gzip else pieces


def write(
    form: str,
    target: IO[bytes],
    query: FlowQuery,
    scope: Scope,
    wanted: Wanted = EVERY_DEAL,
    shape: Shape = AS_USUAL,
    maker: beside.Maker | None = None,
) -> Written:
    """The file into `target`, which is open for writing bytes."""
    tally, digest, size = Tally(scope.change_seq), sha256(), 0
    pieces = _pieces(form, query, scope, wanted, shape, tally, maker)
    for piece in _packed(pieces) if shape.gzip else pieces:
        target.write(piece)
        digest.update(piece)
        size += len(piece)
    return Written(tally.rows, size, digest.hexdigest())


def _pieces(
    form: str,
    query: FlowQuery,
    scope: Scope,
    wanted: Wanted,
    shape: Shape,
    tally: Tally,
    maker: beside.Maker | None,
) -> Generator[bytes, None, None]:
    with closing(documents(query, scope, wanted, PIECE)) as blocks:
        if _as_stored(form, shape):
            for block in blocks:
                yield tally.passed(block.text, block.count)
        else:
            job = _job(form, query, scope, wanted, shape)
            with maker or beside.Maker() as program:
                if begin := _begin(form, shape):
                    yield tally.passed(begin)
                for piece, rows in program.made(job, (block.text for block in blocks)):
                    yield tally.passed(piece, rows)
    if shape.mark and form not in PACKED:
        yield tally.csv_end() if form == "csv" else tally.json_end(shape.table)


def _begin(form: str, shape: Shape) -> bytes:
    """The first bytes, which are always the same and leave while the program still starts."""
    if form == "csv":
        return (BYTE_ORDER_MARK if shape.spreadsheet else b"") + csv_head(TABLES[shape.table])
    return MAGIC if form == "parquet" else b""


def _job(form: str, query: FlowQuery, scope: Scope, wanted: Wanted, shape: Shape) -> Job:
    columns = TABLES[shape.table]
    if form == "parquet":
        return Job(form, columns, facts=dict(about.facts(query, scope)))
    if form != "xlsx":
        return Job(form, columns)
    return Job(
        form,
        columns,
        about=tuple(about.lines(query, scope, wanted)),
        counted=about.counted(),
        title=about.sheet_title(shape.table),
        words=about.words(shape.table),
        folder=settings.FILE_UPLOAD_TEMP_DIR,
    )


def _packed(pieces: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    """As a .gz file, without a name or a time in it, so that the same bytes stay the same."""
    packer = zlib.compressobj(level=6, wbits=31)
    with closing(pieces):
        for piece in pieces:
            if made := packer.compress(piece):
                yield made
    yield packer.flush()
