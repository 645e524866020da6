"""Which deals a list shows, in words: a number on another page led here."""

from dataclasses import dataclass

from deals.flows.definition import place_name, window_phrase
from deals.flows.listing import Wanted
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope
from deals.rules.countries import country_name
from deals.rules.regions import REGIONS


@dataclass(frozen=True, slots=True)
class Behind:
    """A title, and a sentence about these deals' place around a number; empty for the flow."""

    title: str
    explained: str


def short(codes: tuple[str, ...], anyone: str) -> str:
    """Names without their brackets: "Europe", "China", "Germany and France"."""
    names = [
        REGIONS[code].title.partition(" (")[0] if code in REGIONS else country_name(code)
        for code in codes
    ]
    return " and ".join(names) if names else anyone


# Who the deals of each place are; X is the investors' side and Y the target's.
EXPLAINED = {
    "flow": "",
    "counted": "These are all counted deals into {Y}, the N of “n of N”.",
    "target_side_only": "These count in N and not in n: their investors are from {Y} only.",
    "other_foreign_only": "These count in N and not in n: they have foreign investors, none from"
    " {X}.",
    "unknown": "These count in N and not in n: not all of their investors are known, so one may be"
    " from {X}.",
    "too_coarse": "These are in neither n nor N: their date is known too coarsely to say whether"
    " they belong to the period or to a region on that day.",
    "undated": "These are in neither n nor N: their date is not known, and a period is asked for.",
    "unknown_target": "These are in neither n nor N: their target’s country is not known.",
    "partial": "These count in N and not in n: no known investor is from {X}, and their source"
    " names only some of the investors.",
    "undisclosed": "These belong to the flow; their amount is not disclosed.",
    "range": "These belong to the flow; their amount is known only as a range.",
    "not_convertible": "These belong to the flow; their amount cannot be converted into"
    " {currency}.",
}


def behind(query: FlowQuery, wanted: Wanted, scope: Scope) -> Behind:
    """The title of the list and the sentence under it."""
    explained = EXPLAINED[wanted.place or "flow"].format(
        X=place_name(query.investor), Y=place_name(query.target), currency=query.currency
    )
    return Behind(_title(query, wanted, scope), explained)


def _title(query: FlowQuery, wanted: Wanted, scope: Scope) -> str:
    if query.investor and query.target:
        title = f"Deals {short(query.investor, '')} → {short(query.target, '')}"
    elif query.investor:
        title = f"Deals with an investor from {short(query.investor, '')}"
    elif query.target:
        title = f"Deals into {short(query.target, '')}"
    else:
        title = "Deals"
    if any(query.window):
        title += f", {window_phrase(query)}"
    if wanted.q:
        title += f" matching “{wanted.q}”"
    return title
