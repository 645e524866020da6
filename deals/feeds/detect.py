"""What is this file? Encoding, delimiter, header, decimal mark, order of dates: from its beginning.

Everything found can be corrected by a person, whose word goes before what is found.
"""

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath

from deals.feeds.encoding import CANDIDATES, find_encoding, open_text
from deals.feeds.headers import known, language_of
from deals.feeds.layout import (
    Record,
    find_delimiter,
    find_header,
    is_data,
    named,
    records,
    second_header,
    spaced,
)
from deals.feeds.limits import refuse_wide
from deals.feeds.marks import find_decimal, find_order
from deals.feeds.receive import Received
from deals.feeds.refusals import Refused
from deals.feeds.unpack import table_path
from deals.rules.errors import quoted

SAMPLE = 256 * 1024
SHOWN = 200
# Bytes in which headers are looked for, and what stands between them.
HEAD = 20_000
CENTRAL = frozenset("łŁąĄśŚżŻźŹěĚřŘůŮőŐűŰťŤ")
CELLS = re.compile(r"[,;|\t\n]")
DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


@dataclass(frozen=True, slots=True)
class Detected:
    """What was found. `skip_rows` are lines before the header, `rows` the first data rows as text.

    `date_order` is None where no date is ambiguous and where nothing decides; `notes` tell what
    was uncertain, in sentences. `name` is the file's name, `second` the line under the header
    where it explains the header and is no deal. `languages` are those of the headers, most used
    first, and `preamble` the lines before them.
    """

    encoding: str
    delimiter: str
    skip_rows: int
    header: list[str]
    rows: list[list[str]]
    decimal: str
    date_order: str | None
    notes: list[str]
    name: str = ""
    second: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    preamble: str = ""


def detect(file: Received, corrections: Mapping[str, str | int]) -> Detected:
    """Look at the beginning of a file. `corrections` are by the profile's keys: encoding,
    delimiter, skip_rows, decimal, order; "" and "auto" leave the finding.

    Raises `Refused` for what is no table, and for a correction with which it cannot be read.
    """
    delimiter = _delimiter(corrections)
    path = table_path(file, delimiter or "auto")
    asked = str(corrections.get("encoding") or "auto")
    encoding = find_encoding(path, asked=asked, headers=(), name=file.name)
    if asked.casefold() == "auto":
        encoding = _better(path, encoding, file.name)
    with open_text(path, encoding) as stream:
        text = stream.read(SAMPLE)
        whole = not stream.read(1)
    return detect_text(text, corrections, whole=whole, encoding=encoding, name=file.name)


def detect_text(
    text: str,
    corrections: Mapping[str, str | int],
    *,
    whole: bool = True,
    encoding: str = "utf-8",
    name: str = "The file",
) -> Detected:
    """Like `detect`, for the beginning of a table that is decoded; `whole` if it is all of it."""
    asked_skip = _skip(corrections)
    text = text.replace("\x1e", " ").replace("\x1f", " ")
    delimiter = _delimiter(corrections) or find_delimiter(text, whole=whole, skip=asked_skip or 0)
    found = _records(text, delimiter, whole, asked_skip or 0, name)
    at = find_header(found) if asked_skip is None else 0
    below = found[at + 1 :]
    refuse_wide(name, len(found[at].cells))
    header = named(found[at].cells)
    notes = _layout_notes(text, header, below, found[at].lines_before, name)
    second: tuple[str, ...] = ()
    if below and second_header(header, below[0]):
        second, below = tuple(cell.strip() for cell in below[0].cells), below[1:]
        notes.append("The line under the header explains it and is no deal.")
    columns = _cells(header, below)
    spoken = Counter(filter(None, (language_of(cell) for cell in header if cell)))
    languages = tuple(language for language, _ in spoken.most_common())
    decimal = find_decimal(columns, delimiter)
    order = find_order(columns, languages)
    asked_decimal, asked_order = corrections.get("decimal"), corrections.get("order")
    notes += [note for note, asked in ((decimal.note, asked_decimal), (order.note, asked_order))
              if note and not asked]  # fmt: skip
    return Detected(
        encoding=encoding,
        delimiter=delimiter,
        skip_rows=found[at].lines_before,
        header=header,
        rows=[record.cells for record in below[:SHOWN]],
        decimal=str(asked_decimal or decimal.value),
        date_order=str(asked_order) if asked_order else order.value,
        notes=notes,
        name=name,
        second=second,
        languages=languages,
        preamble="".join(text.splitlines(keepends=True)[: found[at].lines_before]),
    )


def _records(text: str, delimiter: str, whole: bool, skip: int, name: str) -> list[Record]:
    try:
        found = records(text, delimiter, whole=whole, skip=skip)
    except csv.Error as error:
        raise Refused(f"{name} is not a table that can be read: {error}.") from None
    if not found:
        raise Refused(
            f"{name} ends before its header: skip_rows = {skip} is too many."
            if skip
            else f"{name} is empty: it has no header and no rows."
        )
    return found


def _delimiter(corrections: Mapping[str, str | int]) -> str:
    asked = str(corrections.get("delimiter") or "auto")
    chosen = DELIMITERS.get(asked.casefold(), asked)
    if chosen == "auto":
        return ""
    if len(chosen) != 1 or chosen in '"\r\n':
        raise Refused(f"The delimiter {quoted(asked)} can be auto, tab or one character.")
    return chosen


def _skip(corrections: Mapping[str, str | int]) -> int | None:
    asked = corrections.get("skip_rows")
    if asked is None or asked == "":
        return None
    try:
        lines = int(asked)
    except ValueError:
        lines = -1
    if lines < 0:
        raise Refused(f"{quoted(str(asked))} lines before the header: give a whole number from 0.")
    return lines


def _better(path: Path, encoding: str, name: str) -> str:
    """Another encoding that decodes the file, too, and under which more headers are known words."""
    if encoding.replace("_", "-").startswith("utf"):
        return encoding
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if encoding == "cp1250" and not CENTRAL & set(head.decode("cp1250", "replace")):
        # Most of both is the same; without one of these letters the text is from further west.
        with suppress(Refused):
            encoding = find_encoding(path, asked="cp1252", headers=(), name=name)
    best, most = encoding, _known_headers(head, encoding)
    for candidate in CANDIDATES:
        number = _known_headers(head, candidate)
        if number > most:
            # The head is only a part: the rest of the file has to fit as well.
            with suppress(Refused):
                best = find_encoding(path, asked=candidate, headers=(), name=name)
                most = number
    return best


def _known_headers(head: bytes, encoding: str) -> int:
    text = head.decode(encoding, "replace")
    return sum(known(cell.strip(' \t\r"')) for cell in CELLS.split(text))


def _layout_notes(
    text: str, header: Sequence[str], below: Sequence[Record], skipped: int, name: str
) -> list[str]:
    notes = []
    if skipped:
        lines = "line" if skipped == 1 else "lines"
        notes.append(f"{skipped} {lines} before the header will be skipped.")
    if is_data(header, below):
        notes.append(
            "The first row looks like data, so there seems to be no header: add a line with the "
            "names of the columns, or the first row is lost."
        )
    if len(header) == 1:
        why = " They seem to be separated by several spaces." if spaced(text) else ""
        notes.append(
            f"Only one column was found.{why} If there are more, choose what separates them, or "
            "save the file as CSV."
        )
    if not below:
        notes.append("There is a header and no row below it.")
    twice = sorted({cell for cell in header if cell and header.count(cell) > 1})
    if twice:
        shown = ", ".join(quoted(cell) for cell in twice[:5])
        notes.append(f"Several columns are called {shown}: rename them in the file to use them.")
    return notes


def _cells(header: Sequence[str], below: Sequence[Record]) -> list[list[str]]:
    return [
        [record.cells[at].strip() for record in below if at < len(record.cells)]
        for at in range(len(header))
    ]


def title_of(name: str) -> str:
    """A file's name without its endings, for people."""
    stem = PurePath(name).name
    for _ in range(3):
        stem = stem.removesuffix(PurePath(stem).suffix) if "." in stem[1:] else stem
    return stem.replace("_", " ").strip() or "New feed"
