"""Words for places, directions and numbers in sentences of pages."""

from typing import Any

from deals.flows.definition import kinds_phrase
from deals.flows.query import FlowQuery
from deals.rules.countries import country_name
from deals.rules.regions import REGIONS, Side
from deals.rules.vocab import ROUND_TYPES, SECTORS
from deals.templatetags.formats import number, percent

CHINA = frozenset({"CN", "HK", "MO"})
EUROPE = frozenset(member.country for member in REGIONS["europe"].members)
EU_MEMBERS = frozenset(member.country for member in REGIONS["eu27"].members)
WITH_ARTICLE = frozenset({"US", "GB", "NL", "AE", "CZ", "PH", "eu", "eu27", "eu28"})


def place_in_sentence(codes: tuple[str, ...], anything: str) -> str:
    """ "Europe", "the United States and Japan"; what stands in brackets is in the definition."""
    return " and ".join(_named(code) for code in codes) if codes else anything


def _named(code: str) -> str:
    name = REGIONS[code].title.split(" (")[0] if code in REGIONS else country_name(code)
    return f"the {name}" if code in WITH_ARTICLE else name


def countries_of(side: Side) -> frozenset[str]:
    return side.always | {member.country for member in side.dated}


def hue(query: FlowQuery) -> str:
    """The class of charts.css for the direction of a question."""
    investors, targets = countries_of(query.investor_side), countries_of(query.target_side)
    if investors and targets:
        if investors <= EUROPE and targets <= CHINA:
            return "hue-eu-cn"
        if investors <= CHINA and targets <= EUROPE:
            return "hue-cn-eu"
    return "hue-neutral"


def companies_phrase(query: FlowQuery) -> str:
    """ "AI companies in China"."""
    what = "AI companies" if query.ai == ("yes",) else "companies"
    within = [SECTORS[code] for code in query.sector] + [ROUND_TYPES[code] for code in query.round]
    narrowed = f" ({', '.join(within)})" if within else ""
    return f"{what} in {place_in_sentence(query.target, 'any country')}{narrowed}"


def finding(query: FlowQuery, answer: dict[str, Any]) -> str:
    """The headline: n of N inside a population, else how many are documented."""
    n, whole = answer["deals"]["n"], answer["deals"]["N"]
    kinds = kinds_phrase(query)
    origin = place_in_sentence(query.investor, "anywhere")
    into = f"{kinds} into {companies_phrase(query)}"
    if answer["deals"]["share"] is not None:
        return (
            f"{percent(answer['deals']['share'])} of {into} had an investor from {origin}:"
            f" {number(n)} of {number(whole)}"
        )
    if not n:
        return f"No documented {into} with an investor from {origin}"
    if n == 1:
        return f"1 documented deal among {into} with an investor from {origin}"
    return f"{number(n)} documented {into} with an investor from {origin}"


def deals_counted(n: int) -> str:
    """ "1 deal", "2,165 deals"."""
    return f"{number(n)} deal{'' if n == 1 else 's'}"


def n_of_N(answer: dict[str, Any]) -> str:
    """ "81 of 2,165 (3.7 %)", or "20 documented deals" where no share has a meaning."""
    deals = answer["deals"]
    if deals["share"] is None:
        return f"{deals_counted(deals['n'])} documented"
    return f"{number(deals['n'])} of {number(deals['N'])} ({percent(deals['share'])})"


def question(query: FlowQuery) -> str:
    """The question in one line, for titles and citations."""
    return (
        f"{kinds_phrase(query).capitalize()} into {companies_phrase(query)}"
        f" with an investor from {place_in_sentence(query.investor, 'anywhere')}"
    )
