"""What the queue of pairs is narrowed to: how likely, whose deals, and where the company is."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from deals.models import Feed
from deals.rules.countries import COUNTRIES
from deals.templatetags.formats import country

FLOORS = (60, 75, 90)


@dataclass(frozen=True, slots=True)
class Asked:
    """Empty means all."""

    score: int = 0
    feed: str = ""
    country: str = ""

    def params(self) -> dict[str, str]:
        """Only what narrows."""
        every = {"score": str(self.score or ""), "feed": self.feed, "country": self.country}
        return {name: value for name, value in every.items() if value}

    @property
    def scores(self) -> list[tuple[int, str]]:
        """What can be chosen, with its words."""
        return [(floor, _("%(score)s or more") % {"score": floor}) for floor in FLOORS]

    @property
    def feeds(self) -> list[Feed]:
        return list(Feed.objects.only("code", "name").order_by("name"))

    @property
    def countries(self) -> list[tuple[str, str]]:
        return sorted(((code, country(code)) for code in COUNTRIES), key=lambda each: each[1])


def asked(params: Mapping[str, str]) -> Asked:
    """The filters of an address; what makes no sense narrows nothing."""
    score, feed, place = (params.get(name, "").strip() for name in ("score", "feed", "country"))
    known = "\0" not in feed and len(feed) <= 64 and Feed.objects.filter(code=feed).exists()
    return Asked(
        int(score) if score in map(str, FLOORS) else 0,
        feed if feed and known else "",
        place if place in COUNTRIES else "",
    )
