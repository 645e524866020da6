"""A person's decision on a fetched file that was held: take it all the same, or drop it."""

from django.contrib.auth import get_user_model
from django.db import transaction

from deals.feeds.glance import look
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import stored
from deals.feeds.refusals import Refused
from deals.feeds.schedules import State
from deals.feeds.turns import Ring, enqueue_slot
from deals.models import FeedSchedule, FeedSlot, ImportRun


def release(slot_id: int, *, by: int | None, ring: Ring) -> ImportRun:
    """Take a held file all the same. Raises `Refused` when it cannot be imported at all."""
    with transaction.atomic():
        schedule, slot = _held(slot_id)
        if not slot.file_sha256:
            raise Refused("Nothing that could be taken was kept of this file: discard it.")
        profile = load_profile(schedule.feed.profile)
        file = stored(slot.file_name, slot.file_sha256)
        seen = look(file, profile)
        if not seen.rows:
            raise Refused("The file has a header and no rows: discard it.")
        facts = {"etag": slot.etag, "last_modified": slot.last_modified}
        schedule.held = ""
        said = f"{slot.said} Taken all the same{_named(by)}."
        return enqueue_slot(schedule, slot, file, profile, seen, said, facts, by=by, ring=ring)


def discard(slot_id: int, *, by: int | None) -> None:
    """Drop a held file and go on with the next turn. Raises `Refused`."""
    with transaction.atomic():
        schedule, slot = _held(slot_id)
        slot.state, slot.said = State.DISCARDED, f"{slot.said} Discarded{_named(by)}."
        slot.save(update_fields=["state", "said"])
        schedule.held = ""
        schedule.save(update_fields=["held"])


def _held(slot_id: int) -> tuple[FeedSchedule, FeedSlot]:
    """A held slot and its schedule, locked in the order in which every writer locks them."""
    schedule = (
        FeedSchedule.objects.select_for_update(of=("self",))
        .select_related("feed")
        .filter(slots=slot_id)
        .first()
    )
    slot = FeedSlot.objects.select_for_update().filter(pk=slot_id).first()
    if schedule is None or slot is None or slot.state != State.HELD:
        raise Refused("This file does not wait for a decision: somebody has decided before.")
    return schedule, slot


def _named(by: int | None) -> str:
    user = get_user_model().objects.filter(pk=by).first() if by is not None else None
    return f" by {user.get_username()}" if user else ""
