"""The page on which two deals are compared and made one, from a suggestion or for any two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from deals.actions import NotAllowed
from deals.desk.access import person
from deals.desk.duplicates_pair import Pair, alike, fixed, impact, pair_of, result, rows, said
from deals.desk.fact_lines import Line
from deals.desk.faults import Fault, by_field
from deals.desk.reviewed_impact import Effect, effect
from deals.entry.choosing import GROUPS
from deals.entry.likely_open import behind, open_pairs
from deals.entry.likely_score import alike as score
from deals.entry.likely_sides import sides_of
from deals.entry.likely_words import Reason, reason_of
from deals.models import Deal, DealSuggestion, DealVersion
from deals.rules.roles import REVIEW

State = DealSuggestion.State


@dataclass(frozen=True, slots=True)
class Preview:
    """What the deal that stays would say, and what that does to the headline shares.

    `refusal` is a sentence where the choice makes no deal; the rest is empty then.
    """

    facts: list[tuple[str, list[Line]]]
    effect: Effect | None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why the two may be one, from 0 to 100."""

    score: int
    reasons: Sequence[Reason]


def page(
    request: HttpRequest,
    left: Deal,
    right: Deal,
    question: DealSuggestion | None = None,
    sent: Mapping[str, str] | None = None,
    faults: Sequence[Fault] = (),
) -> HttpResponse:
    """The two side by side, with what was sent or is proposed. Raises `NotAllowed` when one of
    them is not live."""
    sent = sent or {}
    pair = pair_of(left, right, sent)
    may_merge = person(request).has_perm(REVIEW)
    context = {
        "section": "desk",
        "desk_section": "duplicates",
        "pair": pair,
        "heads": (pair.left, pair.right),
        "question": question,
        "likeness": _likeness(pair, question),
        "rows": rows(pair),
        "fixed": fixed(pair),
        "alike": alike(pair),
        "preview": preview(pair) if may_merge else None,
        "may_merge": may_merge,
        "is_open": question is not None and question.state == State.OPEN,
        "then": _then(question),
        "reason": sent.get("reason", ""),
        "waiting": _waiting(pair),
        "faults": faults,
        "wrong": by_field(list(faults)),
    }
    return render(request, "desk/duplicate.html", context, status=400 if faults else 200)


def preview(pair: Pair) -> Preview:
    """What a merge as chosen would come to; nothing is written."""
    try:
        facts = result(pair)
    except NotAllowed as refusal:
        return Preview([], None, str(refusal))
    names = [name for group in GROUPS.values() for name in group]
    return Preview(said(facts, [*names, "choices"]), effect(impact(pair, facts)))


def _likeness(pair: Pair, question: DealSuggestion | None) -> Likeness:
    if question is not None and question.score:
        return Likeness(question.score, [reason_of(stored) for stored in question.reasons])
    found = sides_of([pair.left.deal_id, pair.right.deal_id])
    return Likeness(*score(found[pair.left.deal_id], found[pair.right.deal_id]))


def _then(question: DealSuggestion | None) -> DealSuggestion | None:
    """The next open pair of the queue."""
    if question is None:
        return None
    return behind(open_pairs(), question.pk).exclude(pk=question.pk).first()


def _waiting(pair: Pair) -> list[DealVersion]:
    """Versions of the two that somebody has handed in and that no merge decides on."""
    return list(
        DealVersion.objects.filter(
            deal__in=(pair.left.deal_id, pair.right.deal_id), state=DealVersion.State.SUBMITTED
        ).select_related("deal", "created_by")
    )
