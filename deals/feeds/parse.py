"""Second stage: text → columns of text. Nothing is interpreted: "007" stays, and "NA" is Namibia.

Python's own CSV reader is used and not pandas, since it keeps the number of cells of every row: a
row with too many or too few is then that row's error, and neither an exception nor silently cut.

Row numbers are those that a spreadsheet shows: the header is row 1, or 1 + skip_rows.
"""

import csv
import difflib
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from deals.feeds.refusals import Refused, RowProblem
from deals.rules.errors import quoted
from deals.rules.spreadsheet import bare_cell

DELIMITERS = (",", ";", "\t", "|")
# Spreadsheets cut cells at 32,767 characters; what runs longer is a quotation mark gone astray.
LONGEST_CELL = 10_000_000
# Put after the last line: if it does not come back as a row of its own, a quotation is open.
END = "\x1e\x1eEOF\x1e\x1e"


@dataclass(frozen=True, slots=True)
class Table:
    """The needed columns of a file, all of one length, with `rows` as the row numbers.

    `problems` and `rejected` (positions, not row numbers) tell of rows with a wrong number of
    cells. `empty` are positions of rows that have cells and nothing in them.
    """

    columns: dict[str, list[str]]
    rows: list[int]
    problems: list[RowProblem]
    rejected: frozenset[int]
    empty: frozenset[int]
    delimiter: str


def parse(
    text: str, *, delimiter: str, skip_rows: int, needed: dict[str, str], name: str = "The file"
) -> Table:
    """Read the columns `needed` (header → what it is for). Raises `Refused`."""
    body = _without_preamble(text, skip_rows, name)
    chosen = _delimiter(body, delimiter, needed)
    records = _records(body, chosen, skip_rows, name)
    header = [bare_cell(cell.strip()) for cell in next(records)[1]]
    places = _places(header, needed, name)
    rows: list[int] = []
    cells: list[list[str]] = []
    problems: list[RowProblem] = []
    rejected: set[int] = set()
    empty: set[int] = set()
    last_needed = max(places.values())
    for number, record in records:
        if len(record) != len(header):
            problem = _ragged(number, record, header, last_needed)
            if problem is not None:
                problems.append(problem)
                rejected.add(len(rows))
            record = record + [""] * (len(header) - len(record))
        if not any(record) or not any(cell.strip() for cell in record):
            empty.add(len(rows))
        rows.append(number)
        cells.append(record)
    if not rows:
        raise Refused(f"{name} has a header and no rows, so there is nothing to import.")
    columns = {column: [record[at] for record in cells] for column, at in places.items()}
    return Table(columns, rows, problems, frozenset(rejected), frozenset(empty), chosen)


def raw_rows(
    text: str,
    *,
    delimiter: str,
    skip_rows: int,
    wanted: Collection[int],
    fill_down: Collection[str] = (),
) -> Iterator[tuple[int, list[str]]]:
    """Header and `wanted` rows as they stand in the file, with their numbers.

    Columns of `fill_down` repeat the value above, since a row alone has nothing above it.
    """
    body = _without_preamble(text, skip_rows, "The file")
    records = _records(body, delimiter, skip_rows, "The file")
    number, header = next(records)
    yield number, header
    names = [bare_cell(cell.strip()) for cell in header]
    above = {at: "" for at, name in enumerate(names) if name in fill_down}
    for number, record in records:
        for at in above:
            if at < len(record):
                above[at] = record[at] = (record[at].strip() and record[at]) or above[at]
        if number in wanted:
            yield number, record


def preamble(text: str, skip_rows: int) -> str:
    """The lines before the header, with their line ends."""
    stream = io.StringIO(text, newline="")
    return "".join(stream.readline() for _ in range(skip_rows))


def _without_preamble(text: str, skip_rows: int, name: str) -> str:
    stream = io.StringIO(text, newline="")
    for _ in range(skip_rows):
        # A file that has ended has no further lines, however many are to be skipped.
        if not stream.readline():
            break
    rest = stream.read()
    if not rest.strip():
        raise Refused(f"{name} ends before its header: skip_rows = {skip_rows} is too many.")
    return rest


def _records(
    body: str, delimiter: str, skip_rows: int, name: str
) -> Iterator[tuple[int, list[str]]]:
    """Numbered records from the header on; blank lines have a number and are left out."""
    csv.field_size_limit(LONGEST_CELL)
    lines = io.StringIO(f"{body}\n{END}", newline="")
    reader = csv.reader(lines, delimiter=delimiter)
    number = skip_rows
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


def _delimiter(body: str, asked: str, needed: Collection[str]) -> str:
    """The asked one, or the one under which most of the needed columns are found in the header."""
    if asked != "auto":
        return asked
    csv.field_size_limit(LONGEST_CELL)
    first = next((line for line in io.StringIO(body[:1_000_000], newline="") if line.strip()), "")

    def fitness(delimiter: str) -> tuple[int, int]:
        header = [cell.strip() for cell in next(csv.reader([first], delimiter=delimiter), [])]
        return len(set(needed) & set(header)), len(header)

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
