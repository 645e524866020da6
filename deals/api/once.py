"""A file that is sent twice is imported once, however the sending went wrong."""

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from deals import journal, tasks
from deals.api.problems import Refusal
from deals.api.upload import Sent
from deals.feeds import queue
from deals.feeds.receive import Received, forget, receive_stream, stored
from deals.models import ApiKey, ImportRun
from deals.rules.roles import DECIDE

State = ImportRun.State
# Any number, as long as nothing else locks under it.
LOCKS = 5_270_143
ALIVE = (State.QUEUED, State.RUNNING, State.REVIEW, State.PUBLISHED)


def visible(user: object) -> "QuerySet[ImportRun]":
    """The imports that a person may see: their own, or all for who decides on imports."""
    runs = ImportRun.objects.select_related("feed")
    # The request's user is somebody: anonymous ones were refused before.
    if user.has_perm(DECIDE):  # type: ignore[attr-defined]
        return runs
    return runs.filter(created_by_id=user.pk)  # type: ignore[attr-defined]


def may_publish(key: ApiKey) -> bool:
    """Publication without review is for who decides, on a desk where one may decide alone."""
    return bool(settings.SELF_APPROVAL and key.user.has_perm(DECIDE))


def bring(sent: Sent, key: ApiKey) -> tuple[ImportRun, bool]:
    """The import of this file, and whether it was there before. Raises `Refused`.

    The same Idempotency-Key gives the same import, and with another file a 422. Without one, so
    does the same file of the same feed under the same profile, while its import is alive.
    """
    file = receive_stream(sent.name, sent.pieces)
    try:
        return _bring(file, sent, key)
    except IntegrityError:
        # Another file came under the same Idempotency-Key at the same moment, and was faster.
        return _bring(file, sent, key)


@transaction.atomic
def _bring(file: Received, sent: Sent, key: ApiKey) -> tuple[ImportRun, bool]:
    with connection.cursor() as cursor:
        # Of those who send one file at once, the second sees what the first did.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCKS, file.sha256])
    if sent.idempotency_key:
        named = ImportRun.objects.filter(api_key=key, idempotency_key=sent.idempotency_key)
        if (run := named.select_related("feed").first()) is not None:
            return _same(run, file, sent), True
    if (run := _alive(file, sent, key)) is not None:
        return run, True
    # Somebody whose upload of the same file was refused may have just removed it.
    file = stored(file.name, file.sha256)
    run = queue.enqueue(
        file,
        sent.profile,
        publish=sent.publish and may_publish(key),
        by=key.user_id,
        channel=ImportRun.Channel.API,
        ring=tasks.ring,
        api_key=key.pk,
        idempotency_key=sent.idempotency_key,
    )
    journal.record("brought", by=key.user, import_run=run)
    return run, False


def _same(run: ImportRun, file: Received, sent: Sent) -> ImportRun:
    """The earlier import of an Idempotency-Key, if it was of this file, feed and profile."""
    profile = run.profile == sent.profile.text or not sent.own_profile
    if run.file_sha256 == file.sha256 and run.feed.code == sent.profile.code and profile:
        return run
    forget(file.sha256)
    what = "profile" if run.file_sha256 == file.sha256 else "file"
    raise Refusal(
        422,
        f"This Idempotency-Key was sent before with another {what} (import {run.pk}): give each "
        "file a key of its own.",
        kind="key-reused",
    )


def _alive(file: Received, sent: Sent, key: ApiKey) -> ImportRun | None:
    """A published import counts until a later file of its feed was published: then the same file
    again is a way back to what it says."""
    later = ImportRun.objects.filter(
        feed=OuterRef("feed"), state=State.PUBLISHED, pk__gt=OuterRef("pk")
    )
    return (
        visible(key.user)
        .filter(
            ~Q(state=State.PUBLISHED) | ~Exists(later),
            feed__code=sent.profile.code,
            file_sha256=file.sha256,
            profile=sent.profile.text,
            state__in=ALIVE,
        )
        .exclude(phase=ImportRun.Phase.UNDOING)
        .order_by("-pk")
        .first()
    )
