"""Parameters that several addresses take, above all those of a question (`FlowQuery`)."""

from deals.api.schema.shapes import DAY, Shape, listed, number, ref, text, word
from deals.flows.listing import LARGEST_PAGE, LONGEST_SEARCH, NARROWED, ORDERS, PLACES
from deals.flows.query import (
    AI_ANSWERS,
    ALL,
    ATTRIBUTIONS,
    CURRENCIES,
    EVER_COMPLETED,
    LONGEST_LIST,
    MOST_COMPARED,
    MOST_ORGANIZATIONS,
)
from deals.rules.counting import KINDS, STATUSES
from deals.rules.countries import COUNTRIES
from deals.rules.dates import FIRST_YEAR, LAST_YEAR
from deals.rules.regions import REGIONS
from deals.rules.vocab import ROUND_TYPES, SECTORS

assert (FIRST_YEAR, LAST_YEAR) == (1900, 2100), "the pattern of years says so"
YEAR = "(19[0-9]{2}|20[0-9]{2}|2100)"
MONTH = "(0[1-9]|1[0-2])"
EDGE: Shape = {
    "anyOf": [
        text(pattern=f"^{YEAR}(-{MONTH}(-(0[1-9]|1[0-9]|2[0-8]))?)?$"),
        text(pattern=f"^{YEAR}-{MONTH}-(29|30|31)$", format="date"),
    ]
}
SIDE = word([*REGIONS, *COUNTRIES], "A region or a country (ISO 3166-1 alpha-2).")
# Any text without NUL.
NO_NUL = r"^[^\u0000]*$"
CODE = text(pattern=r"^[\w.-]{1,64}$")
AMOUNT = text(pattern=r"^[0-9]{1,15}(\.[0-9]{1,4})?$")


def query(name: str, shape: Shape, about: str = "", *, required: bool = False) -> Shape:
    """A parameter of the address; lists are written with commas between their items."""
    parameter: Shape = {"name": name, "in": "query", "schema": shape}
    if about:
        parameter["description"] = about
    if required:
        parameter["required"] = True
    if "array" in str(shape):
        parameter |= {"style": "form", "explode": False}
    return parameter


def path(name: str, shape: Shape, about: str) -> Shape:
    return {"name": name, "in": "path", "required": True, "schema": shape, "description": about}


def several(words: dict[str, str] | list[str], *, usual: list[str] | None = None) -> Shape:
    """Some of the words, or `all` of them."""
    some = listed(word(words), maxItems=LONGEST_LIST)
    shape: Shape = {"anyOf": [some, {"type": "string", "const": ALL}]}
    return {**shape, "default": usual} if usual else shape


def _sides(least: int = 0) -> Shape:
    shape = listed(ref("Side"), maxItems=LONGEST_LIST)
    return {**shape, "minItems": least} if least else shape


def _questions() -> dict[str, Shape]:
    compared: Shape = {
        "anyOf": [listed(ref("Side"), maxItems=MOST_COMPARED), {"type": "string", "const": "none"}],
        "default": ["US"],
    }
    organizations = listed(ref("OrganizationId"), maxItems=MOST_ORGANIZATIONS)
    point: Shape = {"anyOf": [number(maximum=10**18 - 1), DAY]}
    anyone = "Anyone, anywhere unless said."
    return {
        "investor": query("investor", _sides(), f"Where an investor comes from. {anyone}"),
        "target": query("target", _sides(), f"Where the company is. {anyone}"),
        "from": query("from", EDGE, "First year, month or day, inclusive."),
        "to": query("to", EDGE, "Last year, month or day, inclusive."),
        "population": query(
            "population", CODE, "Code of a population; without one, the case list: no share."
        ),
        "kind": query("kind", several(KINDS, usual=["funding_round"]), "Kinds of deals."),
        "status": query(
            "status",
            several([EVER_COMPLETED, *STATUSES], usual=[EVER_COMPLETED]),
            "What became of the deals.",
        ),
        "ai": query("ai", several(list(AI_ANSWERS), usual=["yes"]), "Whether the target is AI."),
        "sector": query("sector", several(SECTORS), "Sectors; any unless said."),
        "round": query("round", several(ROUND_TYPES), "Types of rounds; any unless said."),
        "attribution": query(
            "attribution",
            {**word(ATTRIBUTIONS), "default": "immediate"},
            "The investor’s own country, or that of its owner at the top.",
        ),
        "currency": query(
            "currency", {**word(CURRENCIES), "default": "EUR"}, "Currency of amounts."
        ),
        "min_amount": query(
            "min_amount", AMOUNT, "In `currency`; deals without an amount drop out."
        ),
        "max_amount": query(
            "max_amount", AMOUNT, "In `currency`; deals without an amount drop out."
        ),
        "organization": query(
            "organization",
            organizations,
            "Organizations that all took part, as target or investor.",
        ),
        "state_linked": query(
            "state_linked",
            word(["yes", "no"]),
            "Whether a state holds a stake above any investor, a minority included.",
        ),
        "compare": query(
            "compare", compared, "Sides to hold beside the investor; `none` for none."
        ),
        "known_by": query("known_by", EDGE, "Only deals that the supplier had recorded by then."),
        "release": query("release", CODE, "As of a release, by its name."),
        "as_of": query(
            "as_of",
            point,
            "As of a number of the ledger, or of the end of a day that is over (UTC).",
        ),
    }


QUESTION = _questions()
SHARED: dict[str, Shape] = {
    **{f"question-{name}": shape for name, shape in QUESTION.items()},
    "If-None-Match": {
        "name": "If-None-Match",
        "in": "header",
        "schema": text(),
        "description": "The ETag of the answer that you have: unchanged, it is a 304.",
    },
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "schema": text(minLength=1),
        "description": "The ETag of `GET deals/{id}/`: a deal that has changed since is a 412.",
    },
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "schema": text(pattern="^[!-~]{1,255}$"),
        "description": "A text of your own: sent again with it, nothing is done twice.",
    },
}


def shared(name: str) -> Shape:
    return {"$ref": f"#/components/parameters/{name}"}


def question(*, required: tuple[str, ...] = ()) -> tuple[Shape, ...]:
    """The parameters of a question; `required` sides have to be there."""
    return tuple(
        query(
            name, _sides(1), str(QUESTION[name]["description"]).split(".")[0] + ".", required=True
        )
        if name in required
        else shared(f"question-{name}")
        for name in QUESTION
    )


PAGE_SIZE = query(
    "page_size",
    {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": 100},
    "How many on a page.",
)
CURSOR = query("cursor", text(), "From the address in `next`; nothing to make up.")
SEARCH = query(
    "q",
    text(maxLength=LONGEST_SEARCH, pattern=NO_NUL),
    "Any name of the target or of an investor, in any script, or an identifier.",
)
UPDATED_SINCE = query(
    "updated_since",
    {"anyOf": [text(format="date-time"), DAY]},
    "Only deals that changed then or later (UTC unless a zone is named).",
)
ORDERING = query(
    "ordering",
    {**word(ORDERS), "default": "id"},
    "What comes first; `id` is the order in which they came in.",
)
PLACE = query(
    "place", word([*PLACES, *NARROWED]), "Which deals around a number are meant; see the methods."
)
ID = path("id", {"type": "integer", "minimum": 1}, "Its number.")
