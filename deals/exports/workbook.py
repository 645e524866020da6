"""Arrow tables as an Excel workbook: as many sheets as the rows need, and one that explains them.

XlsxWriter makes everything but the rows, which `deals.exports.sheet_xml` makes by the column and
which go into the file as they come, so that memory does not grow with them.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pyarrow as pa
import xlsxwriter

from deals.exports import sheet_xml
from deals.exports.columns import BOOLEAN, DATE, DECIMAL, INTEGER, TIME, Column
from deals.exports.words import ABOUT, CUT_SAID, CUT_TEXTS, ITS_COLUMNS

MOST_ROWS = 1_048_576
WIDTHS = {TIME: 20, DATE: 11, DECIMAL: 18, INTEGER: 9, BOOLEAN: 9}
FORMATS = {
    DECIMAL: "#,##0.00",
    DATE: "yyyy-mm-dd",
    TIME: "yyyy-mm-dd hh:mm:ss",
    INTEGER: "0",
}
# Packing harder takes longer than the rows themselves.
FAST = 1
# When a workbook says that it was made: always the same, so that its bytes are.
ALWAYS = datetime(2000, 1, 1)
# Sheets with rows come after the one that explains them.
SHEET = "xl/worksheets/sheet{}.xml"
COLUMNS = re.compile(rb'<col min="(\d+)" max="(\d+)"[^>]*? style="(\d+)"')
END_OF_ROWS = b"</sheetData>"


class Workbook:
    """Write `rows` as often as there are some, then `close`.

    `words` are those of `deals.exports.words` and the titles of columns in the reader's language,
    by what they are here. What is put aside meanwhile lies in `folder`.
    """

    def __init__(
        self,
        target: IO[bytes],
        title: str,
        columns: Sequence[Column],
        words: Mapping[str, str] = MappingProxyType({}),
        folder: str | None = None,
    ) -> None:
        self.columns, self.title, self.written, self.cut = columns, title, 0, 0
        self.words, self.folder = words, folder
        self.zip = ZipFile(target, "w", ZIP_DEFLATED, compresslevel=FAST)
        with ZipFile(self._frame([title], [])) as frame:
            sheet = frame.read(SHEET.format(2))
        self.styles = _styles(sheet, len(columns))
        self.begin, self.end = sheet.split(END_OF_ROWS)
        # It says how many cells there are, which is not known yet.
        self.begin = re.sub(rb"<dimension [^>]*/>", b"", self.begin)
        self.sheets: list[str] = []
        self._new_sheet()

    def rows(self, table: pa.Table) -> None:
        """Add the rows of a table that `deals.exports.arrow.read` made."""
        while table.num_rows:
            if self.at > MOST_ROWS:
                self._end_sheet()
                self._new_sheet()
            fitting = table.slice(0, MOST_ROWS - self.at + 1)
            table = table.slice(fitting.num_rows)
            xml, cut = sheet_xml.rows(fitting, self.columns, self.styles, self.at)
            self.sheet.write(xml)
            self.at += fitting.num_rows
            self.written += fitting.num_rows
            self.cut += cut

    def close(self, about: Iterable[tuple[str, str]]) -> None:
        """Write the sheet that explains the others, and end the file."""
        self._end_sheet()
        explained = list(self._explained(about))
        with ZipFile(self._frame(self.sheets, explained)) as frame:
            mine = {SHEET.format(number + 2) for number in range(len(self.sheets))}
            for name in frame.namelist():
                if name not in mine:
                    self.zip.writestr(ZipInfo(name), frame.read(name), ZIP_DEFLATED, FAST)
        self.zip.close()

    def _new_sheet(self) -> None:
        number = len(self.sheets) + 1
        self.sheets.append(f"{self.title} {number}" if number > 1 else self.title)
        self.sheet = self.zip.open(SHEET.format(number + 1), "w", force_zip64=True)
        self.sheet.write(self.begin)
        self.at = 2

    def _end_sheet(self) -> None:
        self.sheet.write(END_OF_ROWS + self.end)
        self.sheet.close()

    def _explained(self, about: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        yield from about
        if self.cut:
            said = {"n": self.cut, "sign": sheet_xml.CUT.strip()}
            yield self._said(CUT_TEXTS), self._said(CUT_SAID) % said
        yield "", ""
        yield self._said(ITS_COLUMNS), ""
        for column in self.columns:
            unit = f" ({column.unit})" if column.unit else ""
            yield column.name, f"{self._said(column.title)}{unit}"

    def _said(self, text: str) -> str:
        return self.words.get(text, text)

    def _frame(self, sheets: Sequence[str], about: Sequence[tuple[str, str]]) -> io.BytesIO:
        return _frame(self.columns, sheets, self._said(ABOUT), about, self.folder)


def _styles(sheet: bytes, columns: int) -> list[int]:
    """The number of each column's format, as the frame has it for columns side by side."""
    styles = [0] * columns
    for first, last, style in COLUMNS.findall(sheet):
        for place in range(int(first) - 1, int(last)):
            styles[place] = int(style)
    return styles


def _frame(
    columns: Sequence[Column],
    sheets: Sequence[str],
    heading: str,
    about: Sequence[tuple[str, str]],
    folder: str | None,
) -> io.BytesIO:
    """The workbook without its rows: each sheet has the line with the names of the columns."""
    file = io.BytesIO()
    # Texts stand in their cells, so that a sheet of one frame fits into another one.
    how = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, how | {"tmpdir": folder})
    book.set_properties({"created": ALWAYS})
    bold = book.add_format({"bold": True, "bottom": 1})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    formats = {kind: book.add_format({"num_format": one}) for kind, one in FORMATS.items()}
    first = book.add_worksheet(heading)
    first.set_column(0, 0, 28)
    first.set_column(1, 1, 90)
    # Formats are numbered as they are used: first these two, so that all frames number alike.
    first.write_string(0, 0, "InvestTrack", bold)
    first.write_string(0, 1, "", plain)
    for place, (label, text) in enumerate(about, start=1):
        first.write_string(place, 0, label, bold if not text else plain)
        first.write_string(place, 1, text, plain)
    for number, name in enumerate(sheets):
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        for place, column in enumerate(columns):
            style = formats.get(column.type)
            sheet.set_column(place, place, WIDTHS.get(column.type, 16), style)
            sheet.write_string(0, place, column.name, bold)
        if not number:
            sheet.activate()
    book.close()
    file.seek(0)
    return file
