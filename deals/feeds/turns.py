"""One turn of a scheduled feed: fetch its file, look into it, and take it, or hold it for a person.

A file is held when it does not look like the last one: then nothing is imported and all that was
published stays. What a turn came to is written together with the import that it makes, and only
by the worker that holds the turn.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from deals.feeds import queue
from deals.feeds.addresses import NotFetched
from deals.feeds.fetch import Fetched, fetch
from deals.feeds.glance import Look, look, suspicion
from deals.feeds.profile import Profile
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import Received
from deals.feeds.refusals import Refused
from deals.feeds.schedules import FREE, MOST_TRIES, OPEN, State
from deals.models import FeedSchedule, FeedSlot, ImportRun

Ring = Callable[[int], object]

# Longer than a task may last (CELERY_TASK_TIME_LIMIT), so a worker that is at it keeps it.
LEASE = timedelta(minutes=6)
# Before the second, third and fourth try; together less than the shortest interval.
PAUSES = (timedelta(minutes=1), timedelta(minutes=3), timedelta(minutes=9))
ENDED_BADLY = (ImportRun.State.FAILED, ImportRun.State.CANCELLED, ImportRun.State.REJECTED)


def work_slot(slot_id: int, ring: Ring) -> None:
    """Do one turn, unless somebody else does or it needs no work."""
    slot = claim(slot_id)
    if slot is None:
        return
    schedule = slot.schedule
    try:
        profile = load_profile(schedule.feed.profile)
    except Refused as refusal:
        _finish(slot, State.FAILED, f"The feed's profile cannot be used. {refusal}", {})
        return
    try:
        fetched = fetch(schedule.url, etag=schedule.etag, last_modified=schedule.last_modified)
    except NotFetched as problem:
        _not_fetched(slot, problem)
    except Refused as refusal:
        _hold(slot, f"What came cannot be taken. {refusal}", {"http_status": 200})
    else:
        _judge(slot, fetched, profile, ring)


def claim(slot_id: int) -> FeedSlot | None:
    """Take a slot whose lease is free, by the database's clock; None when it is not ours."""
    # Conditions on the slot's own columns are judged again when two claims meet.
    taking = FeedSchedule.objects.filter(active=True, held="")
    taken = FeedSlot.objects.filter(
        FREE, pk=slot_id, state__in=OPEN, attempt__lt=MOST_TRIES, schedule__in=taking
    ).update(
        state=State.RUNNING,
        attempt=F("attempt") + 1,
        leased_until=Now() + LEASE,
        started_at=Coalesce(F("started_at"), Now()),
    )
    if taken != 1:
        return None
    return FeedSlot.objects.select_related("schedule__feed").get(pk=slot_id)


def _judge(slot: FeedSlot, fetched: Fetched, profile: Profile, ring: Ring) -> None:
    schedule, file = slot.schedule, fetched.file
    facts: dict[str, Any] = {
        "http_status": fetched.status,
        "bytes": fetched.bytes,
        "etag": fetched.etag,
        "last_modified": fetched.last_modified,
    }
    if file is None or file.sha256 == schedule.file_sha256:
        _unchanged(slot, facts)
        return
    facts |= {"file_name": file.name[-255:], "file_sha256": file.sha256}
    if _was_discarded(schedule, file.sha256):
        _finish(
            slot, State.UNCHANGED, "It is the file that was discarded; nothing was taken.", facts
        )
        return
    try:
        seen = look(file, profile)
    except Refused as refusal:
        page = "The address answered with a web page. " if "html" in fetched.content_type else ""
        _hold(slot, f"{page}{refusal}", facts)
        return
    facts |= {"rows": seen.rows, "columns": seen.columns}
    if reason := suspicion(seen, schedule):
        _hold(slot, reason, facts)
        return
    _take(slot, file, profile, seen, facts, ring)


def _take(
    slot: FeedSlot,
    file: Received,
    profile: Profile,
    seen: Look,
    facts: dict[str, Any],
    ring: Ring,
) -> None:
    """Import the file, unless the schedule was changed or held while it came."""
    with transaction.atomic():
        schedule = FeedSchedule.objects.select_for_update().get(pk=slot.schedule_id)
        if schedule.url != slot.schedule.url or schedule.held or not schedule.active:
            said = "The schedule was changed while the file was fetched; nothing was taken."
            _finish(slot, State.FAILED, said, facts)
        elif _still_ours(slot):
            said = f"Taken: {seen.rows:,} rows."
            by = schedule.created_by_id
            enqueue_slot(schedule, slot, file, profile, seen, said, facts, by=by, ring=ring)


def enqueue_slot(
    schedule: FeedSchedule,
    slot: FeedSlot,
    file: Received,
    profile: Profile,
    seen: Look,
    said: str,
    facts: dict[str, Any],
    *,
    by: int | None,
    ring: Ring,
) -> ImportRun:
    """Import, slot and what the schedule remembers, in the caller's transaction."""
    run = queue.enqueue(
        file,
        profile,
        publish=schedule.publish,
        by=by,
        channel=ImportRun.Channel.SCHEDULE,
        ring=ring,
    )
    FeedSlot.objects.filter(pk=slot.pk).update(
        state=State.IMPORTED,
        said=said,
        import_run=run,
        leased_until=None,
        finished_at=Coalesce(F("finished_at"), Now()),
        **facts | {"rows": seen.rows, "columns": seen.columns},
    )
    schedule.etag, schedule.last_modified = facts["etag"], facts["last_modified"]
    schedule.file_sha256 = file.sha256
    schedule.rows, schedule.columns = seen.rows, seen.columns
    schedule.save(update_fields=["etag", "last_modified", "file_sha256", "rows", "columns", "held"])
    return run


def _unchanged(slot: FeedSlot, facts: dict[str, Any]) -> None:
    """Nothing new; says so if what was taken last did not get into the register."""
    said = "The file is the one that was taken before."
    last = (
        FeedSlot.objects.filter(schedule=slot.schedule, import_run__isnull=False)
        .select_related("import_run")
        .first()
    )
    if last is not None and last.import_run and last.import_run.state in ENDED_BADLY:
        said += f" Its import {last.import_run_id} was {last.import_run.state}."
    facts |= {"rows": slot.schedule.rows, "columns": slot.schedule.columns}
    if _finish(slot, State.UNCHANGED, said, facts) and facts["http_status"] == 200:
        # The same bytes under a new ETag: ask with that one from now on.
        FeedSchedule.objects.filter(pk=slot.schedule_id, url=slot.schedule.url).update(
            etag=facts["etag"], last_modified=facts["last_modified"]
        )


def _not_fetched(slot: FeedSlot, problem: NotFetched) -> None:
    """Tried again after a pause, by an expiring lease; at last the slot fails with the sentence."""
    facts = {"http_status": problem.status}
    if not problem.again or slot.attempt >= MOST_TRIES:
        _finish(slot, State.FAILED, str(problem), facts)
        return
    pause = PAUSES[slot.attempt - 1]
    _ours(slot).update(state=State.DUE, said=str(problem), leased_until=Now() + pause, **facts)


def _hold(slot: FeedSlot, reason: str, facts: dict[str, Any]) -> None:
    with transaction.atomic():
        schedule = FeedSchedule.objects.select_for_update().get(pk=slot.schedule_id)
        if _finish(slot, State.HELD, reason, facts):
            schedule.held = reason
            schedule.save(update_fields=["held"])


def _ours(slot: FeedSlot) -> Any:
    """The slot, while the attempt that this worker began is the latest one."""
    return FeedSlot.objects.filter(pk=slot.pk, state=State.RUNNING, attempt=slot.attempt)


def _still_ours(slot: FeedSlot) -> bool:
    return bool(_ours(slot).select_for_update().exists())


def _finish(slot: FeedSlot, state: FeedSlot.State, said: str, facts: dict[str, Any]) -> bool:
    done = _ours(slot).update(state=state, said=said, leased_until=None, finished_at=Now(), **facts)
    return bool(done == 1)


def _was_discarded(schedule: FeedSchedule, sha256: str) -> bool:
    decided = FeedSlot.objects.filter(
        schedule=schedule, state__in=[State.IMPORTED, State.DISCARDED]
    ).first()
    return (
        decided is not None and decided.state == State.DISCARDED and decided.file_sha256 == sha256
    )
