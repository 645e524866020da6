"""Files of scheduled feeds that were held: what came, and taking or dropping it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from deals import journal, tasks
from deals.desk.access import needs, person
from deals.desk.visible import visible
from deals.feeds import held
from deals.feeds.receive import stored
from deals.feeds.refusals import Refused
from deals.models import FeedSlot
from deals.rules.roles import MANAGE

BEGINNING = 2_000
LINES = 6


@dataclass(frozen=True, slots=True)
class Held:
    """A held file; `lines` are its first ones where it is text, made visible.

    `kept` is False when nothing was kept that could be taken.
    """

    slot: FeedSlot
    kept: bool
    lines: list[str]


def held_files(slot_ids: Sequence[int]) -> dict[int, Held]:
    """What waits in these slots, by slot; one query."""
    if not slot_ids:
        return {}
    slots = FeedSlot.objects.filter(pk__in=slot_ids, state=FeedSlot.State.HELD)
    return {slot.pk: Held(slot, bool(slot.file_sha256), _first_lines(slot)) for slot in slots}


@require_POST
@needs(MANAGE)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a held file all the same."""
    try:
        with transaction.atomic():
            run = held.release(pk, by=person(request).pk, ring=tasks.ring)
            journal.record("took_held", by=person(request), import_run=run)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The file is taken all the same, by import no. {run.pk}.")
    return _back(pk)


@require_POST
@needs(MANAGE)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop a held file and let the feed go on."""
    try:
        with transaction.atomic():
            held.discard(pk, by=person(request).pk)
            journal.record("dropped_held", by=person(request), text=_feed_of(pk))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The file is dropped; the feed goes on with its next turn.")
    return _back(pk)


def _back(pk: int) -> HttpResponse:
    code = FeedSlot.objects.filter(pk=pk).values_list("schedule__feed__code", flat=True).first()
    where = reverse("desk-feed", args=[code]) if code else reverse("desk-feeds")
    return HttpResponseRedirect(where)


def _feed_of(pk: int) -> str:
    return FeedSlot.objects.values_list("schedule__feed__name", flat=True).get(pk=pk)


def _first_lines(slot: FeedSlot) -> list[str]:
    """The beginning of a text; nothing of a workbook or an archive, which hold NULs at once."""
    if not slot.file_sha256:
        return []
    try:
        path = stored(slot.file_name, slot.file_sha256).path
        with path.open("rb") as file:
            start = file.read(BEGINNING)
    except (Refused, OSError):
        return []
    if b"\0" in start or start.startswith(b"\x1f\x8b"):
        return []
    return [visible(line) for line in start.decode(errors="replace").splitlines()[:LINES]]
