"""Pairs of deals about which the question is open; where a deal went, they are out of sight."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from deals.entry.facts import Facts, of_bundle
from deals.entry.likely_words import Reason, reason_of
from deals.models import DealFact, DealSuggestion, DealVersion, FeedRecord
from deals.models.bundles import load

Open = QuerySet[DealSuggestion]


@dataclass(frozen=True, slots=True)
class OpenPair:
    """Two live deals that may be one: public ids and facts, in order of their keys."""

    pk: int
    score: int
    reasons: tuple[Reason, ...]
    ids: tuple[str, str]
    facts: tuple[Facts, Facts]


@dataclass(frozen=True, slots=True)
class Other:
    """The other deal of an open pair."""

    public_id: str
    score: int
    reasons: tuple[Reason, ...]


def open_pairs(*, score: int = 0, feed: str = "", country: str = "") -> Open:
    """Open pairs with at least this score, with a deal that a feed delivered, with a target in a
    country; the likest first."""
    found = _both_live(DealSuggestion.objects.filter(state="open", score__gte=score))
    either = Q(deal=OuterRef("one")) | Q(deal=OuterRef("other"))
    if feed:
        found = found.filter(Exists(FeedRecord.objects.filter(either, feed__code=feed)))
    if country:
        found = found.filter(Exists(_live().filter(either, target_country=country)))
    return found.order_by("-score", "pk")


def behind(found: Open, last: int | None) -> Open:
    """What follows a pair, decided or not, in the order of `open_pairs`."""
    row = DealSuggestion.objects.filter(pk=last).first() if last is not None else None
    if row is None:
        return found
    return found.filter(Q(score__lt=row.score) | Q(score=row.score, pk__gt=row.pk))


def read(found: Iterable[DealSuggestion]) -> list[OpenPair]:
    """With what both deals say; four queries, however many pairs."""
    pairs = list(found)
    deals = {pk for pair in pairs for pk in (pair.one_id, pair.other_id)}
    live = DealVersion.objects.live().filter(deal__in=deals).values_list("pk", flat=True)
    bundles = {bundle.version["deal_id"]: bundle for bundle in load(list(live))}
    shown = []
    for pair in pairs:
        if not (pair.one_id in bundles and pair.other_id in bundles):
            continue
        one, other = bundles[pair.one_id], bundles[pair.other_id]
        shown.append(
            OpenPair(
                pair.pk,
                pair.score,
                tuple(map(reason_of, pair.reasons)),
                (one.version["deal_public_id"], other.version["deal_public_id"]),
                (of_bundle(one), of_bundle(other)),
            )
        )
    return shown


def others_of(deal: int) -> list[Other]:
    """Which live deals this one may be, for its own page; the likest first. One query."""
    asked = _both_live(
        DealSuggestion.objects.filter(Q(one=deal) | Q(other=deal), state="open")
    ).values_list("one", "one__public_id", "other__public_id", "score", "reasons")
    return [
        Other(other if one == deal else first, score, tuple(map(reason_of, reasons)))
        for one, first, other, score, reasons in asked
    ]


def _both_live(found: Open) -> Open:
    return found.filter(
        Exists(_live().filter(deal=OuterRef("one"))), Exists(_live().filter(deal=OuterRef("other")))
    )


def _live() -> QuerySet[DealFact]:
    return DealFact.objects.filter(published_seq__isnull=False, superseded_seq__isnull=True)
