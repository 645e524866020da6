"""Whether two binary tables say the same, although their bytes differ.

A newer version of a library may pack the same rows otherwise; that is no difference in the data.
"""

from itertools import zip_longest
from pathlib import Path


def same_content(one: Path, other: Path) -> bool:
    """For Parquet and XLSX; any other file is its bytes."""
    if one.suffix == ".parquet":
        return _same_rows(one, other)
    if one.suffix == ".xlsx":
        return _same_cells(one, other)
    return False


def _same_rows(one: Path, other: Path) -> bool:
    """Row group by row group where both have the same, so that no table is in memory whole."""
    # Here and below, since these libraries are large and a web process never compares files.
    import pyarrow.parquet as pq

    with pq.ParquetFile(one) as first, pq.ParquetFile(other) as second:
        if first.schema_arrow != second.schema_arrow:
            return False
        if first.metadata.num_rows != second.metadata.num_rows:
            return False
        if first.num_row_groups != second.num_row_groups:
            return bool(first.read().equals(second.read()))
        groups = range(first.num_row_groups)
        return all(first.read_row_group(n).equals(second.read_row_group(n)) for n in groups)


def _same_cells(one: Path, other: Path) -> bool:
    """Sheet by sheet, value by value; how a cell looks is not about the data."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    books = [load_workbook(path, read_only=True) for path in (one, other)]
    try:
        first, second = books
        return first.sheetnames == second.sheetnames and all(
            left == right
            for name in first.sheetnames
            for left, right in zip_longest(
                first[name].iter_rows(values_only=True), second[name].iter_rows(values_only=True)
            )
        )
    finally:
        for book in books:
            book.close()
