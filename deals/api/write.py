"""Deals and changes that partners propose: read as the desk reads a form, and decided on there."""

from typing import Any

from django.http import Http404, HttpResponse
from rest_framework.request import Request
from rest_framework.reverse import reverse

from deals.actions.proposals import NothingNew, Stale, propose
from deals.actions.writing import facts_of
from deals.api import body, submission_json
from deals.api.conditional import JSON, etag_of, mark_of
from deals.api.parameters import refuse_any
from deals.api.problems import Refusal
from deals.api.write_faults import wrong_of
from deals.api.write_fields import Fields
from deals.api.write_once import once
from deals.entry.facts import Facts
from deals.entry.parties_known import with_known
from deals.entry.reading import Fault, read
from deals.entry.typed import Typed
from deals.entry.unclear import unclear
from deals.models import ApiKey, Deal, DealDocument, DealVersion
from deals.models.documents import dumps

CHANGES = (body.MERGE_PATCH, body.JSON)
UNCLEAR = "Several organizations are called so: give the id of one, or its country."
NO_REASON = "Say why you change it: the reason stays in the ledger."


def new(request: Request) -> HttpResponse:
    """POST deals/: a deal that the register does not have, to be reviewed. 202."""
    refuse_any(request)
    given = body.parse(body.take(request, (body.JSON,)))
    return once(request, given, lambda: _new(request, given))


def change(request: Request, public_id: str) -> HttpResponse:
    """PATCH deals/{id}/: a change of the live version that `If-Match` names, to be reviewed. 202.

    412 when another version is live by now, 409 for a deal that was merged.
    """
    refuse_any(request)
    given = body.parse(body.take(request, CHANGES))
    _named(request)
    return once(request, given, lambda: _change(request, public_id, given))


def _new(request: Request, given: body.Object) -> HttpResponse:
    typed, facts = _read(given, Fields(given))
    return _hand_in(request, typed, facts, None)


def _change(request: Request, public_id: str, given: body.Object) -> HttpResponse:
    live = _live(request, public_id)
    document = _matched(request, live)
    before = facts_of(live)
    typed, facts = _read(given, Fields(given, document, before), before, live.deal.public_id)
    return _hand_in(request, typed, facts, live)


def _read(
    given: body.Object, fields: Fields, before: Facts | None = None, deal: str = ""
) -> tuple[Typed, Facts]:
    """The form and its facts. Raises `BadBody` with all that is wrong."""
    typed = fields.typed()
    if fields.wrong:
        raise body.BadBody(fields.wrong)
    reading = read(with_known(typed), before, deal=deal)
    faults = list(reading.faults)
    if before is not None and not typed["reason"].strip():
        faults.append(Fault("reason", NO_REASON))
    faults += [Fault(f"{at}-name", UNCLEAR) for at in unclear(typed)]
    if reading.facts is None or faults:
        raise body.BadBody(wrong_of(fault, given) for fault in faults)
    return typed, reading.facts


def _hand_in(
    request: Request, typed: Typed, facts: Facts, seen: DealVersion | None
) -> HttpResponse:
    key = request.auth
    assert isinstance(key, ApiKey)
    reason = typed["reason"].strip()
    try:
        version, new = propose(
            by=key.user, typed=typed, facts=facts, reason=reason, key=key, seen=seen
        )
    except NothingNew as nothing:
        raise Refusal(422, str(nothing), kind="nothing-new") from None
    except Stale:
        raise _stale(seen) from None
    found = submission_json.whole(version, request, facts=facts)
    if not new:
        found["note"] = "You have handed this in before, and it waits; it was not written twice."
    status = 202 if new else 200
    return HttpResponse(
        dumps(found), content_type=JSON, status=status, headers={"Location": found["links"]["self"]}
    )


def _live(request: Request, public_id: str) -> DealVersion:
    # PostgreSQL refuses texts with a NUL, also to compare them.
    spelled = public_id.upper().replace("\0", " ")
    deal = Deal.objects.filter(public_id=spelled).select_related("merged_into").first()
    if deal is None:
        raise Http404(f"There is no deal {public_id[:20]}.")
    if deal.merged_into is not None:
        other = deal.merged_into.public_id
        where = reverse("api-deal", [other], request=request)
        raise Refusal(
            409,
            f"{deal.public_id} is the same deal as {other}: propose the change there.",
            kind="merged",
            headers={"Link": f'<{where}>; rel="canonical"'},
        )
    live = deal.versions.live().select_related("deal").first()
    if live is None:
        raise Http404(f"Deal {deal.public_id} was retracted or is not published.")
    return live


def _matched(request: Request, live: DealVersion) -> Any:
    """The live document, if it is the one that `If-Match` names."""
    asked = _named(request)
    kept = DealDocument.objects.get(version=live)
    current = etag_of(mark_of(live.pk, kept.json.encode())).removeprefix("W/")
    tags = [tag.strip().removeprefix("W/") for tag in asked.split(",")]
    if "*" not in tags and current not in tags:
        raise _stale(live)
    return body.parse(kept.json.encode())


def _named(request: Request) -> str:
    """What `If-Match` says; without it nothing else is looked at."""
    asked: str = request.headers.get("If-Match", "")
    if not asked.strip():
        raise Refusal(
            428,
            "Send the ETag of GET deals/{id}/ as If-Match, so that nobody’s change is lost.",
        )
    return asked


def _stale(live: DealVersion | None) -> Refusal:
    deal = live.deal.public_id if live else "The deal"
    return Refusal(
        412, f"{deal} has changed since you read it: read it again, and look at what is new."
    )
