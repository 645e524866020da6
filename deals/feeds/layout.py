"""Where the table stands in a text: what separates its cells, and which line is its header."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from deals.feeds.headers import known
from deals.rules.spreadsheet import bare_cell

USUAL = (",", ";", "\t", "|")
RARE = (":", "^", "~")
LINES, RECORDS, MOST_LINES = 40, 500, 20_000
LONGEST_CELL = 10_000_000
DATA = re.compile(
    r"[-+(]?[$€£¥]?\s?[0-9][0-9.,' ]*%?\)?|https?://.*|[0-9]{1,4}[-./年][0-9]{1,2}[-./月].*"
)
ASKED = re.compile(r'^\ufeff?"?sep=(.)"?\r?$', re.IGNORECASE)
SPACED = re.compile(r"\S(?:\t| {2,})(?=\S)")


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the sample and the number of lines before it."""

    lines_before: int
    cells: list[str]

    @property
    def filled(self) -> int:
        """How many cells are not blank."""
        return sum(1 for cell in self.cells if cell.strip())


def records(text: str, delimiter: str, *, whole: bool, skip: int = 0) -> list[Record]:
    """The records of the sample after `skip` lines, blank ones left out, at most RECORDS.

    The last one of a sample that is not the whole file is dropped, since it may be cut.
    """
    csv.field_size_limit(LONGEST_CELL)
    stream = io.StringIO(text, newline="")
    for _ in range(skip):
        stream.readline()
    found: list[Record] = []
    reader = csv.reader(stream, delimiter=delimiter)
    before = 0
    for cells in reader:
        if any(cell.strip() for cell in cells):
            found.append(Record(skip + before, cells))
        before = reader.line_num
        if len(found) > RECORDS or before > MOST_LINES:
            return found[:RECORDS]
    return found if whole or len(found) < 2 else found[:-1]


def find_delimiter(text: str, *, whole: bool, skip: int = 0) -> str:
    """The character that cuts the sample into the most regular table; "," if none does."""
    first = text.split("\n", 1)[0]
    if asked := ASKED.match(first):
        return asked[1]
    scores = {mark: _regularity(text, mark, whole, skip) for mark in USUAL}
    if max(scores.values()) < 1:
        scores |= {mark: _regularity(text, mark, whole, skip) for mark in RARE}
    best = max(scores, key=lambda mark: scores[mark])
    return best if scores[best] > 0 else ","


def spaced(text: str) -> bool:
    """Whether columns seem to be separated by several spaces, which no reader can tell apart."""
    lines = [line for line in text.splitlines()[:LINES] if line.strip()]
    counts = Counter(len(SPACED.findall(line.strip())) for line in lines)
    usual, number = counts.most_common(1)[0] if counts else (0, 0)
    return usual > 0 and len(lines) > 2 and number > 0.7 * len(lines)


def _regularity(text: str, mark: str, whole: bool, skip: int) -> float:
    """How regular a table is: the share of records of the usual width, more for known headers."""
    try:
        found = records(text, mark, whole=whole, skip=skip)
    except csv.Error:
        return 0.0
    width = usual_width(found)
    if width < 2:
        return 0.0
    # Titles above a table are short; the second half of the sample shows its width.
    later = found[len(found) // 2 :]
    share = sum(len(record.cells) == width for record in later) / len(later)
    words = max(sum(known(cell.strip()) for cell in record.cells) for record in found[:LINES])
    return share * min(width, 12) ** 0.5 + 2 * words


def usual_width(found: Sequence[Record]) -> int:
    """The commonest number of cells, of the second half of the sample."""
    later = found[len(found) // 2 :]
    return Counter(len(record.cells) for record in later).most_common(1)[0][0] if later else 0


def find_header(found: Sequence[Record]) -> int:
    """The position of the header among the records; 0 where nothing tells."""
    width = usual_width(found)
    scores = [_likeness(found, at, width) for at in range(min(len(found), LINES))]
    return max(range(len(scores)), key=lambda at: scores[at]) if scores else 0


def _likeness(found: Sequence[Record], at: int, width: int) -> float:
    """How much a record looks like a header: words, all different, above a table of its width."""
    record = found[at]
    cells = [cell.strip() for cell in record.cells if cell.strip()]
    if width > 1 and len(cells) < max(2, width * 0.5):
        return -1.0
    words = sum(1 for cell in cells if known(cell))
    texts = sum(1 for cell in cells if not DATA.fullmatch(cell)) / len(cells)
    # Cut by the wrong delimiter everything is one long cell, the header too.
    short = sum(1 for cell in cells if len(cell) <= 60) / len(cells) if width > 1 else 1.0
    different = len(set(cells)) / len(cells)
    fits = min(len(record.cells), width) / max(len(record.cells), width)
    comment = 0.5 if cells[0].startswith("#") and not words else 0.0
    known_share = words / len(cells)
    # Of rows that are alike the first is the header.
    return 3 * known_share + 2 * texts + short + different + fits - comment - 0.05 * at


def is_data(cells: Sequence[str], below: Sequence[Record]) -> bool:
    """Whether what stands for a header is a row like those below it, so that there is no header."""
    if any(known(cell.strip()) for cell in cells):
        return False
    like = sum(
        1
        for at, cell in enumerate(cells)
        if DATA.fullmatch(cell.strip())
        and any(at < len(r.cells) and DATA.fullmatch(r.cells[at].strip()) for r in below[:20])
    )
    repeated = sum(
        1
        for at, cell in enumerate(cells)
        if cell.strip() and any(at < len(r.cells) and r.cells[at] == cell for r in below[:50])
    )
    return like + repeated > 0 and bool(below)


def second_header(header: Sequence[str], below: Record) -> bool:
    """Whether the line under the header explains it: units, types, or the same in a language."""
    cells = [cell.strip() for cell in below.cells if cell.strip()]
    if len(cells) < 2 or any(DATA.fullmatch(cell) for cell in cells):
        return False
    words = sum(1 for cell in cells if known(cell) or EXPLAINS.fullmatch(cell))
    return words >= max(2, 0.6 * len(cells)) and len(header) == len(below.cells)


EXPLAINS = re.compile(
    r"[(（\[].*[)）\]]|text|string|date|datum|number|numeric|integer|float|decimal|varchar.*|bool.*"
    r"|文本|日期|数字|yyyy.*|dd[./-]mm.*|mm[./-]dd.*",
    re.IGNORECASE,
)


def named(cells: Sequence[str]) -> list[str]:
    """Header cells as the reader of a whole file names them."""
    return [bare_cell(cell.strip()) for cell in cells]
