"""What an import says afterwards: as a JSON object, in lines, and in groups of errors."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min

from deals.feeds.rejected import errors_path
from deals.models import ImportRun, RowError

FIRST_ERRORS = 50
ROWS = ("rows_read", "rows_skipped", "rows_duplicate", "rows_rejected")
DEALS = (
    "deals_in_file", "deals_created", "deals_updated", "deals_unchanged", "deals_conflict",
    "deals_held",
)  # fmt: skip
BALANCE = (*ROWS, *DEALS, "participations")


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Errors of one kind in one column; `message` is that of the first, which stands for all.

    `fatal`: the rows were not used; otherwise they were, without that fact.
    """

    code: str
    column: str
    fatal: bool
    count: int
    first_rows: list[RowError]

    @property
    def message(self) -> str:
        return self.first_rows[0].message


def grouped_errors(run: ImportRun, *, examples: int = 3) -> list[ErrorGroup]:
    """Kinds of errors, the rejected and the frequent ones first; two queries."""
    kinds = (
        RowError.objects.filter(import_run=run)
        .order_by()
        .values("code", "column", "fatal")
        .annotate(count=Count("pk"), first=Min("row"))
        .order_by("-fatal", "-count", "first")
    )
    found = list(kinds)
    shown = RowError.objects.raw(
        'SELECT * FROM (SELECT e.*, row_number() OVER (PARTITION BY code, "column", fatal'
        " ORDER BY row, id) AS place FROM deals_rowerror e WHERE import_run_id = %s) numbered"
        " WHERE place <= %s ORDER BY row, id",
        [run.pk, examples],
    )
    first: dict[tuple[str, str, bool], list[RowError]] = {}
    for error in shown:
        first.setdefault((error.code, error.column, error.fatal), []).append(error)
    return [
        ErrorGroup(
            kind["code"],
            kind["column"],
            kind["fatal"],
            kind["count"],
            first[kind["code"], kind["column"], kind["fatal"]],
        )
        for kind in found
    ]


def of_run(run: ImportRun) -> dict[str, Any]:
    """The report of an import, as `manage.py import_feed --json` and the API give it."""
    path = errors_path(run)
    return {
        "import_id": run.pk,
        "file_sha256": run.file_sha256,
        **{name: getattr(run, name) for name in BALANCE},
        "errors": [as_json(error) for error in run.row_errors.order_by("row", "id")[:FIRST_ERRORS]],
        "errors_file": str(path) if path.exists() else None,
    }


def as_json(error: RowError) -> dict[str, Any]:
    """One error under the promised names."""
    names = ("row", "column", "value", "code", "message")
    return {name: getattr(error, name) for name in names}


def lines(report: dict[str, Any], *, title: str) -> list[str]:
    """The report in plain lines."""
    used = report["rows_read"] - sum(report[name] for name in ROWS[1:])
    said = [
        title,
        f"Rows: {report['rows_read']:,} read = {used:,} used + {report['rows_skipped']:,} skipped"
        f" + {report['rows_duplicate']:,} duplicate + {report['rows_rejected']:,} rejected.",
        f"Deals: {report['deals_in_file']:,} in the file = {report['deals_created']:,} new"
        f" + {report['deals_updated']:,} updated + {report['deals_unchanged']:,} unchanged"
        f" + {report['deals_conflict']:,} in conflict + {report['deals_held']:,} held;"
        f" {report['participations']:,} participations.",
    ]
    said += _first(report["errors"])
    if report["errors_file"]:
        said.append(f"All rejected rows with their reasons: {report['errors_file']}")
        said.append("Mend them there and import that file with the same profile.")
    return said


def _first(errors: Iterable[dict[str, Any]]) -> list[str]:
    shown = list(errors)
    said = [
        f"  row {error['row']}, {error['column'] or 'whole row'}: {error['message']}"
        for error in shown[:10]
    ]
    return [*said, "  … --json shows the first 50 errors."] if len(shown) > 10 else said
