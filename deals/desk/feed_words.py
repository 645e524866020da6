"""How a feed is, its turns and its interval in the words of the desk."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from deals.desk.run_words import Mark, counted, listed
from deals.feeds.addresses import shown
from deals.feeds.health import SHOWN_SLOTS, SlotHealth
from deals.models import FeedSlot
from deals.svg.turns import Turn, turn_marks
from deals.templatetags.imports import moment

State = FeedSlot.State
HOUR, DAY, WEEK = 60, 24 * 60, 7 * 24 * 60
# The most urgent first.
STATES = {
    "held": Mark("Held", "warn"),
    "failing": Mark("Failing", "bad"),
    "late": Mark("Late", "warn"),
    "fine": Mark("Fine"),
    "waiting": Mark("First turn ahead"),
    "stopped": Mark("Stopped"),
    "unscheduled": Mark("Not scheduled"),
}
SIGNS = {"held": "‖", "failing": "✕", "late": "!", "fine": "✓", "stopped": "–"}
TURNS = {
    State.IMPORTED: "imported",
    State.UNCHANGED: "same file as before",
    State.HELD: "held",
    State.FAILED: "failed",
    State.DISCARDED: "discarded",
    State.DUE: "due",
    State.RUNNING: "running",
}
# What the marks of turns mean; one that is due and one that is running look alike.
KEY = (*list(TURNS.items())[:-2], (State.DUE, "due or running"))
TONES = {State.HELD: "warn", State.FAILED: "bad"}


@dataclass(frozen=True, slots=True)
class Turns:
    """The latest turns of a feed: drawn, and the same in a sentence."""

    drawing: str
    words: str


def turns(slots: Sequence[SlotHealth]) -> Turns | None:
    """`slots` with the newest first; None when there are none."""
    if not slots:
        return None
    drawn = [
        Turn(slot.state, f"{moment(slot.due_at)}: {TURNS[State(slot.state)]}")
        for slot in reversed(slots)
    ]
    found = Counter(slot.state for slot in slots)
    said = listed(f"{found[state]} {words}" for state, words in TURNS.items() if found[state])
    what = "The only turn so far" if len(slots) == 1 else f"The last {len(slots)} turns"
    since = f" since {moment(slots[-1].due_at)}" if len(slots) > 1 else ""
    return Turns(turn_marks(drawn, SHOWN_SLOTS), f"{what}{since}: {said}.")


def turn_mark_of(slot: SlotHealth) -> Mark:
    """What a turn came to, as a small label."""
    state = State(slot.state)
    return Mark(TURNS[state].capitalize(), TONES.get(state, ""))


def every(minutes: int) -> str:
    """60 → "every hour", 1440 → "every day", 90 → "every 90 minutes", 2880 → "every 2 days"."""
    for size, word in ((WEEK, "week"), (DAY, "day"), (HOUR, "hour")):
        if minutes % size == 0:
            count = minutes // size
            return f"every {word}" if count == 1 else f"every {count:,} {word}s"
    return f"every {minutes:,} minutes"


def ago(then: datetime | None, now: datetime) -> str:
    """How long ago something was, in the largest unit that fits; "" when it never was."""
    if then is None:
        return ""
    age = now - then
    for size, word in ((timedelta(days=1), "day"), (timedelta(hours=1), "hour")):
        if age >= size:
            return f"{counted(age // size, word)} ago"
    minutes = max(age // timedelta(minutes=1), 0)
    return f"{counted(minutes, 'minute')} ago" if minutes else "just now"


def address(url: str, *, whole: bool) -> str:
    """A feed's address to print; behind the question mark may be a key, for managers only."""
    if whole:
        return url
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return ""
    return f"{shown(parts)}?…" if parts.query else shown(parts)
