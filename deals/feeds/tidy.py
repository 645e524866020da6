"""What need not be kept any longer: received files, what was unpacked of them, staged rows."""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from deals.feeds.receive import COMING, imports_dir, is_hash
from deals.models import FeedSlot, ImportRun, StagedRow, Upload

State = ImportRun.State
# A failed import goes on at its checkpoint when it is tried again, so it keeps its rows.
DONE = (State.PUBLISHED, State.REJECTED, State.CANCELLED, State.UNDONE)
ENDED = (*DONE, State.FAILED)
GOING_ON = (FeedSlot.State.DUE, FeedSlot.State.RUNNING, FeedSlot.State.HELD)
UPLOAD_DAYS = 30
# Younger files may belong to something that is not yet in the database.
SECONDS_LEFT_ALONE = 24 * 60 * 60


def tidy(now: datetime | None = None) -> dict[str, int]:
    """Delete files older than a day that nothing needs, and the staged rows of ended imports.

    A file is needed by an import that has not ended or ended less than IMPORT_KEEP_DAYS ago, by an
    upload of the last 30 days, and by a slot of a schedule as by an import. What was unpacked is
    needed only by imports that have not ended, and made again when it is asked for. Returns how
    many were deleted: {"files": …, "tables": …, "remains": …, "staged_rows": …}.
    """
    now = now or timezone.now()
    rows = _delete_rows(now - timedelta(days=settings.IMPORT_KEEP_DAYS))
    # Asked before the files are listed, one that comes meanwhile is young and is left alone.
    old = [path for path in imports_dir().iterdir() if path.is_file() and _is_old(path, now)]
    needed, open_ones = _needed(now), _of_open_imports()
    counts = {"files": 0, "tables": 0, "remains": 0, "staged_rows": rows}
    for path in old:
        sha256, _, unpacked = path.name.partition(".")
        if path.name.startswith(COMING) or _is_forgotten_list(path, now):
            kind = "remains"
        elif not is_hash(sha256) or sha256 in (open_ones if unpacked else needed):
            continue
        else:
            kind = "tables" if unpacked else "files"
        counts[kind] += _delete(path, now)
    return counts


def _is_forgotten_list(path: Path, now: datetime) -> bool:
    """Rejected rows that were written for somebody at the command line, long ago."""
    days = timedelta(days=settings.IMPORT_KEEP_DAYS)
    return path.name.endswith("-errors.csv") and _is_old(path, now - days)


def _needed(now: datetime) -> set[str]:
    """The hashes of files that something in the database may still want."""
    since = now - timedelta(days=settings.IMPORT_KEEP_DAYS)
    imports = ImportRun.objects.annotate(ended=_ended_at()).filter(
        ~Q(state__in=ENDED) | Q(ended__gte=since)
    )
    uploads = Upload.objects.filter(created_at__gte=now - timedelta(days=UPLOAD_DAYS))
    slots = FeedSlot.objects.filter(Q(state__in=GOING_ON) | Q(due_at__gte=since))
    return {
        sha256
        for rows in (imports, uploads, slots)
        for sha256 in rows.order_by().values_list("file_sha256", flat=True)
    }


def _of_open_imports() -> set[str]:
    rows = ImportRun.objects.exclude(state__in=ENDED).order_by()
    return set(rows.values_list("file_sha256", flat=True))


def _ended_at() -> Coalesce:
    return Coalesce("undone_at", "finished_at", "decided_at", "created_at")


def _delete_rows(since: datetime) -> int:
    """Delete staged rows of imports that are done, and of those that failed long ago."""
    done = ImportRun.objects.annotate(ended=_ended_at()).filter(
        Q(state__in=DONE) | Q(state=State.FAILED, ended__lt=since)
    )
    deleted, _ = StagedRow.objects.filter(run__in=done.order_by().values("pk")).delete()
    return deleted


def _is_old(path: Path, now: datetime) -> bool:
    with suppress(FileNotFoundError):
        return now.timestamp() - path.stat().st_mtime > SECONDS_LEFT_ALONE
    return False


def _delete(path: Path, now: datetime) -> int:
    """Delete a file, unless the same one has come again meanwhile; how many were deleted."""
    if not _is_old(path, now):
        return 0
    with suppress(FileNotFoundError):
        path.unlink()
        return 1
    return 0
