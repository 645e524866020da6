"""Fifth stage: a file's rows, then its deals, wait in the database, each chunk with its balance."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from deals.feeds.facts import Facts
from deals.feeds.lease import advance
from deals.feeds.profile import Profile
from deals.feeds.reading import Chunk
from deals.feeds.receive import Received, hold
from deals.feeds.refusals import RowProblem
from deals.models import Feed, ImportRun
from deals.models.bulk import copy_rows
from deals.models.documents import dumps

ROWS = ("run", "key", "number", "facts", "partial")
DEALS = (
    "import_run_id", "key", "part_of", "facts", "rows", "outcome", "fields", "deal_id", "decision",
)  # fmt: skip
ERRORS = ("import_run_id", "row", "column", "value", "code", "message", "fatal")


class Staged(NamedTuple):
    """One deal that waits for a decision, without the weight of a model instance."""

    key: str
    facts: Facts
    rows: list[int]
    outcome: str
    fields: list[str]
    deal: int | None


def feed_of(profile: Profile) -> Feed | None:
    """The feed that this profile describes, if it has delivered before."""
    return Feed.objects.filter(code=profile.code).first()


@transaction.atomic
def new_run(
    file: Received,
    profile: Profile,
    *,
    by: int | None,
    publish: bool,
    channel: str = ImportRun.Channel.COMMAND,
    api_key: int | None = None,
    idempotency_key: str = "",
) -> ImportRun:
    """A queued run that has counted nothing yet; makes the feed on its first file."""
    hold(file)
    feed, _ = Feed.objects.get_or_create(
        code=profile.code, defaults={"name": profile.name, "profile": profile.text}
    )
    return ImportRun.objects.create(
        feed=feed,
        state=ImportRun.State.QUEUED,
        channel=channel,
        file_name=file.name[-255:],
        file_sha256=file.sha256,
        bytes_total=file.size,
        profile=profile.text,
        publish=publish,
        created_by_id=by,
        created_at=timezone.now(),
        api_key_id=api_key,
        idempotency_key=idempotency_key,
    )


def stage_rows(run: ImportRun, chunk: Chunk) -> None:
    """Write a chunk of rows with its errors, and the checkpoint that `run` carries already."""
    run.rows_read += chunk.read
    run.rows_used += chunk.used
    run.rows_skipped += chunk.skipped
    run.rows_rejected += chunk.rejected
    with transaction.atomic():
        copy_rows(
            "deals_stagedrow",
            ROWS,
            ((run.pk, key, row.number, row.text, row.partial) for key, row in chunk.staged),
        )
        write_errors(run, chunk.problems)
        advance(
            run, "checkpoint", "encoding", "delimiter", "bytes_read", "bytes_total",
            "rows_read", "rows_used", "rows_skipped", "rows_rejected",
        )  # fmt: skip


def write_errors(run: ImportRun, problems: Iterable[RowProblem]) -> None:
    """Keep what is wrong with rows, in words."""
    copy_rows(
        "deals_rowerror",
        ERRORS,
        [
            (run.pk, p.row, p.column[:200], p.value[:300], p.code, p.message, p.fatal)
            for p in problems
        ],
    )


def write_deals(run: ImportRun, deals: Iterable[Staged]) -> None:
    """Stage deals with their outcome."""
    copy_rows(
        "deals_stageddeal",
        DEALS,
        (
            (
                run.pk, deal.key, deal.facts.get("part_of", ""), dumps(deal.facts), deal.rows,
                deal.outcome, dumps(deal.fields), deal.deal, "",
            )
            for deal in deals
        ),
    )  # fmt: skip


def delete_staged(run_ids: Iterable[int], *, deals: bool = True) -> None:
    """Forget what imports staged: their rows, and with `deals` their deals as well."""
    ids = list(run_ids)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM deals_stagedrow WHERE run = ANY(%s)", [ids])
        if deals:
            cursor.execute(
                "DELETE FROM deals_samplecheck c USING deals_stageddeal s"
                " WHERE c.staged_id = s.id AND s.import_run_id = ANY(%s)",
                [ids],
            )
            cursor.execute("DELETE FROM deals_stageddeal WHERE import_run_id = ANY(%s)", [ids])
