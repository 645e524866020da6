"""The table of a chart as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deals.rules.spreadsheet import safe_cell

COLUMNS = ("year", "n", "N", "share", "low", "split", "high", "currency", "provisional", "complete")


def rows_of(answer: Mapping[str, Any]) -> Iterable[Sequence[object]]:
    """One row a year, then what no year holds; n and N add up to the answer's, shares do not."""
    currency = answer["amount"]["currency"]
    for row in answer["by_year"]:
        marks = ["yes" if row[name] else "no" for name in ("provisional", "complete")]
        yield [
            *(row[name] for name in ("year", "n", "N", "share", "low", "split", "high")),
            currency,
            *marks,
        ]
    beside = answer["by_year_beside"]["several_years"]
    yield ["several years", beside["n"], beside["N"], *[None] * 4, currency, None, None]
    for name in ("too_coarse", "undated"):
        beside = answer["by_year_beside"][name]
        yield [
            name.replace("_", " "),
            beside.get("n"),
            beside["N"],
            *[None] * 4,
            currency,
            None,
            None,
        ]


def table_csv(answer: Mapping[str, Any]) -> str:
    """The series with a header; shares are between 0 and 1 with six places."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows_of(answer))
    return out.getvalue()
