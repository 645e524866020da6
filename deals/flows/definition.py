"""What a number means, in one sentence that can be quoted beside it."""

from typing import Any

from deals.flows.query import ALL, EVER_COMPLETED, FlowQuery
from deals.flows.scope import Scope
from deals.rules.counting import STATUSES
from deals.rules.countries import country_name
from deals.rules.regions import REGIONS, Side
from deals.rules.vocab import ROUND_TYPES, SECTORS

PLURALS = {
    "funding_round": "funding rounds",
    "acquisition": "acquisitions",
    "joint_venture": "joint ventures",
    "listed_stake": "stakes in listed companies",
    "secondary": "purchases of existing shares",
    "debt": "debt deals",
    "grant": "grants",
    "ipo": "initial public offerings",
    "greenfield": "greenfield investments",
    "licence": "licences",
    "partnership": "partnerships",
    "exit": "exits",
}
CASE_LIST = (
    "This is a case list: its deals were collected because they cross the border, so a share"
    " computed from it would mean nothing. Choose a population that was declared complete to"
    " get a share."
)


def place_name(codes: tuple[str, ...]) -> str:
    """ "Europe (…), United States" for region and country codes; "anywhere" for none."""
    names = [REGIONS[code].title if code in REGIONS else country_name(code) for code in codes]
    return " and ".join(names) if names else "anywhere"


def window_phrase(query: FlowQuery) -> str:
    """ "in 2017–2022", "since 2017", "until 2022", "at any time"."""
    if query.from_ and query.to:
        same = query.from_ == query.to
        return f"in {query.from_}" if same else f"from {query.from_} to {query.to}"
    if query.from_:
        return f"since {query.from_}"
    return f"until {query.to}" if query.to else "at any time"


def kinds_phrase(query: FlowQuery) -> str:
    if query.kind == (ALL,):
        return "deals of every kind"
    return ", ".join(PLURALS[kind] for kind in query.kind)


def _status_phrase(query: FlowQuery) -> str:
    if query.status == (EVER_COMPLETED,):
        return "completed (also if unwound later)"
    if query.status == (ALL,):
        return "with any status"
    named = [
        STATUSES[word].lower() if word in STATUSES else "ever completed" for word in query.status
    ]
    return "with the status " + " or ".join(named)


def _narrowed(query: FlowQuery) -> str:
    parts = []
    if query.sector:
        names = ", ".join(SECTORS[code] for code in query.sector)
        parts.append(f"of the sector{'s' if len(query.sector) > 1 else ''} {names}")
    if query.round:
        parts.append("of the rounds " + ", ".join(_round(code) for code in query.round))
    if query.min_amount is not None:
        parts.append(f"of at least {query.min_amount:,f} {query.currency}")
    if query.max_amount is not None:
        parts.append(f"of at most {query.max_amount:,f} {query.currency}")
    if query.state_linked:
        linked = "a" if query.state_linked == "yes" else "no"
        parts.append(f"with {linked} state-linked investor")
    if query.known_by:
        parts.append(f"recorded by {query.known_by}")
    return f" {' and '.join(parts)}" if parts else ""


def _round(code: str) -> str:
    found = ROUND_TYPES[code]
    return found if isinstance(found, str) else found.title


def _ai_phrase(query: FlowQuery) -> str:
    if query.ai == ("yes",):
        return "artificial-intelligence companies"
    return "companies" if query.ai == (ALL,) else f"companies (AI: {' or '.join(query.ai)})"


def sentence(query: FlowQuery, scope: Scope) -> str:
    """One sentence: what is counted, into where, when, from whom, inside which population."""
    whose = "whose owner at the top is" if query.attribution == "ultimate" else "with headquarters"
    inside = (
        f"the population “{scope.population.title}”"
        if scope.population
        else "the register’s case list"
    )
    return (
        f"Deals counted: {kinds_phrase(query)}, {_status_phrase(query)}, into"
        f" {_ai_phrase(query)} in {place_name(query.target)}{_narrowed(query)}, announced"
        f" {window_phrase(query)}, that had at least one investor {whose} in"
        f" {place_name(query.investor)}; each deal once, within {inside}."
    )


def codes_of(side: Side) -> list[str]:
    """Every country that is in the side on some day, sorted."""
    return sorted(side.always | {member.country for member in side.dated})


def definition(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    """The block `definition` of an answer."""
    return {
        "text": sentence(query, scope),
        "investor_countries": codes_of(query.investor_side),
        "target_countries": codes_of(query.target_side),
        "methods": "/methods/#share",
    }
