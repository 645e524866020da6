"""Which deals a list shows, in words: a number on another page led here."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deals.flows.definition import either, place_name, window_phrase
from deals.flows.listing import Wanted
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope
from deals.wording import LOCAL, origin, short_name


@dataclass(frozen=True, slots=True)
class Behind:
    """A title, and a sentence about these deals' place around a number; empty for the flow."""

    title: str
    explained: str


def short(codes: tuple[str, ...], anyone: str) -> str:
    """Names without their brackets: "Europe", "China", "Germany or France"."""
    return either([short_name(code) for code in codes]) if codes else anyone


# Who the deals of each place are.
EXPLAINED = {
    "flow": "",
    "counted": gettext_noop("These are all counted deals into %(target)s, the N of “n of N”."),
    "target_side_only": gettext_noop(
        "These count in N and not in n: their investors are from %(target)s only."
    ),
    "other_foreign_only": gettext_noop(
        "These count in N and not in n: they have foreign investors, none from %(investor)s."
    ),
    "unknown": gettext_noop(
        "These count in N and not in n: not all of their investors are known, so one may be from"
        " %(investor)s."
    ),
    "too_coarse": gettext_noop(
        "These are in neither n nor N: their date is known too coarsely to say whether they belong"
        " to the period or to a region on that day."
    ),
    "undated": gettext_noop(
        "These are in neither n nor N: their date is not known, and a period is asked for."
    ),
    "unknown_target": gettext_noop(
        "These are in neither n nor N: their target’s country is not known."
    ),
    "partial": gettext_noop(
        "These count in N and not in n: no known investor is from %(investor)s, and their source"
        " names only some of the investors."
    ),
    "undisclosed": gettext_noop("These belong to the flow; their amount is not disclosed."),
    "range": gettext_noop("These belong to the flow; their amount is known only as a range."),
    "not_convertible": gettext_noop(
        "These belong to the flow; their amount cannot be converted into %(currency)s."
    ),
    "as_target": gettext_noop("These belong to the flow; the organization is their target."),
    "as_investor": gettext_noop(
        "These belong to the flow; the organization is among the investors it is about."
    ),
    "unnamed": gettext_noop(
        "These belong to the flow; their sources do not name every investor it is about."
    ),
    "no_sector": gettext_noop("These belong to the flow; their sector is not stated."),
    "no_round": gettext_noop("These belong to the flow; their type of round is not stated."),
    "no_country": gettext_noop("These belong to the flow; no country of their investors is known."),
    "no_target_country": gettext_noop(
        "These belong to the flow; their target’s country is not known."
    ),
    "no_date": gettext_noop("These belong to the flow; their date is not known."),
    "with_amount": gettext_noop("These belong to the flow; an amount or a range is stated."),
    "all_known": gettext_noop(
        "These belong to the flow; every investor is named, and the country of each is known."
    ),
    "two_sources": gettext_noop("These belong to the flow; two sources or more stand behind them."),
    "several_years": gettext_noop(
        "These belong to the flow; their date spans several years, so no single year has them."
    ),
    "several_quarters": gettext_noop(
        "These belong to the flow; their date spans several quarters, so no single quarter has"
        " them."
    ),
    "several_months": gettext_noop(
        "These belong to the flow; their date spans several months, so no single month has them."
    ),
}


def behind(query: FlowQuery, wanted: Wanted, scope: Scope) -> Behind:
    """The title of the list and the sentence under it."""
    said = EXPLAINED.get(wanted.place or "flow", "")
    words = {
        "investor": place_name(query.investor, LOCAL.country, either),
        "target": place_name(query.target, LOCAL.country, either),
        "currency": query.currency,
    }
    return Behind(_title(query, wanted), _(said) % words if said else "")


def _title(query: FlowQuery, wanted: Wanted) -> str:
    words = {
        "investor": short(query.investor, ""),
        "target": short(query.target, ""),
        "when": window_phrase(query),
        "q": wanted.q,
    }
    if query.investor and query.target:
        title = _("Deals %(investor)s → %(target)s") % words
    elif query.investor:
        title = _("Deals with an investor from %(investor)s") % (
            words | {"investor": origin(query)}
        )
    elif query.target:
        title = _("Deals into %(target)s") % words
    else:
        title = _("Deals")
    if any(query.window):
        title = _("%(title)s, %(when)s") % (words | {"title": title})
    if wanted.q:
        title = _("%(title)s matching “%(q)s”") % (words | {"title": title})
    return title
