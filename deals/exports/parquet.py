"""Arrow tables as one Parquet file, written a row group at a time and handed on at once."""

import io
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from deals.exports.arrow import schema_of, typed
from deals.exports.columns import CODE, LIST, Column

# Large enough for readers to work in columns, small enough to hold in memory.
ROW_GROUP = 32_768


class _Outlet(io.RawIOBase):
    """A file that forgets what was taken from it; only its end needs to be known."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.at = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]
        self.parts.append(part)
        self.at += len(part)
        return len(part)

    def take(self) -> bytes:
        made, self.parts = b"".join(self.parts), []
        return made


def stream(
    tables: Iterator[pa.Table], columns: Sequence[Column], facts: Mapping[str, str]
) -> Iterator[tuple[bytes, int]]:
    """Bytes of the file as they are made, each with how many rows they complete.

    `facts` become metadata of the file. Its index stands at its end, so that a file which was cut
    off cannot be opened.
    """
    outlet = _Outlet()
    coded = [column.name for column in columns if column.type == CODE]
    lists = [f"{column.name}.list.element" for column in columns if column.type == LIST]
    writer = pq.ParquetWriter(
        outlet, schema_of(columns), compression="zstd", use_dictionary=[*coded, *lists]
    )
    yield outlet.take(), 0
    rows = 0
    for group in _groups(tables):
        rows += group.num_rows
        writer.write_table(typed(group, columns), row_group_size=ROW_GROUP)
        yield outlet.take(), group.num_rows
    writer.add_key_value_metadata({**facts, "rows": str(rows)})
    writer.close()
    yield outlet.take(), 0


def _groups(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    held: list[pa.Table] = []
    size = 0
    for table in tables:
        held.append(table)
        size += table.num_rows
        while size >= ROW_GROUP:
            whole = pa.concat_tables(held)
            yield whole.slice(0, ROW_GROUP)
            held = [whole.slice(ROW_GROUP)]
            size -= ROW_GROUP
    if size:
        yield pa.concat_tables(held)
