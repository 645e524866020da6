"""The program that makes a file with columns: documents in, CSV, Parquet, JSON lines or XLSX out.

It is started for one file and ends with it (`beside`), so that what Arrow takes is given back to
the system, and a file that is too much for the memory costs no web process. It knows no Django, no
settings and no database: what it needs comes over its input.
"""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from tempfile import TemporaryFile
from typing import IO

# Arrow is told how to take memory before it is loaded: the system's way gives it back.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
if __name__ == "__main__":
    # By its path, since it is started without any other place to look for modules.
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

import orjson
import pyarrow as pa

from deals.exports.arrow import ahead, read
from deals.exports.columns import TABLES, Column
from deals.exports.wire import END, HEAD, PIECE, Job

# Bytes of documents that become columns at once; the first of them as soon as they are there.
FIRST, AT_ONCE = PIECE, 1 << 22

Made = Iterator[tuple[bytes, int]]


def blocks(source: IO[bytes]) -> Iterator[bytes]:
    """Whole lines, cut by their bytes alone: however they arrive, a file's bytes stay the same."""
    least = FIRST
    while text := source.read(least):
        yield text + source.readline()
        least = AT_ONCE


def pieces(job: Job, lines: Iterator[bytes]) -> Made:
    """The file, each piece with how many rows it completes."""
    columns = TABLES[job.table]
    if job.form == "csv":
        return _csv(lines, columns)
    tables = ahead(partial(read, columns=columns), lines)
    if job.form == "parquet":
        from deals.exports import parquet

        return parquet.stream(tables, columns, job.facts)
    return _json_rows(tables) if job.form == "jsonl" else _workbook(tables, columns, job)


def _csv(lines: Iterator[bytes], columns: Sequence[Column]) -> Made:
    from deals.exports import table_csv

    def made(text: bytes) -> tuple[bytes, int]:
        table = read(text, columns)
        return table_csv.rows(table, columns), table.num_rows

    return ahead(made, lines)


def _json_rows(tables: Iterator[pa.Table]) -> Made:
    for table in tables:
        rows = [orjson.dumps(row) for row in table.to_pylist()]
        yield b"\n".join([*rows, b""]), len(rows)


def _workbook(tables: Iterator[pa.Table], columns: Sequence[Column], job: Job) -> Made:
    """On disk first: a workbook is a ZIP file, of which the sheets are known only at their end."""
    from deals.exports.workbook import Workbook

    with TemporaryFile(dir=job.folder) as file:
        book = Workbook(file, job.title, columns, job.words)
        for table in tables:
            book.rows(table)
        book.close([*job.about, (job.counted, str(book.written))])
        file.seek(0)
        rows = book.written
        for piece in iter(partial(file.read, PIECE), b""):
            yield piece, rows
            rows = 0


def main() -> None:
    # Whoever asked ends us, and lets us finish when they themselves are told to end. Without
    # anybody to read, there is nothing to say.
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    source, target, total = sys.stdin.buffer, sys.stdout.buffer, 0
    for piece, rows in pieces(Job.of(source.readline()), blocks(source)):
        if piece or rows:
            target.write(HEAD.pack(rows, len(piece)))
            target.write(piece)
            target.flush()
            total += rows
    target.write(HEAD.pack(total, END))
    target.flush()


if __name__ == "__main__":
    main()
