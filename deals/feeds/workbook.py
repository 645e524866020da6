"""An Excel workbook (XLSX) as the CSV text that every later stage reads.

The first sheet is taken, every cell as text. A day comes out as ISO 8601, a number as it is stored
and not as it is formatted, so 1,234.50 € is "1234.5"; which currency that is, the profile says.

The sheet is read and written some thousand rows at a time: a workbook of 100,000 rows would else
need 190 MB, and one of a million more than a worker has.
"""

import warnings
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from deals.feeds.limits import refuse_bomb
from deals.feeds.refusals import Refused
from deals.feeds.workbook_parts import check_parts

# How the name of a sheet's file goes on after the hash.
SHEET = ".sheet"
ROWS_AT_ONCE = 2_000
CHARACTERS_AT_ONCE = 1_000_000
# As many as Excel has.
MOST_ROWS = 1_048_576


def write_sheet(name: str, path: Path, out: BinaryIO, delimiter: str) -> None:
    """Write the first sheet as CSV in UTF-8, its rows numbered as in the sheet. Raises `Refused`.

    Rows are as wide as the widest so far; empty rows at the end are left out.
    """
    # Loading pandas takes half a second, which files of text need not wait for.
    import pandas as pd

    check_parts(path, name)
    try:
        with warnings.catch_warnings(), path.open("rb") as stream:
            # Styles and extensions that the reader passes over do not touch the cells.
            warnings.simplefilter("ignore")
            with pd.ExcelFile(stream, engine="openpyxl") as book:
                sheet = book.book.worksheets[0]
                # What a sheet says of its own size is often wrong.
                sheet.reset_dimensions()
                width = _write_rows(sheet.iter_rows(values_only=True), out, delimiter, name)
    except Refused:
        raise
    except Exception as error:
        # Whatever is broken inside a workbook, its reader raises errors of a dozen kinds.
        raise Refused(
            f"{name} is an Excel workbook that cannot be read ({type(error).__name__}): open it, "
            "save it again or save the table as CSV, and try again."
        ) from None
    if not width:
        raise Refused(f"{name} is empty: its first sheet has no header and no rows.")


def text_of(cell: object) -> str:
    """A cell as text: a day or a time in ISO 8601, a whole number without its fraction."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _write_rows(rows: Iterator[Sequence[object]], out: BinaryIO, delimiter: str, name: str) -> int:
    """Write rows of cells, and how wide the widest was; 0 when there was nothing in any."""
    import pandas as pd

    width, blank = 0, 0
    for block in _blocks(rows, name):
        last = max((at for at, row in enumerate(block) if row), default=-1)
        if last < 0:
            blank += len(block)
            continue
        before, width = width, max(width, *map(len, block))
        _check_width(width, name)
        _write_blank(blank, before, out, delimiter)
        frame = pd.DataFrame(block[: last + 1], dtype=object).reindex(columns=range(width))
        text = frame.fillna("").to_csv(
            None, sep=delimiter, header=False, index=False, lineterminator="\r\n"
        )
        out.write(text.encode())
        blank = len(block) - last - 1
        refuse_bomb(name, out.tell(), out.tell())
    return width


def _blocks(rows: Iterator[Sequence[object]], name: str) -> Iterator[list[list[str]]]:
    """Rows of text without the empty cells at their ends, as many as fit into a few MB."""
    block: list[list[str]] = []
    size = 0
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise Refused(f"{name} has a sheet of more rows than Excel has: save the table as CSV.")
        cells = [text_of(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        block.append(cells)
        size += sum(map(len, cells))
        if len(block) == ROWS_AT_ONCE or size > CHARACTERS_AT_ONCE:
            yield block
            block, size = [], 0
    yield block


def _write_blank(count: int, width: int, out: BinaryIO, delimiter: str) -> None:
    """Empty rows in the middle of a sheet, so that the rows after them keep their numbers."""
    line = (delimiter * (width - 1) if width > 1 else '""' * width) + "\r\n"
    for _ in range(count):
        out.write(line.encode())


def _check_width(width: int, name: str) -> None:
    if width > settings.IMPORT_MAX_COLUMNS:
        raise Refused(
            f"{name} has {width:,} columns, more than the {settings.IMPORT_MAX_COLUMNS:,} that are "
            "taken: leave out those that are not needed."
        )
