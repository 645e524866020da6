"""The order of the steps, the same for the command line, the worker, the desk and the API.

`prepare` reads a file to the end and writes nothing. `preview` says what would happen.
`import_file` stages it and, if asked, publishes. A file that is refused raises `Refused` before
anything is written.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction

from deals.feeds.compare import Comparison, compare
from deals.feeds.deliver import deliver
from deals.feeds.facts import delivered
from deals.feeds.group import group
from deals.feeds.parse import parse
from deals.feeds.populations import check_population
from deals.feeds.profile import Profile
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import Received, decode, receive
from deals.feeds.rejected import write_rejected
from deals.feeds.stage import Prepared, feed_of, new_run, stage
from deals.feeds.validate import validate
from deals.feeds.workbook import is_workbook, workbook_text
from deals.models import ImportRun


def prepare(file: Received, profile: Profile) -> Prepared:
    """Read, check and group a file. Raises `Refused`; touches neither database nor disk."""
    if is_workbook(file.data):
        text = workbook_text(file.name, file.data, profile.delimiter)
    else:
        text = decode(file, profile.encoding, list(profile.needed))
    table = parse(
        text,
        delimiter=profile.delimiter,
        skip_rows=profile.skip_rows,
        needed=profile.needed,
        name=file.name,
    )
    grouped = group(validate(table, profile), profile)
    return Prepared(
        file=file,
        profile=profile,
        text=text,
        delimiter=table.delimiter,
        grouped=grouped,
        facts={deal.key: delivered(deal, profile) for deal in grouped.deals},
        rows={deal.key: deal.rows for deal in grouped.deals},
    )


def preview(prepared: Prepared) -> Comparison:
    """What the file would do, from what is in memory and in the register; writes nothing."""
    check_population(prepared.profile)
    full = prepared.profile.delivery == "full"
    return compare(feed_of(prepared.profile), prepared.facts, full=full)


def import_file(
    file: Received, profile: Profile, *, publish: bool = False, by: int | None = None
) -> ImportRun:
    """Stage a file and, with `publish`, publish what neither conflicts nor is held."""
    with unswept():
        prepared = prepare(file, profile)
        comparison = preview(prepared)
        with transaction.atomic():
            state = ImportRun.State.REVIEW
            run = new_run(file, profile, by=by, publish=publish, state=state)
            staged = stage(prepared, run, comparison)
        write_errors_file(run, prepared)
        return deliver(run.pk, reason=_reason(run), staged=staged) if publish else run


def process(run: ImportRun) -> ImportRun:
    """Do a run that a worker has claimed. Raises `Refused` when its file cannot be used."""
    stored = stored_file(run.file_sha256).read_bytes()
    with unswept():
        prepared = prepare(receive(run.file_name, stored), load_profile(run.profile))
        staged = stage(prepared, run, preview(prepared))
        write_errors_file(run, prepared)
        if run.publish:
            return deliver(run.pk, reason=_reason(run), staged=staged)
    run.state, run.leased_until = ImportRun.State.REVIEW, None
    run.save(update_fields=["state", "leased_until"])
    return run


def _reason(run: ImportRun) -> str:
    return f"Import {run.pk} of {run.file_name}"


@contextmanager
def unswept() -> Iterator[None]:
    """Without Python's search for cycles: rows have none, and looking through millions is slow."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def imports_dir() -> Path:
    """Where files and their errors are kept; made when it is missing."""
    folder = Path(settings.VAR_DIR) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def stored_file(sha256: str) -> Path:
    """Where the bytes of a queued file are."""
    return imports_dir() / sha256


def errors_path(run: ImportRun) -> Path:
    """The file of rejected rows; it exists only when there are any."""
    return Path(settings.VAR_DIR) / "imports" / f"{run.pk}-errors.csv"


def write_errors_file(run: ImportRun, prepared: Prepared) -> None:
    """Keep the rejected rows beside the import, if there are any."""
    path = errors_path(run)
    if not prepared.rejected_rows:
        path.unlink(missing_ok=True)
        return
    imports_dir()
    write_rejected(path, prepared)
