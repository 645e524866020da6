"""Which of the waiting reviews a person asks for, and which of them is next."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from deals.models import Review
from deals.rules.roles import REVIEW

KINDS = ("deals", "organizations", "imports")
AGES = {
    "day": (gettext_noop("longer than a day"), 1),
    "week": (gettext_noop("longer than a week"), 7),
    "month": (gettext_noop("longer than a month"), 30),
}
CHOICES = {
    "kind": KINDS,
    "assigned": ("me", "nobody"),
    "waiting": ("answer", "decision"),
    "age": tuple(AGES),
    "moves": ("1",),
}
PEOPLE = ("version__created_by", "edit__created_by", "assigned_to")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of the queue, "" for any; `after` is the last review of the page before."""

    kind: str = ""
    assigned: str = ""
    waiting: str = ""
    age: str = ""
    moves: str = ""
    by: str = ""
    after: str = ""

    def address(self, **changes: str) -> str:
        """The query string for these filters, changed."""
        asked = replace(self, **{"after": "", **changes})
        kept = {each.name: getattr(asked, each.name) for each in fields(asked)}
        kept = {name: value for name, value in kept.items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    @property
    def any(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.address())

    @property
    def kinds(self) -> dict[str, str]:
        """The same filters for each kind of thing, as query strings."""
        return {kind: self.address(kind=kind) for kind in KINDS}

    @property
    def any_kind(self) -> str:
        """The same filters for things of any kind."""
        return self.address(kind="")

    def chosen(self, found: "QuerySet[Review]", user: User) -> "QuerySet[Review]":
        """The reviews that pass."""
        if self.kind == "deals":
            found = found.filter(version__isnull=False)
        elif self.kind == "organizations":
            found = found.filter(edit__isnull=False)
        if self.assigned:
            found = found.filter(assigned_to=user if self.assigned == "me" else None)
        if self.waiting:
            found = found.filter(waiting_for=self.waiting)
        if self.age:
            days = timedelta(days=AGES[self.age][1])
            found = found.filter(submitted_at__lt=timezone.now() - days)
        if self.moves:
            found = found.filter(impact__moves=True)
        if self.by:
            wrote = Q(version__created_by__username=self.by) | Q(edit__created_by__username=self.by)
            found = found.filter(wrote)
        return found


def wanted(sent: Mapping[str, str]) -> Wanted:
    """The filters of a query string; what cannot be read asks for nothing."""
    known = {name: sent.get(name, "") for name in CHOICES}
    known = {name: value if value in CHOICES[name] else "" for name, value in known.items()}
    by, after = sent.get("by", ""), sent.get("after", "")
    return Wanted(
        **known,
        by=by if by.isprintable() and len(by) <= 150 else "",
        after=after if after.isascii() and after.isdigit() and len(after) < 18 else "",
    )


def open_reviews(user: User) -> "QuerySet[Review]":
    """What waits and this person may see: all for people who review, else their own."""
    found = Review.objects.filter(closed_at=None).select_related(
        "version", "edit__organization", *PEOPLE
    )
    return found if user.has_perm(REVIEW) else found.filter(own(user))


def own(user: User) -> Q:
    """What this person handed in."""
    return Q(version__created_by=user) | Q(edit__created_by=user)


def decidable(asked: Wanted, user: User) -> "QuerySet[Review]":
    """What waits for a decision that this person may make, among what they asked for."""
    found = asked.chosen(open_reviews(user), user)
    if not asked.waiting:
        found = found.filter(waiting_for=Review.Waiting.DECISION)
    if not asked.assigned:
        # What a colleague has taken on is left to them.
        found = found.filter(Q(assigned_to=None) | Q(assigned_to=user))
    if not settings.SELF_APPROVAL:
        found = found.exclude(own(user))
    return found.order_by("submitted_at", "pk")


def following(review: Review, asked: Wanted, user: User) -> Review | None:
    """The next one after this, from the beginning again behind the last."""
    found = decidable(asked, user).exclude(pk=review.pk)
    later = Q(submitted_at__gt=review.submitted_at) | Q(
        submitted_at=review.submitted_at, pk__gt=review.pk
    )
    return found.filter(later).first() or found.first()
