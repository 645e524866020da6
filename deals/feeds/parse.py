"""Second stage: a file of text → columns of text, in chunks, so that its length needs no memory.

Nothing is interpreted: "007" stays, and "NA" is Namibia. Python's own CSV reader is used and not
pandas, since it keeps the number of cells of every row: a row with too many or too few is then that
row's error, and neither an exception nor silently cut. Row numbers are those that a spreadsheet
shows: the header is row 1, or 1 + skip_rows.
"""

import csv
import difflib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from django.conf import settings

from deals.feeds.limits import refuse_wide
from deals.feeds.memory import Memory
from deals.feeds.refusals import Refused, RowProblem
from deals.rules.errors import quoted
from deals.rules.spreadsheet import bare_cell

DELIMITERS = (",", ";", "\t", "|")
# What runs longer than any cell is a quotation mark gone astray.
LONGEST_FIELD = 10_000_000
# Put after the last line: if it does not come back as a row of its own, a quotation is open.
END = "\x1e\x1eEOF\x1e\x1e"
# Separators of another age; the stages after this one use them as marks of their own.
OLD_MARKS = str.maketrans("\x1e\x1f", "  ")
Record = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """The needed columns of some rows, all of one length, with `rows` as the row numbers.

    `problems` and `rejected` (positions, not row numbers) tell of rows with a wrong number of
    cells. `empty` are positions of rows that have cells and nothing in them.
    """

    columns: dict[str, list[str]]
    rows: list[int]
    problems: list[RowProblem]
    rejected: frozenset[int]
    empty: frozenset[int]


class TableReader:
    """The rows of a file, once from the beginning to the end.

    `stream` is text with its line ends as they are (newline=""), `needed` says for every header
    that the file must have what it is needed for. Raises `Refused`, here and in `chunk`.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        delimiter: str,
        skip_rows: int,
        needed: dict[str, str],
        name: str = "The file",
    ) -> None:
        self.name = name
        # What the rules made of cells before, so that a text in many chunks is read once.
        self.memory = Memory()
        # The row that was read last.
        self.row = skip_rows
        lines = _after_preamble(stream, skip_rows, name)
        self.delimiter, lines = _delimiter(lines, delimiter, needed)
        self._records = _records(lines, self.delimiter, skip_rows, name)
        self.row, first = next(self._records, (skip_rows, []))
        if not first:
            raise _ends_early(name, skip_rows)
        self.raw_header = first
        self.header = [bare_cell(cell.strip()) for cell in first]
        refuse_wide(name, len(self.header))
        self._places = _places(self.header, needed, name)
        self._last_needed = max(self._places.values(), default=-1)

    def skip_to(self, row: int) -> None:
        """Go on after this row, which was done before."""
        while self.row < row:
            self.row, _ = next(self._records, (row, []))

    def records(self) -> Iterator[Record]:
        """Number and cells of every row from here on, as they stand in the file."""
        for number, record in self._records:
            self.row = number
            yield number, record

    def chunk(self, size: int) -> Table | None:
        """The needed columns of the next `size` rows; None after the last."""
        rows: list[int] = []
        cells: list[list[str]] = []
        problems: list[RowProblem] = []
        rejected: set[int] = set()
        empty: set[int] = set()
        width = len(self.header)
        for number, record in islice(self.records(), size):
            if len(record) != width:
                problem = _ragged(number, record, self.header, self._last_needed)
                if problem is not None:
                    problems.append(problem)
                    rejected.add(len(rows))
                record = record + [""] * (width - len(record))
            if not any(record) or not any(cell.strip() for cell in record):
                empty.add(len(rows))
            rows.append(number)
            cells.append(record)
        if not rows:
            return None
        columns = {column: [record[at] for record in cells] for column, at in self._places.items()}
        for at, problem in _too_long(columns, rows).items():
            if at not in rejected:
                problems.append(problem)
                rejected.add(at)
        return Table(columns, rows, problems, frozenset(rejected), frozenset(empty))


def preamble(stream: TextIO, skip_rows: int) -> str:
    """The lines before the header, with their line ends."""
    return "".join(stream.readline() for _ in range(skip_rows))


def _ends_early(name: str, skip_rows: int) -> Refused:
    return Refused(f"{name} ends before its header: skip_rows = {skip_rows} is too many.")


def _after_preamble(stream: TextIO, skip_rows: int, name: str) -> Iterator[str]:
    for _ in range(skip_rows):
        # A file that has ended has no further lines, however many are to be skipped.
        if not stream.readline(LONGEST_FIELD):
            raise _ends_early(name, skip_rows)
    return _lines(stream, name)


def _lines(stream: TextIO, name: str) -> Iterator[str]:
    """Lines of bounded length: a file without line ends would be one of many megabytes."""
    while line := stream.readline(LONGEST_FIELD):
        if len(line) == LONGEST_FIELD:
            raise Refused(
                f"{name} has a line of more than {LONGEST_FIELD:,} characters, so it is no table "
                "of rows: check how it was exported."
            )
        yield line.translate(OLD_MARKS) if _has_mark(line) else line


def _has_mark(line: str) -> bool:
    return "\x1e" in line or "\x1f" in line


def _records(lines: Iterator[str], delimiter: str, number: int, name: str) -> Iterator[Record]:
    """Numbered records from the header on; blank lines have a number and are left out."""
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(_ended(lines), delimiter=delimiter)
    try:
        for record in reader:
            number += 1
            if record == [END]:
                return
            if record and record[-1].endswith(END):
                raise Refused(
                    f"{name} is not a whole CSV file: a quotation mark that opens in row {number} "
                    "is never closed."
                )
            if record:
                yield number, record
    except csv.Error as error:
        raise Refused(
            f"{name} is not a CSV file: row {number + 1} cannot be read ({error})."
        ) from None


def _ended(lines: Iterator[str]) -> Iterator[str]:
    yield from lines
    yield "\n"
    yield END


def _delimiter(
    lines: Iterator[str], asked: str, needed: Collection[str]
) -> tuple[str, Iterator[str]]:
    """The asked one, or the one under which most of the needed columns are found in the header.

    Returns the lines as well, from the header on.
    """
    blank = []
    for line in lines:
        blank.append(line)
        if line.strip() or len(blank) > 1_000:
            break
    first = blank[-1][:1_000_000] if blank else ""
    found = asked if asked != "auto" else _fittest(first, needed)
    return found, _chained(blank, lines)


def _chained(first: list[str], rest: Iterator[str]) -> Iterator[str]:
    yield from first
    yield from rest


def _fittest(header: str, needed: Collection[str]) -> str:
    csv.field_size_limit(LONGEST_FIELD)

    def fitness(delimiter: str) -> tuple[int, int]:
        cells = [cell.strip() for cell in next(csv.reader([header], delimiter=delimiter), [])]
        return len(set(needed) & set(cells)), len(cells)

    return max(DELIMITERS, key=fitness)


def _places(header: Sequence[str], needed: dict[str, str], name: str) -> dict[str, int]:
    """Where each needed column stands; refuses columns that are missing or there twice."""
    shown = ", ".join(quoted(column) for column in header[:40] if column) or "none"
    for column, purpose in needed.items():
        if column not in header:
            near = difflib.get_close_matches(column, header, n=1, cutoff=0.6)
            hint = f" Did the profile mean “{near[0]}”?" if near else ""
            raise Refused(
                f"{name} has no column “{column}”, which the profile names for {purpose}.{hint} "
                f"Its columns are: {shown}."
            )
        if header.count(column) > 1:
            raise Refused(
                f"{name} has {header.count(column)} columns called “{column}”, so it is not clear "
                f"which one is meant for {purpose}: rename one of them."
            )
    return {column: header.index(column) for column in needed}


def _too_long(columns: dict[str, list[str]], rows: Sequence[int]) -> dict[int, RowProblem]:
    """Rows with a cell that no supplier means to send, by position."""
    limit = settings.IMPORT_MAX_CELL
    return {
        at: RowProblem(
            rows[at],
            name,
            cell[:300],
            "cell_too_long",
            f"The cell has {len(cell):,} characters, more than the {limit:,} that are taken: a "
            "quotation mark may be missing before it.",
        )
        for name, column in columns.items()
        if max(map(len, column)) > limit
        for at, cell in enumerate(column)
        if len(cell) > limit
    }


def _ragged(
    number: int, record: list[str], header: list[str], last_needed: int
) -> RowProblem | None:
    """A row with another number of cells than the header; harmless where nothing is lost by it."""
    if len(record) > len(header):
        extra = [cell for cell in record[len(header) :] if cell.strip()]
        if not extra:
            return None
        return RowProblem(
            number,
            "",
            extra[0][:300],
            "too_many_cells",
            f"Row {number} has {len(record)} cells and the header {len(header)}: a delimiter "
            "inside a cell probably needs quotation marks.",
        )
    if len(record) > last_needed:
        return None
    return RowProblem(
        number,
        header[len(record)],
        "",
        "too_few_cells",
        f"Row {number} has only {len(record)} of {len(header)} cells: it was probably cut off.",
    )
