"""Two binary tables that say the same, packed otherwise."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from deals.exports.same import same_content


def book(path: Path, cell: object, created: int = 2000) -> Path:
    with xlsxwriter.Workbook(path) as made:
        made.set_properties({"created": datetime(created, 1, 1, tzinfo=UTC)})
        sheet = made.add_worksheet("Deals")
        sheet.write_row(0, 0, ["id", cell])
    return path


def table(path: Path, cell: str, **packed: object) -> Path:
    pq.write_table(pa.table({"id": ["D-1", cell]}), path, **packed)
    return path


def test_workbooks_are_their_cells(tmp_path):
    one = book(tmp_path / "a.xlsx", "x")
    assert same_content(one, book(tmp_path / "b.xlsx", "x", created=2020))
    for other in ("y", 1):
        assert not same_content(one, book(tmp_path / "c.xlsx", other))


@pytest.mark.parametrize("packed", [{"compression": "zstd"}, {"row_group_size": 1}])
def test_parquet_files_are_their_rows(tmp_path, packed):
    one = table(tmp_path / "a.parquet", "x", compression="snappy")
    assert same_content(one, table(tmp_path / "b.parquet", "x", **packed))
    assert not same_content(one, table(tmp_path / "c.parquet", "y", **packed))


def test_any_other_file_is_its_bytes(tmp_path):
    one = tmp_path / "a.csv"
    one.write_text("x")
    assert not same_content(one, one)
