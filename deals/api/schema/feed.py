"""Keeping a copy: the ledger as a feed, and the digest that proves the copy."""

from django.utils.translation import gettext_noop

from deals.api.schema.operation import Answer, Call, Operation, link
from deals.api.schema.parameters import CODE, query
from deals.api.schema.shapes import (
    COUNT,
    SHA256,
    TIME,
    Shape,
    listed,
    number,
    obj,
    or_null,
    ref,
    text,
    word,
)
from deals.flows.changes import KINDS, LARGEST_PAGE

TAG = "Keeping a copy"
ENTRY: dict[str, Shape] = {
    "seq": number("Number of the entry; each is above the one before.", minimum=1),
    "kind": word(KINDS, "What a copy has to do with it."),
    "deal": or_null(ref("DealId")),
    "version": or_null(number(minimum=1)),
    "merged_into": or_null(text(), "The deal or organization that it is now."),
    "organization": or_null(ref("OrganizationId")),
    "fields": listed(text(), "Names of the facts that changed."),
    "deals": listed(ref("DealId"), "Deals whose documents were computed again."),
    "reason": or_null(text()),
    "by": text("User name of who decided, or `system`."),
    "at": TIME,
    "import_id": or_null(number(minimum=1)),
    "document": or_null(ref("Deal"), "With `documents=yes`: the version that became live."),
    "documents": listed(ref("Deal"), "With `documents=yes`: those computed again."),
}
COMPONENTS: dict[str, Shape] = {
    "Change": obj(ENTRY, optional=("document", "documents")),
    "Digest": obj(
        {
            "format": number("How digests are made; only equal ones can be compared."),
            "change_seq": number("The point of the ledger."),
            "population": or_null(text()),
            "deals": COUNT,
            "digest": SHA256,
            "organizations": or_null(
                obj({"count": COUNT, "digest": SHA256}), "Null for an earlier point of the ledger."
            ),
        }
    ),
    "Changes": obj(
        {
            "head": number("The last number of the ledger."),
            "next_after": number("Go on with this until it is `head`."),
            "results": listed(ref("Change")),
        }
    ),
}
OPERATIONS = {
    ("changes/", "GET"): Operation(
        id="changes",
        tag=TAG,
        title=gettext_noop("Everything that took effect"),
        about="In order and without gaps. Go on with `next_after` until it is `head`.",
        parameters=(
            query("after", number(maximum=10**18 - 1), "Only entries after this number."),
            query("documents", word(["yes", "no"]), "Whether the documents come along."),
            query(
                "page_size",
                {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": LARGEST_PAGE},
                "How many entries at most.",
            ),
        ),
        answers={
            200: Answer(
                "Entries of the ledger.",
                ref("Changes"),
                headers=("Link",),
                links={
                    "next": link("changes", "What came next.", after="$response.body#/next_after"),
                    "deal": link("deal", "The first deal.", id="$response.body#/results/0/deal"),
                },
            )
        },
        kept=True,
        call=Call(query={"after": "0", "documents": "yes", "page_size": "100"}),
    ),
    ("digest/", "GET"): Operation(
        id="digest",
        tag=TAG,
        title=gettext_noop("What a copy is compared with"),
        about="Number and digest of all live deals and of all organizations: a copy that has the "
        "same is the same.",
        parameters=(
            query("population", CODE, "Of a population; without one, of all real deals."),
            query("as_of", number(maximum=10**18 - 1), "At that number of the ledger."),
        ),
        answers={200: Answer("The digest.", ref("Digest"))},
        kept=True,
    ),
}
