"""Shares and the rows of charts."""

from django.utils.translation import gettext_noop

from deals.api.schema.operation import Answer, Call, Operation
from deals.api.schema.parameters import CODE, query, question
from deals.api.schema.shapes import (
    COUNT,
    COUNTRY,
    DAY,
    LINK,
    MONEY,
    SHARE,
    TIME,
    TRUTH,
    Shape,
    listed,
    number,
    obj,
    or_null,
    ref,
    text,
    word,
)
from deals.flows.bridge import PARTS
from deals.flows.query import CURRENCIES
from deals.flows.series import BY
from deals.flows.share import REQUIRED
from deals.flows.top import MOST, OF, SIDES, USUAL
from deals.rules.counting import VALUE_KINDS

TAG = "Flows"
MAYBE_MONEY, MAYBE_SHARE = or_null(MONEY), or_null(SHARE)
BAND = {"low": MAYBE_MONEY, "split": MAYBE_MONEY, "high": MAYBE_MONEY}
NUMBERS = {"n": COUNT, "N": COUNT, "share": MAYBE_SHARE, **BAND, "disclosed_n": COUNT}
N_SHARE = {"n": COUNT, "share": MAYBE_SHARE}
BESIDE = obj({"n": COUNT, "N": COUNT, "deals": LINK})
VALUE = {
    "currency": word(CURRENCIES),
    "disclosed_n": number("Deals of the flow with an amount."),
    **BAND,
    "at_least_n": number("Deals of which only contributions are known."),
    "ranges": obj({"n": COUNT, **BAND}, about="Deals known only as “from … to …”, apart."),
    "N_disclosed": COUNT,
    "N_total": MAYBE_MONEY,
    "share_high": MAYBE_SHARE,
    "not_convertible": COUNT,
    "rate_provisional": COUNT,
}
COMPONENTS: dict[str, Shape] = {
    "Query": obj({}, more=text(), about="The question’s parameters that differ from the usual."),
    "Population": obj(
        {
            "code": or_null(text()),
            "title": text(),
            "accessed_on": or_null(DAY),
            "generated": TRUTH,
            "why_no_share": or_null(text("Why there is no share, in a sentence.")),
        }
    ),
    "AsOf": obj(
        {
            "change_seq": number("The point of the ledger."),
            "release": or_null(text()),
            "computed_at": TIME,
        }
    ),
    "FlowLinks": obj({"page": LINK, "deals": LINK}),
    "Total": obj(NUMBERS, about="Each deal once."),
    "Beside": BESIDE,
    "Share": obj(
        {
            "query": ref("Query"),
            "population": ref("Population"),
            "deals": obj(
                {
                    **{"n": number("Deals in the flow."), "N": number("All counted deals.")},
                    "share": or_null(SHARE, "n ÷ N; null without a population, or when N is 0."),
                    "unknown": number("Counted deals whose investors are not all known."),
                    "share_max": MAYBE_SHARE,
                    "partial": number("Counted deals with only some investors listed."),
                    "share_max_partial": MAYBE_SHARE,
                    **{name: COUNT for name in ("too_coarse", "undated", "unknown_target")},
                    "composition": obj(
                        {
                            "target_side_only": COUNT,
                            "with_investor": COUNT,
                            "other_foreign_only": COUNT,
                            "unknown": COUNT,
                        },
                        about="Who invested in N, adding up to N.",
                    ),
                }
            ),
            "compare": listed(obj({"investor": text(), **N_SHARE, "deals": LINK})),
            "with_hk_mo": or_null(ref("OtherChina")),
            "without_hk_mo": or_null(ref("OtherChina")),
            "amount": obj(
                {
                    **VALUE,
                    "why_no_value": text(),
                    "by_kind": listed(obj({"kind": word(sorted(VALUE_KINDS)), **VALUE})),
                },
                optional=("why_no_value",),
            ),
            "companies": COUNT,
            "investors": COUNT,
            "by_year": listed(
                obj(
                    {
                        "year": COUNT,
                        **{"n": COUNT, "N": COUNT, "share": MAYBE_SHARE, **BAND},
                        "complete": TRUTH,
                        "provisional": TRUTH,
                        "deals": LINK,
                    }
                )
            ),
            "by_year_beside": obj(
                {
                    "several_years": obj({"n": COUNT, "N": COUNT}),
                    "too_coarse": obj({"N": COUNT}),
                    "undated": obj({"n": COUNT, "N": COUNT}),
                }
            ),
            "definition": obj(
                {
                    "text": text("The sentence to quote."),
                    "investor_countries": listed(COUNTRY),
                    "target_countries": listed(COUNTRY),
                    "methods": LINK,
                }
            ),
            "as_of": ref("AsOf"),
            "links": obj({"page": LINK, "deals": LINK, "cite": LINK}),
        }
    ),
    "OtherChina": obj({"n": COUNT, "N": COUNT, "share": MAYBE_SHARE, "deals": LINK}),
}
FRAME = {name: ref(of) for name, of in {
    "query": "Query", "population": "Population", "as_of": "AsOf", "links": "FlowLinks",
}.items()}  # fmt: skip
VALUES = {"currency": word(CURRENCIES), "why_no_value": or_null(text())}
AROUND = {place: ref("Beside") for place in ("too_coarse", "undated", "unknown_target")}
COMPONENTS |= {
    "Series": obj(
        {
            **FRAME,
            "by": word(BY),
            **VALUES,
            "rows": listed(
                obj(
                    {
                        "period": text("2017, 2017-Q3 or 2017-03."),
                        **{"from": DAY, "to": DAY, **NUMBERS},
                        "complete": TRUTH,
                        "provisional": TRUTH,
                        "deals": LINK,
                    }
                )
            ),
            "total": ref("Total"),
            "beside": obj({"several_periods": ref("Beside"), **AROUND}),
        }
    ),
    "Top": obj(
        {
            **FRAME,
            "of": word(OF, "What the rows are, as it was asked for."),
            "side": or_null(word(SIDES), "Of which side the countries are; null for other rows."),
            **VALUES,
            "limit": COUNT,
            "rows_all": number("How many rows there are in all."),
            "rows": listed(
                obj(
                    {
                        "rank": number("Equal numbers share one.", minimum=1),
                        "code": text("“” is what sources do not state."),
                        "name": text(),
                        "country": or_null(COUNTRY, "Of an organization."),
                        **NUMBERS,
                        "deals": LINK,
                    }
                )
            ),
            "total": ref("Total"),
            "beside": obj({}, more=ref("Beside"), about="What no row holds."),
        }
    ),
    "Matrix": obj(
        {
            **FRAME,
            **VALUES,
            "investors": listed(COUNTRY),
            "targets": listed(COUNTRY),
            "rows": listed(obj({"investor": COUNTRY, "target": COUNTRY, **NUMBERS, "deals": LINK})),
            "investor_totals": listed(obj({"country": COUNTRY, "n": COUNT, "deals": LINK})),
            "target_totals": listed(obj({"country": COUNTRY, **NUMBERS, "deals": LINK})),
            "total": ref("Total"),
            "beside": obj({}, more=ref("Beside"), about="What no row holds."),
        }
    ),
}
STEP_SIDE = obj({"n": COUNT, "deals": LINK})
COMPONENTS |= {
    "BridgeEnd": obj(
        {
            "definition": or_null(text("Code of the definition that asks just this.")),
            "query": ref("Query"),
            "population": ref("Population"),
            **{"n": COUNT, "N": COUNT, "share": MAYBE_SHARE},
            "deals": LINK,
            "as_of": ref("AsOf"),
        }
    ),
    "Bridge": obj(
        {
            "a": ref("BridgeEnd"),
            "b": ref("BridgeEnd"),
            "steps": listed(
                obj(
                    {
                        "part": word(PARTS, "What of the question changes in this step."),
                        "query": ref("Query"),
                        **{"n": COUNT, "N": COUNT, "added": STEP_SIDE, "removed": STEP_SIDE},
                    }
                )
            ),
            "links": obj({"page": LINK}),
        }
    ),
}
INSIDE = {
    "investor": "europe",
    "target": "CN",
    "from": "2017",
    "to": "2022",
    "population": "{population}",
}
BRIDGE_END = {"type": "string", "minLength": 1, "maxLength": 2000}


def _flow(name: str, title: str, about: str, shape: str, *more: Shape, **call: str) -> Operation:
    return Operation(
        id=f"flows-{name}",
        tag=TAG,
        title=title,
        about=about,
        parameters=(*more, *question(required=REQUIRED)),
        answers={200: Answer("The numbers.", ref(shape))},
        kept=True,
        call=Call(query={**call, **INSIDE}),
    )


OPERATIONS = {
    ("flows/share/", "GET"): _flow(
        "share",
        gettext_noop("Share of deals"),
        "The share of deals into `target` that had an investor from `investor`, with everything "
        "that qualifies it.",
        "Share",
    ),
    ("flows/series/", "GET"): _flow(
        "series",
        gettext_noop("Share over time"),
        "A row a year, quarter or month. A deal is in a period when its whole interval is.",
        "Series",
        query("by", {**word(BY), "default": "year"}, "How long a period is."),
        by="quarter",
    ),
    ("flows/matrix/", "GET"): _flow(
        "matrix",
        gettext_noop("Countries by countries"),
        "Investor countries by target countries.",
        "Matrix",
    ),
    ("flows/top/", "GET"): _flow(
        "top",
        gettext_noop("Who and what comes first"),
        "Investors, targets, sectors, countries or types of rounds with most deals.",
        "Top",
        query(
            "of",
            word(OF),
            "What the rows are.",
            required=True,
        ),
        query("side", word(SIDES), "With `of=countries`: of which side."),
        query(
            "limit",
            {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
            "How many rows.",
        ),
        of="investors",
    ),
    ("flows/bridge/", "GET"): Operation(
        id="flows-bridge",
        tag=TAG,
        title=gettext_noop("From one definition’s number to another’s"),
        about="What each step changes, and how many deals come in and go out. `a` and `b` are "
        "codes of definitions or questions as in an address (`investor=DE&target=CN`).",
        parameters=(
            query("a", BRIDGE_END, "The definition to begin with.", required=True),
            query("b", BRIDGE_END, "The definition to end with.", required=True),
            query("population", CODE, "Ask both inside this population."),
        ),
        answers={200: Answer("The steps.", ref("Bridge"))},
        kept=True,
        call=Call(query={"a": "merics-2023", "b": "investtrack"}),
    ),
}
