"""An Excel workbook goes the way of a CSV file, cell by cell, or is refused in a sentence."""

import csv
import io
import subprocess
import sys
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openpyxl import Workbook

from deals.feeds import workbook, workbook_parts
from deals.feeds.encoding import find_encoding, open_text
from deals.feeds.receive import receive
from deals.feeds.refusals import Refused
from deals.feeds.unpack import table_name, table_path
from deals.models import DealVersion


def xlsx(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table_of(data: bytes, delimiter: str = "auto", name: str = "rounds.xlsx") -> list[list[str]]:
    path = table_path(receive(name, data), delimiter)
    codec = find_encoding(path, asked="gb18030", headers=(), name=name)
    with open_text(path, codec) as stream:
        return list(csv.reader(stream, delimiter="," if delimiter == "auto" else delimiter))


HEADER = "company,company_country,month,raised_usd,ccy,investor,investor_country"
HEAD: list[object] = [*HEADER.split(",")]
ACME = ["Acme", "NA", datetime(2019, 5, 13), 1234567.5, "USD", "Fund", "DE"]
BETA = ["贝塔", "中国", date(2020, 6, 1), 7, "EUR", None, None]


@pytest.mark.django_db
def test_a_workbook_is_published_like_a_csv_file() -> None:
    from deals.feeds.run import import_file
    from tests.feeds.supplier import profile

    run = import_file(receive("rounds.xlsx", xlsx(HEAD, ACME, BETA)), profile(), publish=True)
    assert (run.rows_read, run.rows_used, run.deals_created) == (2, 2, 2)
    acme = DealVersion.objects.get(target_name="Acme")
    assert (acme.target_country, str(acme.amount_low), acme.date_first) == (
        "NA",
        "1234567.50",
        date(2019, 5, 13),
    )
    assert acme.citations.get().locator == "row 2"
    assert DealVersion.objects.get(target_name="贝塔").investor_list == "none"


def test_cells_are_text_with_days_in_iso_and_numbers_as_stored() -> None:
    row = [True, time(9, 30), datetime(2019, 5, 13, 8, 0), 1e21, 0.1, "007", "NA", 'a,"b"\n', "é"]
    assert table_of(xlsx(["a"] * 9, row)) == [
        ["a"] * 9,
        [
            "True",
            "09:30:00",
            "2019-05-13 08:00:00",
            "1" + "0" * 21,
            "0.1",
            "007",
            "NA",
            'a,"b"\n',
            "é",
        ],
    ]
    assert table_of(xlsx(HEAD, ACME, BETA))[1:] == [
        ["Acme", "NA", "2019-05-13", "1234567.5", "USD", "Fund", "DE"],
        ["贝塔", "中国", "2020-06-01", "7", "EUR", "", ""],
    ]


def test_rows_keep_the_numbers_that_they_have_in_the_sheet() -> None:
    table = table_of(xlsx([], ["Exported"], HEAD, ACME, [], ["", None], BETA, [None], []))
    assert [row[0] if row else "" for row in table] == [
        "",
        "Exported",
        str(HEAD[0]),
        "Acme",
        "",
        "",
        "贝塔",
    ]


def test_an_empty_row_in_a_single_column_is_still_a_row(monkeypatch) -> None:
    monkeypatch.setattr(workbook, "ROWS_AT_ONCE", 2)
    rows: list[list[object]] = [["name"], ["x"], [None], [None], [None], [None], ["y"], [None]]
    assert table_of(xlsx(*rows)) == [["name"], ["x"], [""], [""], [""], [""], ["y"]]


@hypothesis_settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(["", "a", "贝", "1"]), max_size=5), min_size=1, max_size=12),
    st.integers(1, 4),
)
def test_the_size_of_a_block_changes_nothing(tmp_path_factory, rows, at_once) -> None:
    path = tmp_path_factory.mktemp("book") / "a.xlsx"
    path.write_bytes(xlsx(*[[cell or None for cell in row] for row in rows]))
    tables = []
    for size in (at_once, 1000):
        out = io.BytesIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(workbook, "ROWS_AT_ONCE", size)
            try:
                workbook.write_sheet("a", path, out, ",")
            except Refused:
                tables.append([])
                continue
        read = csv.reader(io.StringIO(out.getvalue().decode(), newline=""))
        tables.append([[*filter(None, "|".join(row).rstrip("|").split("|"))] for row in read])
    assert tables[0] == tables[1]
    expected = [[*filter(None, row)] for row in rows]
    while expected and not expected[-1]:
        expected.pop()
    assert tables[0] == expected


def test_the_profile_s_delimiter_and_encoding_do_not_matter_to_a_workbook() -> None:
    expected = table_of(xlsx(HEAD, ACME, BETA))
    assert table_of(xlsx(HEAD, ACME, BETA), ";") == expected
    assert table_of(xlsx(HEAD, ACME, BETA), "\t") == expected


def test_a_workbook_may_come_in_an_archive() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inner.xlsx", xlsx(HEAD, ACME))
    assert table_of(out.getvalue(), name="a.zip")[0] == HEAD
    assert table_name(receive("a.zip", out.getvalue())) == "inner.xlsx"


@pytest.mark.parametrize("rows", [[], [[None, None], [None]]])
def test_a_workbook_without_a_cell_is_refused(rows, settings) -> None:
    file = receive("rounds.xlsx", xlsx(*rows))
    with pytest.raises(Refused, match=r"rounds.xlsx is empty"):
        table_path(file)
    assert [path.name for path in Path(settings.IMPORTS_DIR).iterdir()] == [file.sha256]


def test_a_broken_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<not a workbook")
    with pytest.raises(Refused, match="cannot be read"):
        table_of(out.getvalue())


def changed(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """A workbook with something in one of its parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(old, new, 1) if name == part else content)
    return out.getvalue()


WORDS = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
    b'officedocument.spreadsheetml.sharedStrings+xml"/>'
)


def with_words() -> bytes:
    """A workbook whose cells point to a list of words, as Excel writes them."""
    data = changed(xlsx(HEAD, ["x"]), "[Content_Types].xml", b"</Types>", WORDS + b"</Types>")
    old = b't="inlineStr"><is><t>x</t></is>'
    data = changed(data, "xl/worksheets/sheet1.xml", old, b't="s"><v>1</v>')
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        words = "<si><t>Berlin</t></si><si><t>贝塔</t></si>"
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{words}</sst>')
    return out.getvalue()


def test_cells_that_point_to_words_have_them() -> None:
    assert table_of(with_words())[1] == ["贝塔", "", "", "", "", "", ""]


def test_a_row_number_that_no_sheet_has_is_refused() -> None:
    data = changed(xlsx(HEAD, ACME), "xl/worksheets/sheet1.xml", b'r="2"', b'r="2000000000"')
    with pytest.raises(Refused, match="more rows than Excel has"):
        table_of(data)


def test_a_workbook_that_unpacks_to_more_than_is_taken_is_refused(settings) -> None:
    settings.IMPORT_MAX_UNPACKED = 1000
    with pytest.raises(Refused, match="too large when unpacked"):
        table_of(xlsx(HEAD, ACME))


def test_more_columns_than_are_taken_are_refused(settings) -> None:
    settings.IMPORT_MAX_COLUMNS = 6
    with pytest.raises(Refused, match="7 columns, more than the 6"):
        table_of(xlsx(HEAD, ACME))


@pytest.mark.parametrize("limit", ["LARGEST_WORDS", "LARGEST_REST", "LONGEST_ROW"])
def test_what_a_reader_would_take_at_once_is_limited(limit, monkeypatch) -> None:
    monkeypatch.setattr(workbook_parts, limit, 100)
    with pytest.raises(Refused, match="than can be read at once"):
        table_of(with_words())


def test_a_size_that_a_part_claims_wrongly_is_refused() -> None:
    data = bytearray(xlsx(HEAD, ACME))
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (5).to_bytes(4, "little")
    with pytest.raises(Refused, match="damaged"):
        table_of(bytes(data))


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("[Content_Types].xml", b"/xl/styles.xml", b"/xl/worksheets/sheet1.xml"),
        ("[Content_Types].xml", b"/xl/sharedStrings.xml", b"/xl/media/image.png"),
        ("[Content_Types].xml", b"<Types", b"<<"),
        ("xl/_rels/workbook.xml.rels", b"/xl/worksheets/sheet1.xml", b"/xl/media/image.png"),
    ],
)
def test_a_part_that_passes_for_another_is_refused(part: str, old: bytes, new: bytes) -> None:
    whole = with_words()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert old in archive.read(part)
    data = changed(whole, part, old, new)
    with pytest.raises(Refused, match="unusual inside"):
        table_of(data)


MEASURE = """
import re, sys
from pathlib import Path
from django.conf import settings
settings.configure(IMPORT_MAX_UNPACKED=2**30, IMPORT_MAX_RATIO=200, IMPORT_MAX_COLUMNS=500)
from deals.feeds.workbook import write_sheet
with open(sys.argv[2], "wb") as out:
    write_sheet("a", Path(sys.argv[1]), out, ",")
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="This system does not tell.")
def test_a_large_workbook_needs_little_memory(tmp_path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(20_000):
        sheet.append([f"Company {number}", number, "note " * 20])
    book.save(tmp_path / "a.xlsx")
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, tmp_path / "a.xlsx", tmp_path / "a.csv"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert int(done.stdout) < 150 * 1024
    assert (tmp_path / "a.csv").read_bytes().count(b"\r\n") == 20_000
