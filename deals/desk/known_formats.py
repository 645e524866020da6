"""Formats that the desk knows: feeds that have delivered before, and those that come with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from deals.feeds.profile_toml import load_profile
from deals.feeds.refusals import Refused
from deals.feeds.shipped import shipped
from deals.models import Feed

FEED, SHIPPED = "feed:", "shipped:"


@dataclass(frozen=True, slots=True)
class Known:
    """`value` is how a form names it, `text` its profile; `feed` is None before its first file."""

    value: str
    title: str
    text: str
    feed: Feed | None

    @property
    def kind(self) -> str:
        """The heading under which it is listed."""
        return "Same as feed" if self.feed else "Formats that the desk knows"


def known_formats() -> list[Known]:
    """Feeds by name, then shipped formats in which nothing has been delivered yet."""
    feeds = list(Feed.objects.exclude(profile="").order_by("name", "pk"))
    codes = {feed.code for feed in feeds}
    found = [Known(f"{FEED}{feed.pk}", feed.name, feed.profile, feed) for feed in feeds]
    return found + [
        Known(f"{SHIPPED}{format_.code}", format_.title, format_.text, None)
        for format_ in shipped()
        if load_profile(format_.text).code not in codes
    ]


def known_format(value: str) -> Known | None:
    """The format of that name."""
    return next((known for known in known_formats() if known.value == value), None)


def fitting(header: Sequence[str]) -> list[Known]:
    """Known formats all of whose columns a file has: those with the most columns, if any."""
    fits = []
    for known in known_formats():
        try:
            needed = load_profile(known.text).needed
        except Refused:
            # Written by an older version; choosing it says what is wrong.
            continue
        if needed.keys() <= set(header):
            fits.append((len(needed), known))
    most = max((number for number, _ in fits), default=0)
    return [known for number, known in fits if number == most]
