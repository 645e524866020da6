"""The forms that a table comes in, and how a file of it is made."""

from dataclasses import dataclass

FORMS = ("csv", "jsonl", "parquet", "xlsx")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
GZIP = "application/gzip"
# Forms that are packed already, and whose end cannot be missing unnoticed.
PACKED = ("parquet", "xlsx")


@dataclass(frozen=True, slots=True)
class Shape:
    """Which table, whether with a last line that counts, for a spreadsheet, as a .gz file."""

    table: str = "deals"
    mark: bool = True
    spreadsheet: bool = False
    gzip: bool = False


AS_USUAL = Shape()
