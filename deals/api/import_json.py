"""An import as JSON: the report that the command line prints, how far it is, and where to go on."""

from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch
from rest_framework.request import Request
from rest_framework.reverse import reverse

from deals.feeds import report
from deals.feeds.progress import progress
from deals.models import ImportRun, RowError

COUNTS = (
    "rows_read", "rows_used", "rows_skipped", "rows_duplicate", "rows_rejected", "deals_in_file",
    "deals_created", "deals_updated", "deals_unchanged", "deals_conflict", "deals_held",
    "deals_absent", "participations", "organizations_new",
)  # fmt: skip


def brief(run: ImportRun, request: Request) -> dict[str, Any]:
    """What a list shows; `run` comes with its feed."""
    return {
        "id": run.pk,
        "state": run.state,
        "phase": run.phase,
        "feed": run.feed.code,
        "file_name": run.file_name,
        "file_sha256": run.file_sha256,
        "channel": run.channel,
        "publish": run.publish,
        **{name: getattr(run, name) for name in COUNTS},
        "problem": run.problem or None,
        "reason": run.reason or None,
        "created_at": _time(run.created_at),
        "started_at": _time(run.started_at),
        "decided_at": _time(run.decided_at),
        "finished_at": _time(run.finished_at),
        "undone_at": _time(run.undone_at),
        "links": _links(run, request),
    }


def whole(run: ImportRun, request: Request) -> dict[str, Any]:
    """One import with the promised report, its progress and what it would do to the headline.

    `errors_file` is an address, where the command line has a path, and null without rejected rows.
    """
    shown = brief(run, request)
    csv = shown["links"]["errors_csv"] if run.rows_rejected else None
    how_far = progress(run)
    return {
        **report.of_run(run),
        **shown,
        "errors_file": csv,
        "progress": {
            "phase": how_far.phase,
            "words": how_far.words,
            "rows": how_far.rows,
            "rows_total": how_far.rows_total,
            "bytes": run.bytes_read,
            "bytes_total": run.bytes_total,
            "share": None if how_far.share is None else round(how_far.share, 4),
            "rows_per_second": _rounded(how_far.rows_per_second),
            "seconds_left": _rounded(how_far.seconds_left),
            "finished": how_far.finished,
        },
        "impact": run.impact,
        "undo_report": run.undo_report,
    }


def error(problem: RowError) -> dict[str, Any]:
    """One thing wrong in one cell; a fatal one rejected its row."""
    return {
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "code": problem.code,
        "message": problem.message,
        "fatal": problem.fatal,
    }


def _links(run: ImportRun, request: Request) -> dict[str, str | None]:
    def link(name: str) -> str:
        return str(reverse(name, [run.pk], request=request))

    return {
        "self": link("api-import"),
        "errors": link("api-import-errors"),
        "errors_csv": link("api-import-errors-csv"),
        "cancel": link("api-import-cancel"),
        "page": _page(run, request),
    }


def _page(run: ImportRun, request: Request) -> str | None:
    try:
        return str(reverse("desk-import", [run.pk], request=request))
    except NoReverseMatch:
        return None


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None


def _rounded(number: float | None) -> int | None:
    return None if number is None else round(number)
