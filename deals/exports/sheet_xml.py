"""Arrow tables as the rows of a worksheet (SpreadsheetML), a column at a time.

Cell by cell, a workbook of a million deals would take minutes in which nothing else runs. Numbers
and days are real ones with their style; texts are never formulas.
"""

import re
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from deals.exports.arrow import arrow_type
from deals.exports.columns import BOOLEAN, DATE, DECIMAL, INTEGER, LIST, TIME, Column
from deals.exports.table_csv import bytes_of, joined, one_array, safe

S = pa.string()
# What a cell holds; Excel would call a workbook with a longer one broken.
LONGEST_CELL = 32_767
CUT = " […]"
# Days before this have other numbers in Excel, for which 1900 was a leap year; they stay texts.
FIRST_DAY, DAYS_TO_1970 = 61, 25_569
MICROSECONDS_OF_A_DAY = 86_400_000_000
# What XML cannot hold, or would change, and what looks like the way in which Excel writes that.
UNSPEAKABLE = "[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_"
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def rows(
    table: pa.Table, columns: Sequence[Column], styles: Sequence[int], first: int
) -> tuple[bytes, int]:
    """The rows of a table that `deals.exports.arrow.read` made, the first with the number `first`.

    `styles` are the numbers of the columns' cell formats. Also how many texts had to be cut.
    """
    numbers = pa.array(range(first, first + table.num_rows), pa.int64()).cast(S)
    cells: list[Any] = ['<row r="', numbers, '">']
    cut = 0
    for place, (column, style) in enumerate(zip(columns, styles, strict=True)):
        values, texts, longer = _values(one_array(table[column.name]), column)
        cut += longer
        at = f'<c r="{letters(place)}'
        if values is not None:
            kind = 't="b"' if column.type == BOOLEAN else f's="{style}"'
            cells.append(_cell(at, numbers, f'" {kind}><v>', values, "</v></c>"))
        if texts is not None:
            begin = '" t="inlineStr"><is><t xml:space="preserve">'
            cells.append(_cell(at, numbers, begin, texts, "</t></is></c>"))
    cells.append("</row>")
    joint = pc.binary_join_element_wise(*cells, "", null_handling="replace", null_replacement="")
    return bytes_of(joint), cut


def letters(place: int) -> str:
    """A for the first column, AA for the 27th."""
    return (letters(place // 26 - 1) if place > 25 else "") + chr(65 + place % 26)


def _cell(at: str, numbers: pa.Array, begin: str, values: pa.Array, end: str) -> pa.Array:
    return pc.binary_join_element_wise(at, numbers, begin, values, end, "")


def _values(found: pa.Array, column: Column) -> tuple[pa.Array | None, pa.Array | None, int]:
    """Cells with numbers, cells with texts, and how many of those were cut."""
    if column.type in (INTEGER, DECIMAL):
        return found.cast(S), None, 0
    if column.type == BOOLEAN:
        return found.cast(pa.int8()).cast(S), None, 0
    if column.type == DATE:
        days = pc.add(found.cast(arrow_type(column)).cast(pa.int32()), DAYS_TO_1970)
        old = pc.less(days, FIRST_DAY)
        none = pa.scalar(None, S)
        return pc.if_else(old, none, days.cast(S)), pc.if_else(old, found, none), 0
    if column.type == TIME:
        passed = found.cast(arrow_type(column)).cast(pa.int64()).cast(pa.float64())
        days = pc.add(pc.divide(passed, float(MICROSECONDS_OF_A_DAY)), float(DAYS_TO_1970))
        return days.cast(S), None, 0
    texts, cut = _short(safe(joined(found) if column.type == LIST else found))
    return None, _escaped(texts), cut


def _short(texts: pa.Array) -> tuple[pa.Array, int]:
    # Excel counts signs outside the first plane twice.
    long = pc.greater(pc.utf8_length(texts), LONGEST_CELL // 2).fill_null(False)
    if not pc.any(long).as_py():
        return texts, 0
    given = texts.filter(long).to_pylist()
    made = [_cut(text) for text in given]
    cut = sum(one != other for one, other in zip(given, made, strict=True))
    return pc.replace_with_mask(texts, long, pa.array(made, S)), cut


def _cut(text: str) -> str:
    if len(text.encode("utf-16-le")) // 2 <= LONGEST_CELL:
        return text
    kept = text.encode("utf-16-le")[: (LONGEST_CELL - len(CUT)) * 2]
    return kept.decode("utf-16-le", "ignore") + CUT


def _escaped(texts: pa.Array) -> pa.Array:
    strange = pc.match_substring_regex(texts, UNSPEAKABLE).fill_null(False)
    if pc.any(strange).as_py():
        made = [re.sub(UNSPEAKABLE, _spelled, one) for one in texts.filter(strange).to_pylist()]
        texts = pc.replace_with_mask(texts, strange, pa.array(made, S))
    for sign, entity in ENTITIES.items():
        texts = pc.replace_substring(texts, sign, entity)
    return texts


def _spelled(found: re.Match[str]) -> str:
    text = found[0]
    return f"_x005F{text}" if len(text) > 1 else f"_x{ord(text):04X}_"
