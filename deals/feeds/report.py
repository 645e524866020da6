"""What an import says afterwards: as the promised JSON object, and as lines for a person."""

from collections.abc import Iterable
from typing import Any

from deals.feeds.compare import Comparison
from deals.feeds.run import errors_path
from deals.feeds.stage import Prepared, balance
from deals.models import ImportRun

FIRST_ERRORS = 50
ROWS = ("rows_read", "rows_skipped", "rows_duplicate", "rows_rejected")
DEALS = (
    "deals_in_file", "deals_created", "deals_updated", "deals_unchanged", "deals_conflict",
    "deals_held",
)  # fmt: skip


def of_run(run: ImportRun) -> dict[str, Any]:
    """The report of an import that is in the database."""
    errors = run.row_errors.order_by("row", "id")[:FIRST_ERRORS]
    path = errors_path(run)
    counts = {name: getattr(run, name) for name in (*ROWS, *DEALS, "participations")}
    return _report(run.pk, run.file_sha256, counts, errors, str(path) if path.exists() else None)


def of_preview(prepared: Prepared, comparison: Comparison) -> dict[str, Any]:
    """The report of a dry run, which has no import and no file of errors."""
    counts = balance(prepared.grouped, comparison)
    errors = prepared.grouped.problems[:FIRST_ERRORS]
    return _report(None, prepared.file.sha256, counts, errors, None)


def _report(
    import_id: int | None,
    sha256: str,
    counts: dict[str, int],
    errors: Iterable[Any],
    errors_file: str | None,
) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "file_sha256": sha256,
        **{name: counts[name] for name in (*ROWS, *DEALS, "participations")},
        "errors": [
            {
                "row": error.row,
                "column": error.column,
                "value": error.value,
                "code": error.code,
                "message": error.message,
            }
            for error in errors
        ],
        "errors_file": errors_file,
    }


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
    said += [
        f"  row {error['row']}, {error['column'] or 'whole row'}: {error['message']}"
        for error in report["errors"][:10]
    ]
    if len(report["errors"]) > 10:
        said.append("  … --json shows the first 50 errors.")
    if report["errors_file"]:
        said.append(f"All rejected rows with their reasons: {report['errors_file']}")
        said.append("Correct them in the whole file and send it again; nothing is taken twice.")
    return said
