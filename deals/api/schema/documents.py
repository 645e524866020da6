"""Deals: the document of a version, lists of them, and their history."""

from django.utils.translation import gettext_noop

from deals.api.schema.operation import Answer, Call, Operation, link
from deals.api.schema.parameters import (
    CURSOR,
    ORDERING,
    PAGE_SIZE,
    PLACE,
    SEARCH,
    UPDATED_SINCE,
    path,
    question,
    shared,
)
from deals.api.schema.shapes import (
    COUNTRY,
    DAY,
    DEAL_ID,
    MONEY,
    ORGANIZATION_ID,
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
    whole,
    word,
)
from deals.models import DealVersion
from deals.rules.counting import KINDS, STATUSES
from deals.rules.dates import Precision
from deals.rules.vocab import ROUND_TYPES, SECTORS

TAG = "Deals"
AMOUNT_STATES = [str(state) for state in DealVersion.AmountState.values]
NUMBER = text(pattern=r"^[0-9]+(\.[0-9]+)?$")
CONVERTED = or_null(obj({"low": or_null(MONEY), "high": or_null(MONEY)}))
AMOUNT = obj(
    {
        "state": word(AMOUNT_STATES),
        "low": or_null(MONEY),
        "high": or_null(MONEY),
        "currency": or_null(text("ISO 4217.", pattern="^[A-Z]{3}$")),
        "text": text("As the source writes it."),
        **{code: CONVERTED for code in ("eur", "usd", "cny")},
        "rate": or_null(
            obj(
                {
                    "status": text(),
                    "kind": or_null(text()),
                    "on": or_null(DAY),
                    "provisional": TRUTH,
                    "note": or_null(text()),
                },
            ),
            "The rate of the conversion; null where nothing is converted.",
        ),
    }
)
INVESTOR = obj(
    {
        "id": or_null(ORGANIZATION_ID),
        "name": or_null(text(), "Null for an investor whom no source names."),
        "country": or_null(COUNTRY),
        "country_basis": word(("stated", "headquarters", "unknown")),
        "ultimate_countries": listed(COUNTRY, "Countries at the top of the chain of owners."),
        "ultimate_basis": text(),
        "state_linked": TRUTH,
        "lead": or_null(TRUTH),
        "contribution": or_null(MONEY),
        "stake_percent": or_null(NUMBER),
    }
)
SOURCE = obj(
    {
        "field": or_null(text(), "The fact it speaks of; null for the deal as a whole."),
        "title": text(),
        **{name: or_null(text()) for name in ("url", "publisher")},
        **{name: or_null(DAY) for name in ("published_on", "accessed_on")},
        **{name: or_null(text()) for name in ("quote", "locator")},
        "stated": or_null(text(), "What it says where another value was chosen."),
    }
)
STEP = obj(
    {
        "status": word(STATUSES),
        "first": or_null(DAY),
        "last": or_null(DAY),
        "precision": word(Precision),
        "authority": or_null(text()),
        "reason": or_null(text()),
    }
)
COMPONENTS: dict[str, Shape] = {
    "DealId": DEAL_ID,
    "OrganizationId": ORGANIZATION_ID,
    "Deal": obj(
        {
            "id": ref("DealId"),
            "version": number(minimum=1),
            "target": obj(
                {
                    "id": ref("OrganizationId"),
                    "name": text(),
                    "country": or_null(COUNTRY),
                    "country_basis": word(("stated", "headquarters", "unknown")),
                }
            ),
            "kind": word(KINDS),
            "round_type": or_null(word(ROUND_TYPES)),
            "status": word(STATUSES),
            "status_history": listed(STEP, "Oldest first."),
            "date": obj(
                {
                    "first": or_null(DAY),
                    "last": or_null(DAY),
                    "precision": word(Precision),
                    "basis": word(("announced", "completed")),
                },
                about="The closed interval of days in which the deal took place.",
            ),
            "recorded_on": or_null(DAY, "When the supplier recorded it."),
            "amount": ref("Amount"),
            "investor_list": word(("complete", "partial", "none")),
            "investors": listed(ref("Investor")),
            "ai": word(("yes", "no", "unknown")),
            "ai_basis": or_null(text()),
            "sectors": listed(word(SECTORS)),
            "part_of": or_null(ref("DealId"), "The deal that this one is a part of."),
            "population": or_null(text()),
            "generated": {**TRUTH, "description": "Demonstration data, not a real deal."},
            "external_id": or_null(text()),
            "notes": or_null(text()),
            "choices": obj(
                {}, more=text(), about="By fact, why its value and not another source’s."
            ),
            "sources": listed(ref("Source")),
            "published_at": or_null(TIME),
            "reason": or_null(text(), "Why this version was published."),
            "import_id": or_null(number()),
        },
        about="One version of a deal: unknown is null, amounts are texts.",
    ),
    "Amount": AMOUNT,
    "Investor": INVESTOR,
    "Source": SOURCE,
    "DealPage": page_of(ref("Deal")),
    "DealVersions": whole(ref("Deal")),
}
POINTS = (shared("question-release"), shared("question-as_of"))
DEAL = path("id", ref("DealId"), "Identifier of the deal.")
FIRST = "$response.body#/results/0"
OPERATIONS = {
    ("deals/", "GET"): Operation(
        id="deals-list",
        tag=TAG,
        title=gettext_noop("Deals that a question means"),
        about="The same parameters as a share’s list exactly the deals that it counts. Pages are "
        "found by key: none is missed or given twice while deals change.",
        parameters=(
            *question(),
            SEARCH,
            UPDATED_SINCE,
            PLACE,
            ORDERING,
            PAGE_SIZE,
            CURSOR,
        ),
        answers={
            200: Answer(
                "A page of deals.",
                ref("DealPage"),
                headers=("Link",),
                links={
                    "first": link("deal", "The first of them.", id=f"{FIRST}/id"),
                    "history": link("deal-versions", "Its versions.", id=f"{FIRST}/id"),
                    "target": link("organization", "Its target.", id=f"{FIRST}/target/id"),
                },
            )
        },
        kept=True,
        call=Call(query={"investor": "europe", "target": "CN", "from": "2017", "to": "2022"}),
    ),
    ("deals/{id}/", "GET"): Operation(
        id="deal",
        tag=TAG,
        title=gettext_noop("One deal"),
        about="Now, or at a point of the ledger. A merged deal leads to the one it became.",
        parameters=(DEAL, *POINTS),
        answers={
            200: Answer(
                "The deal.",
                ref("Deal"),
                links={
                    "history": link("deal-versions", "Its versions.", id="$response.body#/id"),
                    "target": link("organization", "Its target.", id="$response.body#/target/id"),
                },
            ),
            301: Answer("It was merged into another.", headers=("Location",)),
        },
        problems=(404,),
        kept=True,
        call=Call(path={"id": "{deal}"}),
    ),
    ("deals/{id}/versions/", "GET"): Operation(
        id="deal-versions",
        tag=TAG,
        title=gettext_noop("All published versions of a deal"),
        about="Newest first. A deal that was never published has none, and is a 404.",
        parameters=(DEAL, *POINTS),
        answers={
            200: Answer(
                "The versions.",
                ref("DealVersions"),
                links={"live": link("deal", "The live version.", id=f"{FIRST}/id")},
            )
        },
        problems=(404,),
        kept=True,
        call=Call(path={"id": "{deal}"}),
    ),
}
