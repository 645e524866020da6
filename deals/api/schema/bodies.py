"""Organizations: names, identifiers, places and owners."""

from django.utils.translation import gettext_noop

from deals.api.schema.operation import Answer, Call, Operation, link
from deals.api.schema.parameters import CURSOR, NO_NUL, PAGE_SIZE, path, query
from deals.api.schema.shapes import (
    COUNT,
    COUNTRY,
    DAY,
    LINK,
    TRUTH,
    Shape,
    listed,
    obj,
    or_null,
    page_of,
    ref,
    text,
    word,
)
from deals.flows.organizations import LONGEST_SEARCH
from deals.models import Domicile, Organization
from deals.rules.countries import COUNTRIES

TAG = "Organizations"
PERIOD = {"first": or_null(DAY), "last": or_null(DAY)}
SOURCE = obj(
    {
        "title": text(),
        **{name: or_null(text()) for name in ("url", "publisher")},
        **{name: or_null(DAY) for name in ("published_on", "accessed_on")},
    }
)
STAKE = obj(
    {
        "id": ref("OrganizationId"),
        "name": text(),
        "country": or_null(COUNTRY),
        "share_percent": or_null(text(pattern=r"^[0-9]+(\.[0-9]+)?$")),
        "controlling": {**TRUTH, "description": "As the source says."},
        "controls": {**TRUTH, "description": "As counted: controlling, or more than half."},
        "state_linked": TRUTH,
        **PERIOD,
        "note": or_null(text()),
        "source": or_null(SOURCE),
    }
)
FACTS: dict[str, Shape] = {
    "id": ref("OrganizationId"),
    "name": text(),
    "kind": word(Organization.Kind.values),
    "country": or_null(COUNTRY, "Where its headquarters are."),
    "generated": {**TRUTH, "description": "Invented, for the demonstration."},
    "absorbed": listed(ref("OrganizationId"), "Organizations that were merged into it."),
    "names": listed(obj({"name": text(), "script": text()}), "Other names."),
    "identifiers": listed(obj({"scheme": text(), "value": text()})),
    "domiciles": listed(
        obj(
            {
                "country": COUNTRY,
                "basis": word(Domicile.Basis.values),
                **PERIOD,
                "source": or_null(SOURCE),
            }
        )
    ),
    "owners": listed(ref("Stake"), "Who holds a stake in it."),
    "holdings": listed(ref("Stake"), "In whom it holds one."),
}
COMPONENTS: dict[str, Shape] = {
    "Stake": STAKE,
    "Organization": obj(FACTS),
    "OrganizationWithDeals": obj(
        {
            **FACTS,
            "deals": obj({"as_target": COUNT, "as_investor": COUNT, "either": COUNT}),
            "links": obj({"page": LINK, "deals": LINK}),
        }
    ),
    "OrganizationPage": page_of(ref("Organization")),
}
WORDS = listed(word(Organization.Kind.values))
FIRST = {"first": link("organization", "The first of them.", id="$response.body#/results/0/id")}
OPERATIONS = {
    ("organizations/", "GET"): Operation(
        id="organizations",
        tag=TAG,
        title=gettext_noop("Organizations"),
        about="Those that are not merged into another, oldest first.",
        parameters=(
            query(
                "q",
                text(maxLength=LONGEST_SEARCH, pattern=NO_NUL),
                "Any name in any script, or an identifier.",
            ),
            query("country", listed(word(COUNTRIES)), "Countries of their headquarters."),
            query("kind", WORDS, "Kinds of organizations."),
            query("generated", word(["yes", "no"]), "The invented ones, instead of the real ones."),
            PAGE_SIZE,
            CURSOR,
        ),
        answers={
            200: Answer(
                "A page of organizations.", ref("OrganizationPage"), headers=("Link",), links=FIRST
            )
        },
        kept=True,
        call=Call(query={"country": "CN,HK"}),
    ),
    ("organizations/{id}/", "GET"): Operation(
        id="organization",
        tag=TAG,
        title=gettext_noop("One organization"),
        about="With its number of deals. One that was merged leads to what it is now.",
        parameters=(path("id", ref("OrganizationId"), "Identifier of the organization."),),
        answers={
            200: Answer("The organization.", ref("OrganizationWithDeals")),
            301: Answer("It was merged into another.", headers=("Location",)),
        },
        problems=(404,),
        kept=True,
        call=Call(path={"id": "{organization}"}),
    ),
}
