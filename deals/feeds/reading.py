"""A run's file, opened where its checkpoint stands, and the rows of a chunk ready to be staged."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

from deals.feeds.encoding import find_encoding, open_text
from deals.feeds.facts import currency_of, of_deal, of_investors
from deals.feeds.group import RowOfDeal
from deals.feeds.parse import TableReader
from deals.feeds.profile import Profile
from deals.feeds.receive import Received
from deals.feeds.refusals import Refused, RowProblem
from deals.feeds.rowtext import deal_text, row_text
from deals.feeds.unpack import table_path
from deals.feeds.validate import Row, validate
from deals.rules.errors import RuleError

# A row as it is staged: the deal's key, and what `group` wants to know of the row.
Keyed = tuple[str, RowOfDeal]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file open for reading; `encoding` as found or given, `size` in bytes, unpacked."""

    reader: TableReader
    encoding: str
    size: int
    stream: TextIO

    @property
    def bytes_read(self) -> int:
        """How far it was read, for a bar that moves; ahead of the rows by a buffer."""
        return min(self.stream.buffer.tell(), self.size)


@dataclass(slots=True)
class Chunk:
    """Rows ready to be staged, everything that is wrong with them, and their balance."""

    staged: list[Keyed] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    read: int = 0
    skipped: int = 0
    rejected: int = 0

    @property
    def used(self) -> int:
        return self.read - self.skipped - self.rejected


@contextmanager
def opened(
    file: Received, profile: Profile, *, encoding: str = "", delimiter: str = ""
) -> Iterator[Opened]:
    """Open a file at its header. What was found out before need not be found out again.

    Raises `Refused` when it is not the table that the profile describes.
    """
    path = table_path(file, profile.delimiter)
    if not encoding:
        encoding = find_encoding(
            path, asked=profile.encoding, headers=list(profile.needed), name=file.name
        )
    with open_text(path, encoding) as stream:
        reader = TableReader(
            stream,
            delimiter=delimiter or profile.delimiter,
            skip_rows=profile.skip_rows,
            needed=profile.needed,
            name=file.name,
        )
        yield Opened(reader, encoding, path.stat().st_size, stream)


def next_chunk(
    reader: TableReader, profile: Profile, size: int, above: dict[str, str]
) -> Chunk | None:
    """The next `size` rows, validated; None after the last one.

    `above` is what `fill_down` repeats, and is brought up to date.
    """
    table = reader.chunk(size)
    if table is None:
        return None
    validated = validate(table, profile, above, reader.memory)
    chunk = Chunk(
        problems=validated.problems,
        read=len(table.rows),
        skipped=validated.skipped,
        rejected=validated.rejected,
    )
    texts = _Texts(profile)
    for row in validated.rows:
        _stage(row, profile, chunk, texts)
    chunk.staged += [(key, RowOfDeal(number, None, False)) for number, key in validated.cut]
    return chunk


class _Texts:
    """Rows as they are staged. Of rows that say the same of their deal it is written once."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._said: tuple[object, ...] = ()

    def of(self, row: Row) -> tuple[str, bool]:
        """The row's text, and whether it makes a list partial. Raises RuleError."""
        currency = currency_of(row)
        said = (row.key, row.facts, row.cited, row.notes, row.amount_text, currency)
        deal = ""
        if said != self._said:
            deal, self._said = deal_text(of_deal(row, currency, self._profile)), said
        taking_part, partial = of_investors(row)
        return row_text(deal, taking_part), partial


def _stage(row: Row, profile: Profile, chunk: Chunk, texts: _Texts) -> None:
    try:
        text, partial = texts.of(row)
    except RuleError as error:
        column = profile.columns.get("currency", "currency")
        chunk.problems.append(RowProblem(row.number, column, "", error.code, error.message))
        chunk.rejected += 1
        if profile.rows == "participation":
            chunk.staged.append((row.key, RowOfDeal(row.number, None, False)))
        return
    chunk.staged.append((row.key, RowOfDeal(row.number, text, partial)))


def no_rows(file: Received) -> Refused:
    """What is said of a file that ends with its header."""
    return Refused(f"{file.name} has a header and no rows, so there is nothing to import.")
