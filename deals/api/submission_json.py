"""What a partner has handed in, and what became of it, as JSON."""

from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch
from rest_framework.request import Request
from rest_framework.reverse import reverse

from deals.actions.proposals import sent_by
from deals.actions.writing import facts_of
from deals.entry.facts import Facts, differing
from deals.entry.likely import likely
from deals.entry.typed import complete
from deals.models import Comment, DealVersion, Review

State = DealVersion.State
# What a person has taken back is a draft of theirs again.
WORDS = {State.DRAFT: "taken_back"}
STATES = tuple(WORDS.get(state, str(state)) for state in State)


def brief(version: DealVersion, request: Request) -> dict[str, Any]:
    """What a list shows; `version` comes as `deals.api.submissions.visible` gives it."""
    review = version.review
    return {
        "id": version.pk,
        "state": WORDS.get(State(version.state), version.state),
        "waiting_for": review.waiting_for if review.closed_at is None else None,
        "deal": version.deal.public_id,
        "version": version.number,
        "based_on": version.based_on.number if version.based_on else None,
        "target": version.target_name,
        "reason": _reason(version) or None,
        "key": sent_by(version),
        "submitted_at": _time(review.submitted_at),
        "decision": _decision(version, review),
        "links": _links(version, review, request),
    }


def whole(version: DealVersion, request: Request, *, facts: Facts | None = None) -> dict[str, Any]:
    """One of them, with the names of the facts that it changes, deals that may be the same one,
    and what was said about it. `facts` are the version's where they are at hand."""
    said = facts or facts_of(version)
    base = version.based_on
    comments = version.review.comments.select_related("by")
    return {
        **brief(version, request),
        "fields": differing(facts_of(base), said) if base else [],
        "likely": _likely(version, said, request),
        "comments": [_comment(one) for one in comments],
    }


def _likely(version: DealVersion, facts: Facts, request: Request) -> list[dict[str, Any]]:
    """While somebody still can prevent that a deal is there twice."""
    if version.based_on is not None or version.state != State.SUBMITTED:
        return []
    return [
        {
            "deal": one.public_id,
            "score": one.score,
            "reasons": [reason.text for reason in one.reasons],
            "link": reverse("api-deal", [one.public_id], request=request),
        }
        for one in likely(facts, exclude=version.deal.public_id)
    ]


def _reason(version: DealVersion) -> str:
    """The writer's own; a decision against it is written over the version's."""
    typed = next((complete(draft.typed) for draft in version.drafts.all()), None)
    return str(typed["reason"]).strip() if typed else version.reason


def _decision(version: DealVersion, review: Review) -> dict[str, Any] | None:
    if version.state not in (State.PUBLISHED, State.REJECTED):
        return None
    said = [one.text for one in review.comments.all() if one.kind == Comment.Kind.DECISION]
    return {
        "state": version.state,
        "by": version.decided_by.get_username() if version.decided_by else "system",
        "at": _time(version.decided_at),
        "reason": said[-1] if said else None,
        "change_seq": version.published_seq,
    }


def _comment(one: Comment) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "by": one.by.get_username(),
        "at": _time(one.at),
        "text": one.text,
    }


def _links(version: DealVersion, review: Review, request: Request) -> dict[str, str | None]:
    published = version.published_seq is not None or version.based_on is not None
    return {
        "self": reverse("api-submission", [version.pk], request=request),
        "deal": reverse("api-deal", [version.deal.public_id], request=request)
        if published
        else None,
        "page": _page(review, request),
    }


def _page(review: Review, request: Request) -> str | None:
    try:
        return str(reverse("desk-review", [review.pk], request=request))
    except NoReverseMatch:
        return None


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None
