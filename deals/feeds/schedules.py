"""When feeds are fetched: a schedule's rules, and the slots that are due by it.

All times are UTC and slots are counted from `first_at`, so no day has 23 hours. A slot is made by
inserting it, and the database refuses the second of two; so any number of schedulers may look.
"""

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from deals.feeds.addresses import NotFetched, check_url
from deals.feeds.profile_toml import load_profile
from deals.feeds.refusals import Refused
from deals.models import Feed, FeedSchedule, FeedSlot

State = FeedSlot.State
OPEN = (State.DUE, State.RUNNING)
FREE = Q(leased_until__isnull=True) | Q(leased_until__lt=Now())
SHORTEST, LONGEST = 15, 366 * 24 * 60
# The first try of a slot and three more.
MOST_TRIES = 4


def create_schedule(
    feed: Feed,
    *,
    url: str,
    minutes: int,
    first_at: datetime,
    publish: bool,
    by: int | None,
) -> FeedSchedule:
    """Have a feed fetched every `minutes` from `first_at` on. Raises `Refused`.

    `by` is the user who answers for what the schedule brings.
    """
    url, first_at = _checked(feed, url, minutes, first_at)
    schedule, created = FeedSchedule.objects.get_or_create(
        feed=feed,
        defaults={
            "url": url,
            "minutes": minutes,
            "first_at": first_at,
            "publish": publish,
            "created_by_id": by,
        },
    )
    if not created:
        raise Refused(f"The feed {feed.code} has a schedule already: change that one.")
    return schedule


def change_schedule(
    schedule: FeedSchedule,
    *,
    url: str,
    minutes: int,
    first_at: datetime,
    publish: bool,
    active: bool,
    by: int | None,
) -> FeedSchedule:
    """Change or stop (`active`) a schedule. Raises `Refused` and then changes nothing.

    Whoever changed it last answers for what it brings, and so cannot approve that alone.
    """
    url, first_at = _checked(schedule.feed, url, minutes, first_at)
    with transaction.atomic():
        locked = FeedSchedule.objects.select_for_update().get(pk=schedule.pk)
        if url != locked.url:
            # They belong to the file at the old address; what it looked like stays known.
            locked.etag = locked.last_modified = ""
        locked.url, locked.minutes, locked.first_at = url, minutes, first_at
        locked.publish, locked.active, locked.created_by_id = publish, active, by
        changed = ("url", "minutes", "first_at", "publish", "active", "created_by")
        locked.save(update_fields=[*changed, "etag", "last_modified"])
    return locked


def due_slots(now: datetime | None = None) -> list[int]:
    """Make the slots that are due, and return all that wait to be worked on, by id.

    `now` is the database's clock when not given. Of slots missed while nothing ran, only the
    latest is made: a feed's file tells how things are, not how they were.
    """
    moment = now or clock()
    running = FeedSchedule.objects.filter(active=True, held="", first_at__lte=moment)
    latest = [FeedSlot(schedule=each, due_at=slot_before(each, moment)) for each in running]
    FeedSlot.objects.bulk_create(latest, ignore_conflicts=True)
    _give_up(moment)
    waiting = _waiting().order_by("due_at", "pk")
    return list(waiting.values_list("pk", flat=True))


def slot_before(schedule: FeedSchedule, moment: datetime) -> datetime:
    """The latest slot at or before a moment; the first one when none was yet."""
    step = timedelta(minutes=schedule.minutes)
    return schedule.first_at + max((moment - schedule.first_at) // step, 0) * step


def slot_after(schedule: FeedSchedule, moment: datetime) -> datetime:
    """The next slot after a moment."""
    if moment < schedule.first_at:
        return schedule.first_at
    return slot_before(schedule, moment) + timedelta(minutes=schedule.minutes)


def clock() -> datetime:
    """The database's clock, which all machines share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None
    return row[0].astimezone(UTC) if isinstance(row[0], datetime) else datetime.now(UTC)


def _waiting() -> QuerySet[FeedSlot]:
    taking = FeedSchedule.objects.filter(active=True, held="")
    return FeedSlot.objects.filter(
        FREE, state__in=OPEN, attempt__lt=MOST_TRIES, schedule__in=taking
    )


def _give_up(moment: datetime) -> None:
    """End slots that were tried often enough, or whose successor is due."""
    stale = FeedSlot.objects.filter(FREE, state__in=OPEN)
    stale.filter(attempt__gte=MOST_TRIES).update(
        state=State.FAILED,
        leased_until=None,
        finished_at=Now(),
        said=f"It was tried {MOST_TRIES} times and never came to an end; the worker's log says "
        "why. Nothing was taken.",
    )
    newer = FeedSlot.objects.filter(
        schedule=OuterRef("schedule"), due_at__gt=OuterRef("due_at"), due_at__lte=moment
    )
    for slot in stale.filter(Exists(newer)).only("pk", "said", "attempt"):
        said = slot.said or "No worker came to it."
        # Not if a worker has taken it since.
        stale.filter(pk=slot.pk, attempt=slot.attempt).update(
            state=State.FAILED,
            leased_until=None,
            finished_at=Now(),
            said=f"{said} The next turn began before this one came to an end.",
        )


def _checked(feed: Feed, url: str, minutes: int, first_at: datetime) -> tuple[str, datetime]:
    try:
        load_profile(feed.profile)
    except Refused as refusal:
        raise Refused(
            f"The feed {feed.code} cannot be scheduled, for its profile cannot be used. {refusal}"
        ) from None
    url = url.strip()
    try:
        check_url(url)
    except NotFetched as problem:
        raise Refused(str(problem)) from None
    if not SHORTEST <= minutes <= LONGEST:
        raise Refused(
            f"The interval is {minutes} minutes, and can be {SHORTEST} minutes at least and 366 "
            f"days ({LONGEST:,} minutes) at most."
        )
    if first_at.tzinfo is None:
        first_at = first_at.replace(tzinfo=UTC)
    return url, first_at.astimezone(UTC)
