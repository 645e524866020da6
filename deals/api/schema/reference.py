"""What codes mean, what others published, and the rules and decisions that mark time axes."""

from django.utils.translation import gettext_noop

from deals.api.schema.operation import Answer, Operation
from deals.api.schema.shapes import (
    COUNTRY,
    DAY,
    Shape,
    listed,
    obj,
    or_null,
    ref,
    text,
    whole,
)

TAG = "Reference data"
FIGURE = {
    "code": text(),
    "title": text(),
    "value": text(),
    "unit": or_null(text()),
    "measure": text(),
    **{name: or_null(text()) for name in ("numerator", "denominator", "period_from", "period_to")},
    "definition": or_null(text()),
    "source_title": text(),
    **{name: or_null(text()) for name in ("source_date", "source_url", "evidence")},
    "query": or_null(text(), "The question that would answer it here."),
    "why_no_query": or_null(text()),
    "shelf": text(),
}
EVENT = {
    "date": DAY,
    "applies_to_deals_from": or_null(DAY),
    "jurisdiction": text(),
    "title": text(),
    "kind": text(),
    "note": or_null(text()),
    "evidence": or_null(text()),
}
REGION = {
    "code": text(),
    "title": text(),
    "definition": text(),
    "source": text(),
    "members": listed(obj({"country": COUNTRY, "from": or_null(DAY), "to": or_null(DAY)})),
}
ROUND = {"code": text(), "title": text(), "stage": or_null(text())}
COMPONENTS: dict[str, Shape] = {
    "Region": obj(REGION, about="A named set of countries with the dates of membership."),
    "Country": obj({"code": COUNTRY, "alpha3": text(pattern="^[A-Z]{3}$"), "name": text()}),
    "Sector": obj({"code": text(), "title": text()}),
    "RoundType": obj(ROUND),
    "PublishedFigure": obj(FIGURE, about="A number that somebody else published."),
    "PolicyEvent": obj(EVENT, about="A dated rule or decision."),
}
TABLES = {
    "regions": (
        "Region",
        gettext_noop("Regions"),
        "Named sets of countries, with members and their dates.",
    ),
    "countries": ("Country", gettext_noop("Countries"), "Codes and names of countries."),
    "sectors": ("Sector", gettext_noop("Sectors"), "Codes and titles of sectors."),
    "round-types": (
        "RoundType",
        gettext_noop("Types of rounds"),
        "Types of funding rounds, with their stage.",
    ),
    "published-figures": (
        "PublishedFigure",
        gettext_noop("Published figures"),
        "Figures that others published.",
    ),
    "policy-events": ("PolicyEvent", gettext_noop("Policy events"), "Dated rules and decisions."),
}
OPERATIONS = {
    (f"{name}/", "GET"): Operation(
        id=name,
        tag=TAG,
        title=title,
        about=about,
        answers={200: Answer("The whole table.", whole(ref(shape)))},
        kept=True,
    )
    for name, (shape, title, about) in TABLES.items()
}
