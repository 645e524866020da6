"""A small supplier whose file is fetched from this machine, hour by hour."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from deals.feeds import schedules
from deals.feeds.turns import work_slot
from deals.models import Feed, FeedSchedule, FeedSlot, ImportRun
from tests.feeds.fileserver import FileServer, serving
from tests.feeds.supplier import PROFILE, csv_of

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def rows(count: int) -> str:
    return csv_of(f"Company {number},CN,2019-05,5,USD,Fund,DE" for number in range(count))


def feed(code: str = "small-supplier") -> Feed:
    name = code.replace("-", " ").capitalize()
    return Feed.objects.create(
        code=code, name=name, profile=PROFILE.replace("Small supplier", name)
    )


def scheduled(url: str = "https://feeds.example.org/r.csv", **changes: object) -> FeedSchedule:
    values: dict[str, object] = {"minutes": 60, "first_at": NOON, "url": url, **changes}
    return FeedSchedule.objects.create(feed=values.pop("feed", None) or feed(), **values)


def past_pause(slot: FeedSlot) -> None:
    """As if the pause, or the lease, of a slot were over."""
    FeedSlot.objects.filter(pk=slot.pk).update(leased_until=timezone.now() - HOUR)


class Turns:
    """One schedule's turns, an hour apart; `take` does the next one."""

    def __init__(self, server: FileServer) -> None:
        self.server = server
        self.schedule = scheduled(server.url)
        self.now = NOON
        self.rung: list[int] = []

    def take(self, ring: Callable[[int], object] | None = None) -> FeedSlot:
        for slot_id in schedules.due_slots(self.now):
            work_slot(slot_id, ring or self.rung.append)
        self.now += HOUR
        self.schedule.refresh_from_db()
        return self.schedule.slots.select_related("import_run").first() or FeedSlot()

    def takes(self, body: str | bytes, **headers: str) -> FeedSlot:
        self.server.gives(body, **headers)
        return self.take()


@pytest.fixture
def turns(db: None, settings: LazySettings) -> Iterator[Turns]:
    with serving() as server:
        settings.FEED_ALLOW_INSIDE = [f"127.0.0.1:{server.port}"]
        yield Turns(server)


def imports() -> int:
    return ImportRun.objects.count()
