"""Words for places, directions and numbers in sentences of pages, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from deals.flows.definition import (
    WITH_ARTICLE,
    Phrase,
    Tongue,
    either,
    joined,
    kinds_phrase,
    phrases,
    window_phrase,
)
from deals.flows.query import FlowQuery
from deals.rules.regions import REGIONS, Side
from deals.rules.vocab import ROUND_TYPES, SECTORS
from deals.templatetags.formats import country, number, percent

CHINA = frozenset({"CN", "HK", "MO"})
EUROPE = frozenset(member.country for member in REGIONS["europe"].members)
EU_MEMBERS = frozenset(member.country for member in REGIONS["eu27"].members)


def short_name(code: str) -> str:
    """A region or country without its brackets: "Europe", "Germany"."""
    return _(REGIONS[code].title).partition(" (")[0] if code in REGIONS else country(code)


def place_in_sentence(codes: tuple[str, ...], anything: str) -> str:
    """ "Europe", "the United States and Japan"; what stands in brackets is in the definition."""
    return joined([_named(code) for code in codes]) if codes else anything


def _named(code: str) -> str:
    name = short_name(code)
    if code not in WITH_ARTICLE:
        return name
    return pgettext("a country in a sentence", "the %(place)s") % {"place": name}


LOCAL = Tongue(_named, number)


def origin(query: FlowQuery) -> str:
    """The investors' side as in "an investor from …": "Germany or France", since one is enough."""
    return either([_named(code) for code in query.investor]) or _("anywhere")


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
    place = place_in_sentence(query.target, _("any country"))
    within = [_(SECTORS[code]) for code in query.sector]
    within += [_(ROUND_TYPES[code]) for code in query.round]
    said = (
        _("AI companies in %(place)s") if query.ai == ("yes",) else _("companies in %(place)s")
    ) % {"place": place}
    return f"{said} ({', '.join(within)})" if within else said


def when(query: FlowQuery) -> str:
    """ " in 2017–2022", with a blank before it; nothing where no window is asked."""
    return f" {window_phrase(query)}" if any(query.window) else ""


def finding(query: FlowQuery, answer: dict[str, Any]) -> str:
    """The headline: n of N inside a population, else how many are documented."""
    n, share = answer["deals"]["n"], answer["deals"]["share"]
    words = {
        "kinds": kinds_phrase(query),
        "companies": companies_phrase(query),
        "origin": origin(query),
        "when": when(query),
        "n": number(n),
    }
    if share is not None:
        words |= {"share": percent(share), "whole": number(answer["deals"]["N"])}
        return (
            _(
                "%(share)s of %(kinds)s into %(companies)s had an investor from %(origin)s%(when)s:"
                " %(n)s of %(whole)s"
            )
            % words
        )
    if not n:
        return (
            _("No documented %(kinds)s into %(companies)s with an investor from %(origin)s%(when)s")
            % words
        )
    return (
        ngettext(
            "%(n)s documented deal among %(kinds)s into %(companies)s with an investor from"
            " %(origin)s%(when)s",
            "%(n)s documented %(kinds)s into %(companies)s with an investor from"
            " %(origin)s%(when)s",
            n,
        )
        % words
    )


def deals_counted(n: int) -> str:
    """ "1 deal", "2,165 deals"."""
    return ngettext("%(n)s deal", "%(n)s deals", n) % {"n": number(n)}


def n_of_N(answer: dict[str, Any]) -> str:
    """ "81 of 2,165 (3.7 %)", or "20 documented deals" where no share has a meaning."""
    deals = answer["deals"]
    if deals["share"] is None:
        return _("%(deals)s documented") % {"deals": deals_counted(deals["n"])}
    return _("%(n)s of %(whole)s (%(share)s)") % {
        "n": number(deals["n"]),
        "whole": number(deals["N"]),
        "share": percent(deals["share"]),
    }


def question(query: FlowQuery) -> str:
    """The question in one line, for titles and citations."""
    said = _("%(kinds)s into %(companies)s with an investor from %(origin)s%(when)s") % {
        "kinds": kinds_phrase(query),
        "companies": companies_phrase(query),
        "origin": origin(query),
        "when": when(query),
    }
    return said[:1].upper() + said[1:]


def definition_phrases(query: FlowQuery, population: str) -> list[Phrase]:
    """The definition in pieces with the rules that explain them, in the reader's language."""
    return phrases(query, _(population) if population else "", LOCAL)
