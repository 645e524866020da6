"""`/desk/feeds/`: how every feed is doing, and all about one of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from deals.desk import feed_words, run_words
from deals.desk.access import needs, person
from deals.desk.imports import HEAVY, row_of
from deals.desk.slots import Held, held_files
from deals.desk.visible import visible
from deals.feeds.health import FeedHealth, SlotHealth, feed_health
from deals.models import Feed, ImportRun
from deals.rules.roles import BRING, MANAGE
from deals.svg.turns import turn_mark

SHOWN_IMPORTS = 10
WIDEST = 1_000
GROUPS = (
    ("A person has to look", ("held", "failing", "late")),
    ("Fetched on a schedule", ("fine", "waiting")),
    ("Stopped", ("stopped",)),
    ("Brought by people or programs", ("unscheduled",)),
)


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One feed's health in words; `held` is the file that waits for a decision."""

    health: FeedHealth
    state: run_words.Mark
    sign: str
    turns: feed_words.Turns | None
    good: str
    confirmed: str
    last: run_words.Mark | None
    deals: str
    held: Held | None


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One turn in the table of turns."""

    slot: SlotHealth
    mark: run_words.Mark


@require_safe
@needs(BRING)
def feeds(request: HttpRequest) -> HttpResponse:
    """The health of all feeds on one page, those that need a person first."""
    now = timezone.now()
    rows = feed_rows(feed_health(now), now)
    groups = [
        (title, [row for state in states for row in rows if row.health.state == state])
        for title, states in GROUPS
    ]
    found = {mark: sum(row.state is mark for row in rows) for mark in feed_words.STATES.values()}
    context = _frame(request) | {
        "groups": [(title, members) for title, members in groups if members],
        "counts": run_words.listed(f"{n} {mark.text.lower()}" for mark, n in found.items() if n),
        "total": len(rows),
        "key": [(turn_mark(state), words) for state, words in feed_words.KEY],
    }
    return render(request, "desk/feeds.html", context)


@require_safe
@needs(BRING)
def feed(request: HttpRequest, code: str) -> HttpResponse:
    """One feed: how it is, its schedule, its turns, its imports and its profile."""
    now = timezone.now()
    row = next(iter(feed_rows(feed_health(now, code), now)), None)
    if row is None:
        raise Http404
    found = row.health.feed
    schedule, context = row.health.schedule, _frame(request)
    runs = ImportRun.objects.filter(feed=found).select_related("feed", "created_by").defer(*HEAVY)
    context |= {
        "row": row,
        "feed": found,
        "schedule": schedule,
        "slots": [SlotRow(slot, feed_words.turn_mark_of(slot)) for slot in row.health.slots],
        "rows": [row_of(run) for run in runs.order_by("-pk")[:SHOWN_IMPORTS]],
        "imports_shown": SHOWN_IMPORTS,
        "profile": "\n".join(visible(line, WIDEST) for line in found.profile.splitlines()),
    }
    if schedule is not None:
        whole = bool(context["may_manage"])
        context["address"] = feed_words.address(schedule.url, whole=whole)
        context["every"] = feed_words.every(schedule.minutes)
    return render(request, "desk/feed.html", context)


@require_safe
@needs(BRING)
def profile(request: HttpRequest, code: str) -> HttpResponse:
    """The profile that the feed's next file is read with, as TOML."""
    found = get_object_or_404(Feed, code=code)
    response = HttpResponse(found.profile, content_type="application/toml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.code}.toml"'
    return response


def feed_rows(found: list[FeedHealth], now: datetime) -> list[FeedRow]:
    """Feeds in words; one query more than `feed_health` where any are held."""
    held = held_files([health.held_slot for health in found if health.held_slot is not None])
    return [_row(health, held, now) for health in found]


def _row(health: FeedHealth, held: dict[int, Held], now: datetime) -> FeedRow:
    run = health.last_import
    return FeedRow(
        health=health,
        state=feed_words.STATES[health.state],
        sign=feed_words.SIGNS.get(health.state, ""),
        turns=feed_words.turns(health.slots),
        good=feed_words.ago(health.good_at, now),
        confirmed=feed_words.ago(health.confirmed_at, now),
        last=run_words.state(run) if run else None,
        deals=run_words.brief(run) if run and run.rows_read else "",
        held=held.get(health.held_slot or 0) if health.held else None,
    )


def _frame(request: HttpRequest) -> dict[str, Any]:
    return {
        "section": "desk",
        "desk_section": "feeds",
        "may_manage": person(request).has_perm(MANAGE),
    }
