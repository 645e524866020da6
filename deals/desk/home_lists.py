"""Reviews, questions, drafts and reports on a person's desk, each list cut off and counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deals.desk import reviews
from deals.desk.reports import lines, open_reports
from deals.desk.reviews_wanted import PEOPLE, Wanted, decidable, own
from deals.entry.likely_open import open_pairs
from deals.feeds.cases import undecided
from deals.models import DealVersion, Draft, OrganizationEdit, Review, Suggestion

SHOWN = 8
# Longer lists are not counted to their end.
MOST = 1_000
States = DealVersion.State
BECAME = {
    "submitted": gettext_noop("waits for a decision"),
    "published": gettext_noop("published"),
    "rejected": gettext_noop("not published"),
    "draft": gettext_noop("taken back"),
    "withdrawn": gettext_noop("taken back"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A thing with its page, the day it is from and a word about it."""

    name: str
    link: str
    at: datetime
    said: str = ""
    # What a review is about, as the queue shows it.
    about: reviews.Row | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The first rows of a list, and how long it is: `total` is MOST + 1 for more than that."""

    rows: list[Row]
    total: int

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def more(self) -> int:
        """How many are not in `rows`."""
        return self.total - len(self.rows)

    @property
    def days(self) -> int:
        """How many days the first one has waited."""
        return (timezone.now() - self.rows[0].at).days if self.rows else 0


def to_review(user: User) -> Waiting:
    """What others wrote and this person may decide on, the oldest first."""
    return _reviews(decidable(Wanted(), user), user)


def questions(user: User) -> Waiting:
    """What this person handed in and a reviewer has asked about."""
    asked = Review.objects.filter(own(user), closed_at=None, waiting_for=Review.Waiting.ANSWER)
    return _reviews(asked, user)


def assigned(user: User) -> Waiting:
    """Reviews and reports that somebody has given to this person, the oldest first."""
    given = _reviews(Review.objects.filter(closed_at=None, assigned_to=user), user)
    reports = _reports(open_reports(user))
    rows = sorted([*given.rows, *reports.rows], key=lambda row: row.at)[:SHOWN]
    return Waiting(rows, given.total + reports.total)


def to_answer() -> Waiting:
    """Readers' reports that nobody has answered, the oldest first."""
    return _reports(open_reports())


def drafts(user: User) -> Waiting:
    """What this person has begun and not handed in, the latest first."""
    found = Draft.objects.filter(owner=user, state=Draft.State.OPEN)
    rows = [
        Row(_typed_name(one.typed), reverse("desk-draft", args=[one.pk]), one.saved_at)
        for one in found.order_by("-saved_at")[:SHOWN]
    ]
    return Waiting(rows, _total(found, rows))


def submitted(user: User) -> list[Row]:
    """What this person handed in last, and what became of it; the latest first."""
    handed = Draft.objects.filter(owner=user, state=Draft.State.SUBMITTED, version__isnull=False)
    rows = []
    for one in handed.select_related("version").order_by("-saved_at")[:SHOWN]:
        assert one.version is not None
        link = reverse("desk-draft", args=[one.pk])
        said = _(BECAME[one.version.state])
        rows.append(Row(one.version.target_name, link, one.saved_at, said))
    edits = OrganizationEdit.objects.filter(created_by=user).select_related("organization")
    for edit in edits.order_by("-created_at")[:SHOWN]:
        link = f"/organizations/{edit.organization.public_id}/"
        rows.append(Row(edit.organization.name, link, edit.created_at, _(BECAME[edit.state])))
    return sorted(rows, key=lambda row: row.at, reverse=True)[:SHOWN]


def to_judge() -> dict[str, int]:
    """How many conflicts, pairs of deals and pairs of organizations wait; {} for none of all."""
    pairs = Suggestion.objects.filter(state=Suggestion.State.OPEN)
    counts = {
        "conflicts": _count(undecided()),
        "deals": _count(open_pairs()),
        "organizations": _count(pairs),
    }
    return counts if any(counts.values()) else {}


def _reviews(found: QuerySet[Review], user: User) -> Waiting:
    named = found.select_related("version", "edit__organization", *PEOPLE)
    first = list(named.order_by("submitted_at", "pk")[:SHOWN])
    rows = [
        Row(one.name, one.link, one.review.submitted_at, about=one)
        for one in reviews.rows(first, user, Wanted())
    ]
    return Waiting(rows, _total(found, rows))


def _reports(found: QuerySet[Any]) -> Waiting:
    shown = lines(found.order_by("created_at", "pk")[:SHOWN])
    rows = [
        Row(
            line.name,
            reverse("desk-report", args=[line.report.pk]),
            line.report.created_at,
            line.fact,
        )
        for line in shown
    ]
    return Waiting(rows, _total(found, rows))


def _typed_name(typed: dict[str, Any]) -> str:
    target = typed.get("target")
    name = target.get("name") if isinstance(target, dict) else ""
    return str(name or _("A deal without a target yet"))


def _total(found: QuerySet[Any], rows: list[Row]) -> int:
    return len(rows) if len(rows) < SHOWN else _count(found)


def _count(found: QuerySet[Any]) -> int:
    return found.order_by()[: MOST + 1].count()
