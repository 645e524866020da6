"""The program that makes a file with columns: documents in, CSV, Parquet, JSON lines or XLSX out.

It is started for one file and ends with it (`beside`), so that what Arrow takes is given back to
the system, and a file that is too much for the memory costs no web process. It knows no Django, no
settings and no database: what it needs comes over its input.
"""

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

if __name__ == "__main__":
    # Before Arrow, which takes most of its start and of its memory. Whoever asked ends us, finishes
    # when told to end, and outlives us where memory is short.
    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, signal.SIG_IGN)
    # Without anybody who reads there is nothing to say, neither in the log.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")

    from importlib.abc import MetaPathFinder

    class _NoPandas(MetaPathFinder):
        """Arrow loads pandas, if it is there, to see whether a list is one of its own.

        That takes longer than most files, and half as much memory as all the rest.
        """

        def find_spec(self, name: str, *_where: object) -> None:
            if name == "pandas":
                raise ModuleNotFoundError(name)

    sys.meta_path.insert(0, _NoPandas())
    # It is started by its path, and looks for modules nowhere else.
    sys.path.insert(0, str(Path(__file__).parents[2]))

import orjson
import pyarrow as pa

from deals.exports.arrow import ahead, read
from deals.exports.columns import Column
from deals.exports.wire import END, HEAD, MAGIC, PIECE, Job

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
    if job.form == "csv":
        return _csv(lines, job.columns)
    tables = ahead(partial(read, columns=job.columns), lines)
    if job.form == "parquet":
        from deals.exports import parquet

        made = parquet.stream(tables, job.columns, job.facts)
        # Its first bytes have left before this program was there.
        assert next(made) == (MAGIC, 0)
        return made
    return _json_rows(tables) if job.form == "jsonl" else _workbook(tables, job)


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


def _workbook(tables: Iterator[pa.Table], job: Job) -> Made:
    """On disk first: a workbook is a ZIP file, of which the sheets are known only at their end."""
    from deals.exports.workbook import Workbook

    with TemporaryFile(dir=job.folder) as file:
        book = Workbook(file, job.title, job.columns, job.words, job.folder)
        for table in tables:
            book.rows(table)
        book.close([*job.about, (job.counted, str(book.written))])
        file.seek(0)
        rows = book.written
        for piece in iter(partial(file.read, PIECE), b""):
            yield piece, rows
            rows = 0


def main() -> None:
    source, target = sys.stdin.buffer, sys.stdout.buffer
    for piece, rows in pieces(Job.of(source.readline()), blocks(source)):
        if piece or rows:
            target.write(HEAD.pack(rows, len(piece)))
            target.write(piece)
            target.flush()
    target.write(HEAD.pack(0, END))
    target.flush()


if __name__ == "__main__":
    main()
