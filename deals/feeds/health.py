"""How each feed is doing, for one page: its turns, its last import, and how old its data are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import F, Max, Q, Window
from django.db.models.functions import Coalesce, RowNumber

from deals.feeds.schedules import OPEN, State, slot_after, slot_before
from deals.models import Feed, FeedSchedule, FeedSlot, ImportRun

SHOWN_SLOTS = 30
# A slot that is not there so long after its time tells that no scheduler runs.
GRACE = timedelta(minutes=10)
Item = TypeVar("Item", FeedSlot, ImportRun)


@dataclass(frozen=True, slots=True)
class SlotHealth:
    """One turn. `seconds` from its first try to its end, None while it is open."""

    id: int
    due_at: datetime
    state: str
    said: str
    seconds: float | None
    rows: int | None
    bytes: int | None
    http_status: int | None
    attempt: int
    import_id: int | None


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """One feed. `slots` are the newest first; `last_import` has its balance and problem.

    `state` is the worst that is true: held, failing, late, stopped, unscheduled, waiting (no turn
    has ended yet) or fine; `words` say it in a sentence. `good_at` is when data of the feed were
    last published, `confirmed_at` when its address last gave a file that was taken or the same.
    """

    feed: Feed
    schedule: FeedSchedule | None
    state: str
    words: str
    next_at: datetime | None
    slots: list[SlotHealth]
    last_import: ImportRun | None
    held: str
    held_slot: int | None
    good_at: datetime | None
    good_age: timedelta | None
    confirmed_at: datetime | None


def feed_health(now: datetime, code: str | None = None) -> list[FeedHealth]:
    """All feeds, or the one of that code, those with a schedule first, by name.

    Four queries, however many there are.
    """
    chosen = Feed.objects.all() if code is None else Feed.objects.filter(code=code)
    feeds = list(
        chosen.select_related("schedule", "population")
        .annotate(
            good_at=Max(
                Coalesce("imports__finished_at", "imports__decided_at", "imports__created_at"),
                filter=Q(imports__state=ImportRun.State.PUBLISHED),
            )
        )
        .order_by(F("schedule__id").asc(nulls_last=True), "name", "id")
    )
    feeds.sort(key=lambda feed: (_schedule(feed) is None, feed.name.casefold(), feed.pk))
    slots = _grouped(
        FeedSlot.objects.filter(schedule__feed__in=chosen)
        .annotate(
            place=Window(
                RowNumber(),
                partition_by="schedule_id",
                order_by=[F("due_at").desc(), F("id").desc()],
            )
        )
        .filter(place__lte=SHOWN_SLOTS)
        .order_by("-due_at", "-id"),
        "schedule_id",
    )
    confirmed = dict(
        FeedSchedule.objects.filter(feed__in=chosen)
        .values_list("pk")
        .annotate(
            at=Max(
                "slots__finished_at",
                filter=Q(slots__state__in=[State.UNCHANGED, State.IMPORTED]),
            )
        )
    )
    runs = _grouped(
        ImportRun.objects.filter(feed__in=chosen)
        .order_by("feed_id", "-id")
        .distinct("feed_id")
        .defer("profile", "impact"),
        "feed_id",
    )
    return [_health(feed, slots, confirmed, runs, now) for feed in feeds]


def _health(
    feed: Feed,
    slots: dict[int, list[FeedSlot]],
    confirmed: dict[int, datetime | None],
    runs: dict[int, list[ImportRun]],
    now: datetime,
) -> FeedHealth:
    schedule = _schedule(feed)
    own = slots.get(schedule.pk, []) if schedule else []
    run = next(iter(runs.get(feed.pk, [])), None)
    good_at: datetime | None = getattr(feed, "good_at", None)
    state, words = _state(schedule, own, run, now)
    going = schedule is not None and schedule.active and not schedule.held
    held = next((slot.pk for slot in own if slot.state == State.HELD), None)
    return FeedHealth(
        feed=feed,
        schedule=schedule,
        state=state,
        words=words,
        next_at=slot_after(schedule, now) if schedule and going else None,
        slots=[_slot(slot) for slot in own],
        last_import=run,
        held=schedule.held if schedule else "",
        held_slot=held,
        good_at=good_at,
        good_age=now - good_at if good_at else None,
        confirmed_at=confirmed.get(schedule.pk) if schedule else None,
    )


def _state(
    schedule: FeedSchedule | None, slots: list[FeedSlot], run: ImportRun | None, now: datetime
) -> tuple[str, str]:
    if schedule is None:
        return "unscheduled", "Files of this feed are brought by people or programs."
    if schedule.held:
        return "held", f"Waits for a person's decision. {schedule.held}"
    if not schedule.active:
        return "stopped", "Nothing is fetched until the schedule is started again."
    ended = next((slot for slot in slots if slot.state not in OPEN), None)
    if ended is not None and ended.state == State.FAILED:
        return "failing", f"The last turn failed. {ended.said}"
    if run is not None and run.state == ImportRun.State.FAILED:
        return "failing", f"Import {run.pk} failed. {run.problem}"
    if (missed := _missed(schedule, slots, now)) is not None:
        return "late", (
            f"The turn of {missed:%Y-%m-%d %H:%M} UTC was not begun: is the scheduler running?"
        )
    if ended is None:
        return "waiting", "No turn has ended yet."
    return "fine", ended.said


def _missed(schedule: FeedSchedule, slots: list[FeedSlot], now: datetime) -> datetime | None:
    """The latest slot, when its time was long ago and it is not there, or nobody came to it."""
    due = slot_before(schedule, now)
    if now < due + GRACE:
        return None
    begun = any(slot.due_at >= due and slot.attempt for slot in slots)
    return None if begun else due


def _slot(slot: FeedSlot) -> SlotHealth:
    seconds = None
    if slot.started_at and slot.finished_at:
        seconds = (slot.finished_at - slot.started_at).total_seconds()
    return SlotHealth(
        id=slot.pk,
        due_at=slot.due_at,
        state=slot.state,
        said=slot.said,
        seconds=seconds,
        rows=slot.rows,
        bytes=slot.bytes,
        http_status=slot.http_status,
        attempt=slot.attempt,
        import_id=slot.import_run_id,
    )


def _schedule(feed: Feed) -> FeedSchedule | None:
    return getattr(feed, "schedule", None)


def _grouped(items: Iterable[Item], by: str) -> dict[int, list[Item]]:
    groups: dict[int, list[Item]] = {}
    for item in items:
        groups.setdefault(getattr(item, by), []).append(item)
    return groups
