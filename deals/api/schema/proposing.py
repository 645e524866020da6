"""Deals and changes that partners propose, and what became of them."""

from typing import Any

from django.utils.translation import gettext_noop

from deals.api.body import JSON, MERGE_PATCH
from deals.api.schema.operation import Answer, Call, Operation, link
from deals.api.schema.parameters import CURSOR, ID, NO_NUL, PAGE_SIZE, path, query, shared
from deals.api.schema.shapes import (
    COUNT,
    DAY,
    LINK,
    TIME,
    TRUTH,
    Shape,
    listed,
    number,
    obj,
    or_null,
    page_of,
    ref,
    text,
    word,
)
from deals.api.submission_json import STATES
from deals.entry.facts import CITABLE, FACTS
from deals.entry.typed import MOST_ROWS
from deals.models import Comment, DealVersion, Review
from deals.rules.counting import KINDS, STATUSES
from deals.rules.vocab import ROUND_TYPES, SECTORS

TAG = "Proposing deals"
WORDS = or_null(text())
COUNTRY = or_null(text("A code or a name."))
DATE: Shape = {
    "anyOf": [
        WORDS,
        obj(
            {
                "first": or_null(DAY),
                "last": or_null(DAY),
                "precision": WORDS,
                "basis": or_null(word(("announced", "completed"))),
            },
            optional=("first", "last", "precision", "basis"),
        ),
    ],
    "description": "`2024-03-14`, `2024-03`, `2024-Q1`, `2024`, or its first and last day.",
}
MONEY = or_null(text("A number as a text.", pattern=r"^([0-9]{1,16}(\.[0-9]{1,2})?)?$"))
AMOUNT: Shape = {
    "anyOf": [
        WORDS,
        obj(
            {
                "state": or_null(word(DealVersion.AmountState.values)),
                "low": MONEY,
                "high": MONEY,
                "currency": WORDS,
                "text": WORDS,
            },
            optional=("state", "low", "high", "currency", "text"),
        ),
    ],
    "description": "As an article has it (`€12.8m`), or its ends; null is undisclosed.",
}


def _some(fields: dict[str, Shape], about: str = "") -> Shape:
    """An object of which any field may be left out."""
    return obj(fields, optional=tuple(fields), about=about)


def _rows(fields: dict[str, Shape], about: str = "") -> Shape:
    return or_null(listed(_some(fields), maxItems=MOST_ROWS), about)


PARTY = {"id": WORDS, "name": WORDS, "country": COUNTRY}
SOURCE = (
    "field", "title", "url", "publisher", "published_on", "accessed_on", "quote", "locator",
    "stated",
)  # fmt: skip
STEP = ("status", "date", "first", "last", "precision", "authority", "reason")
# What is computed may stand in a change as it was read, and else is refused.
FIELDS: dict[str, Shape] = {
    "target": or_null(
        _some(PARTY), "A name with a country is the organization of that name there, or a new one."
    ),
    "kind": or_null(word(KINDS)),
    "round_type": or_null(word(ROUND_TYPES)),
    "status": or_null(word(STATUSES)),
    "status_history": _rows({name: WORDS for name in STEP}),
    "date": DATE,
    "recorded_on": or_null(DAY),
    "amount": AMOUNT,
    "investor_list": or_null(word(("complete", "partial", "none"))),
    "investors": _rows(
        {**PARTY, "lead": or_null(TRUTH), "contribution": WORDS, "stake_percent": WORDS},
    ),
    "ai": or_null(word(("yes", "no", "unknown"))),
    "ai_basis": WORDS,
    "sectors": or_null(listed(word(SECTORS))),
    "part_of": WORDS,
    "external_id": WORDS,
    "notes": WORDS,
    "choices": or_null(_some({name: WORDS for name in CITABLE}), "By fact, why its value."),
    "sources": _rows({name: WORDS for name in SOURCE}, "At least one, with `url` or `title`."),
    "reason": or_null(text(), "Why; needed for a change."),
}
SUBMISSION: dict[str, Shape] = {
    "id": number(minimum=1),
    "state": word(STATES),
    "waiting_for": or_null(word(Review.Waiting.values)),
    "deal": ref("DealId"),
    "version": number(minimum=1),
    "based_on": or_null(number(minimum=1), "The version that it changes; null for a new deal."),
    "target": text(),
    "reason": or_null(text()),
    "key": or_null(obj({"name": text(), "prefix": text()}), "Null for what came from the desk."),
    "submitted_at": or_null(TIME),
    "decision": or_null(
        obj(
            {
                "state": text(),
                "by": text(),
                "at": or_null(TIME),
                "reason": or_null(text()),
                "change_seq": or_null(COUNT),
            }
        )
    ),
    "links": obj({"self": LINK, "deal": or_null(LINK), "page": or_null(LINK)}),
}
LIKELY = obj(
    {
        "deal": ref("DealId"),
        "score": {"type": "number", "description": "How likely it is the same deal, 0 to 100."},
        "reasons": listed(text()),
        "link": LINK,
    }
)
COMMENT = obj({"kind": word(Comment.Kind.values), "by": text(), "at": TIME, "text": text()})
COMPONENTS: dict[str, Shape] = {
    "DealWrite": _some(FIELDS, "What is to be said of a deal; unknown is null or left out."),
    "SubmissionBrief": obj(SUBMISSION),
    "Submission": obj(
        {
            **SUBMISSION,
            "fields": listed(word(FACTS), "Facts that it changes."),
            "likely": listed(LIKELY, "Live deals that may be the same."),
            "comments": listed(COMMENT),
            "note": text(),
        },
        optional=("note",),
    ),
    "SubmissionPage": page_of(ref("SubmissionBrief")),
}
NO_STORE = ("Cache-Control",)
LINKS = {"submission": link("submission", "What became of it.", id="$response.body#/id")}
EXAMPLE = {
    "target": {"name": "Horizon Robotics", "country": "CN"},
    "kind": "funding_round",
    "round_type": "series_b",
    "status": "completed",
    "date": "2024-03",
    "amount": "€12.8m",
    "ai": "yes",
    "investors": [{"name": "Demo Fund", "country": "DE", "lead": True}],
    "sources": [{"url": "https://example.org/news", "title": "Horizon raises €12.8m"}],
}
CHANGE = {"notes": "As corrected by the company.", "reason": "The company corrected it."}


def _body(*kinds: str) -> Shape:
    return {"required": True, "content": {kind: {"schema": ref("DealWrite")} for kind in kinds}}


def _handed_in(*more: str) -> dict[int, Answer]:
    return {
        202: Answer(
            "It waits for a decision.",
            ref("Submission"),
            headers=("Location", "Idempotent-Replayed", *more),
            links=LINKS,
        ),
        200: Answer(
            "You have handed this in before.",
            ref("Submission"),
            headers=("Location", "Idempotent-Replayed", *more),
            links=LINKS,
        ),
    }


def _sends(sends: dict[str, str], body: Any, **where: str) -> Call:
    return Call(path=where, body=body, sends=sends)


OPERATIONS = {
    ("deals/", "POST"): Operation(
        id="deal-propose",
        tag=TAG,
        title=gettext_noop("Propose a deal"),
        about="People decide on it at the desk. The fields are those of a deal’s document.",
        parameters=(shared("Idempotency-Key"),),
        body=_body(JSON),
        answers=_handed_in(),
        problems=(409, 411, 413, 415, 422),
        power="write",
        call=_sends({"Idempotency-Key": "horizon-2024-03"}, EXAMPLE),
    ),
    ("deals/{id}/", "PATCH"): Operation(
        id="deal-change",
        tag=TAG,
        title=gettext_noop("Propose a change of a deal"),
        about="A JSON merge patch (RFC 7396): what is named is replaced, null means not known, "
        "lists are replaced whole. `If-Match` is the `ETag` of the deal as you read it.",
        parameters=(
            path("id", ref("DealId"), "Identifier of the deal."),
            shared("If-Match"),
            shared("Idempotency-Key"),
        ),
        body=_body(MERGE_PATCH, JSON),
        answers=_handed_in(),
        problems=(404, 409, 411, 412, 413, 415, 422, 428),
        power="write",
        call=_sends({"If-Match": "{etag}", "Content-Type": MERGE_PATCH}, CHANGE, id="{deal}"),
    ),
    ("submissions/", "GET"): Operation(
        id="submissions",
        tag=TAG,
        title=gettext_noop("What you have handed in"),
        about="Newest first, by this key, another one of yours, or at the desk.",
        parameters=(
            query("state", word(STATES), "Only those in this state."),
            query("deal", text(pattern=NO_NUL), "Only those of this deal."),
            PAGE_SIZE,
            CURSOR,
        ),
        answers={200: Answer("A page.", ref("SubmissionPage"), headers=("Link", *NO_STORE))},
        power="read",
    ),
    ("submissions/{id}/", "GET"): Operation(
        id="submission",
        tag=TAG,
        title=gettext_noop("One of them"),
        about="Its state, the decision and its reason, and what was said about it.",
        parameters=(ID,),
        answers={200: Answer("The submission.", ref("Submission"), headers=NO_STORE)},
        problems=(404,),
        power="read",
        call=Call(path={"id": "{submission}"}),
    ),
}
