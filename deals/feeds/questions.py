"""The pairs that wait for a person's answer, with what is needed to decide on them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from deals.models import Identifier, Organization, OrganizationName, Suggestion

AS_TARGET = """
SELECT target_id, count(*) FROM deals_dealversion
WHERE target_id = ANY(%s) AND published_seq IS NOT NULL AND superseded_seq IS NULL GROUP BY 1
"""
AS_INVESTOR = """
SELECT p.investor_id, count(DISTINCT v.deal_id)
FROM deals_participation p JOIN deals_dealversion v ON v.id = p.version_id
WHERE p.investor_id = ANY(%s) AND v.published_seq IS NOT NULL AND v.superseded_seq IS NULL
GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: `ids` are "scheme:value"; the counts are of live deals."""

    pk: int
    public_id: str
    name: str
    country: str | None
    kind: str
    generated: bool
    other_names: tuple[str, ...]
    ids: tuple[str, ...]
    deals_as_target: int
    deals_as_investor: int

    @property
    def deals(self) -> int:
        return self.deals_as_target + self.deals_as_investor


@dataclass(frozen=True, slots=True)
class Question:
    """Are `one` and `other` the same? `score` is from 0 to 100, `reasons` are sentences."""

    pk: int
    score: int
    reasons: list[str]
    import_run: int | None
    created_at: datetime
    one: Side
    other: Side

    @property
    def survivor(self) -> Side:
        """The one that is better kept: with a country, with more deals, or the older one."""
        return min(self.one, self.other, key=lambda s: (s.country is None, -s.deals, s.pk))


def open_suggestions(after: int | None = None, limit: int = 50) -> list[Question]:
    """Open pairs, the likest first; `after` is the last pair of the page before, decided or not.

    Pairs with a merged organization wait out of sight. Five queries, however many pairs.
    """
    found = _open()
    last = Suggestion.objects.filter(pk=after).first() if after is not None else None
    if last is not None:
        found = found.filter(Q(score__lt=last.score) | Q(score=last.score, pk__gt=last.pk))
    return _questions(found.order_by("-score", "pk")[:limit])


def open_question(pk: int) -> Question | None:
    """One open pair; None when it was decided, or is out of sight, meanwhile."""
    return next(iter(_questions(_open().filter(pk=pk))), None)


def _questions(found: QuerySet[Suggestion]) -> list[Question]:
    pairs = list(found.select_related("one", "other"))
    sides = sides_of({side.pk: side for pair in pairs for side in (pair.one, pair.other)})
    return [
        Question(
            pair.pk,
            pair.score,
            pair.reasons,
            pair.import_run_id,
            pair.created_at,
            sides[pair.one_id],
            sides[pair.other_id],
        )
        for pair in pairs
    ]


def count_open() -> int:
    """How many pairs wait for an answer."""
    return _open().count()


def _open() -> QuerySet[Suggestion]:
    merged = Organization.objects.filter(
        Q(pk=OuterRef("one_id")) | Q(pk=OuterRef("other_id")), merged_into__isnull=False
    )
    return Suggestion.objects.filter(~Exists(merged), state=Suggestion.State.OPEN)


def sides_of(organizations: dict[int, Organization]) -> dict[int, Side]:
    """What is known of organizations, by their keys; four queries for any number."""
    pks = list(organizations)
    names, ids = defaultdict(list), defaultdict(list)
    for row in OrganizationName.objects.filter(organization__in=pks).order_by("name"):
        names[row.organization_id].append(row.name)
    for found in Identifier.objects.filter(organization__in=pks).order_by("scheme", "value"):
        ids[found.organization_id].append(f"{found.scheme}:{found.value}")
    target, investor = _counts(AS_TARGET, pks), _counts(AS_INVESTOR, pks)
    return {
        pk: Side(
            pk,
            o.public_id,
            o.name,
            o.country,
            o.kind,
            o.generated,
            tuple(names[pk]),
            tuple(ids[pk]),
            target.get(pk, 0),
            investor.get(pk, 0),
        )
        for pk, o in organizations.items()
    }


def _counts(sql: str, pks: Iterable[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(pks)])
        return dict(cursor.fetchall())
