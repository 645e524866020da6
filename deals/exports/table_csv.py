"""Arrow tables as CSV, a column at a time: comma, CRLF, quotes where they are needed (RFC 4180).

A text that a spreadsheet would run as a formula gets an apostrophe in front, which our own imports
take away again (`deals.rules.spreadsheet`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deals.exports.columns import BOOLEAN, INTEGER, LIST, TEXT, Column
from deals.rules.spreadsheet import FORMULA_STARTS, safe_cell

BETWEEN = "; "
# All that could need an apostrophe; which of them do, the rule says.
SUSPECT = f"^'*[{''.join(FORMULA_STARTS).replace('-', '')}-]"
QUOTED = '[",\r\n\t]|^ | $'
# Most columns have nothing of either kind, which their bytes tell faster than a rule for each text.
SUSPECT_BYTES = np.zeros(256, bool)
SUSPECT_BYTES[[start.encode()[0] for start in (*FORMULA_STARTS, "'")]] = True
QUOTED_BYTES, BLANK = b'",\r\n\t', ord(" ")


def rows(table: pa.Table, columns: Sequence[Column]) -> bytes:
    """The lines of a table that `deals.exports.arrow.read` made."""
    if not table.num_rows:
        return b""
    cells = [_cells(one_array(table[column.name]), column.type) for column in columns]
    cells[-1] = pc.binary_join_element_wise(cells[-1].fill_null(""), "\r\n", "")
    lines = pc.binary_join_element_wise(*cells, ",", null_handling="replace", null_replacement="")
    return bytes_of(lines)


def bytes_of(lines: pa.Array) -> bytes:
    """All texts of an array that was computed just now: they lie one after the other already."""
    if not len(lines):
        return b""
    size = memoryview(lines.buffers()[1]).cast("i")[len(lines)]
    return bytes(memoryview(lines.buffers()[2])[:size])


def joined(lists: pa.Array) -> pa.Array:
    """Lists of texts as one text each; what is not known in them stays as a gap."""
    lists = pa.concat_arrays([lists]) if lists.offset else lists
    texts = lists.flatten()
    filled = texts.fill_null("") if texts.null_count else texts
    return pc.binary_join(pa.ListArray.from_arrays(lists.offsets, filled), BETWEEN)


def safe(texts: pa.Array) -> pa.Array:
    """The texts, with an apostrophe before each that a spreadsheet would run."""
    return _safe(texts, _look(texts))


def _safe(texts: pa.Array, seen: "_Seen | None") -> pa.Array:
    if seen is None or not SUSPECT_BYTES[seen.firsts].any():
        return texts
    suspect = pc.match_substring_regex(texts, SUSPECT).fill_null(False)
    if not pc.any(suspect).as_py():
        return texts
    made = [safe_cell(text) for text in texts.filter(suspect).to_pylist()]
    return pc.replace_with_mask(texts, suspect, pa.array(made, pa.string()))


def one_array(column: pa.ChunkedArray) -> pa.Array:
    """A column of a table in one piece."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _cells(values: pa.Array, kind: str) -> pa.Array:
    if kind in (INTEGER, BOOLEAN):
        return values.cast(pa.string())
    if kind not in (TEXT, LIST):
        return values
    texts = joined(values) if kind == LIST else values
    seen = _look(texts)
    made = _safe(texts, seen)
    return _quoted(made, seen if made is texts else _look(made))


@dataclass(frozen=True, slots=True)
class _Seen:
    """All bytes of some texts, and the first and the last byte of each.

    An empty text has none, and shows a byte of a neighbour: what is seen here only says where it is
    worth looking closer.
    """

    whole: bytes
    firsts: Any
    lasts: Any


def _look(texts: pa.Array) -> _Seen | None:
    """None where there is nothing to see."""
    _, offsets, data = texts.buffers()
    if not len(texts) or not data:
        return None
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    begin, end = ends[0], ends[-1]
    if begin == end:
        return None
    signs = np.frombuffer(data, np.uint8, end)
    # Of an empty text at either end there is no neighbour beyond.
    firsts = signs.take(ends[:-1], mode="clip")
    lasts = signs.take(ends[1:] - 1, mode="clip")
    return _Seen(signs[begin:].tobytes(), firsts, lasts)


def _quoted(texts: pa.Array, seen: _Seen | None) -> pa.Array:
    if seen is None:
        return texts
    blank = (seen.firsts == BLANK).any() or (seen.lasts == BLANK).any()
    if not blank and not any(sign in seen.whole for sign in QUOTED_BYTES):
        return texts
    needed = pc.match_substring_regex(texts, QUOTED).fill_null(False)
    if not pc.any(needed).as_py():
        return texts
    doubled = pc.replace_substring(texts.filter(needed), '"', '""')
    made = pc.binary_join_element_wise('"', doubled, '"', "")
    return pc.replace_with_mask(texts, needed, made)
