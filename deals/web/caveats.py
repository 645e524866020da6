"""What a reader should know before quoting this number: written for this selection, not for all.

Each caveat is a condition on the answer and a sentence; the most important five are shown.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals.flows.definition import kinds_phrase
from deals.flows.query import EVER_COMPLETED, FlowQuery
from deals.rules.regions import side
from deals.templatetags.formats import money, number, percent
from deals.wording import origin

MOST = 5
SMALL = 20
Answer = Mapping[str, Any]
Caveat = Callable[[FlowQuery, Answer], str | None]


def _case_list(query: FlowQuery, answer: Answer) -> str | None:
    if answer["population"]["why_no_share"] is None:
        return None
    return _(
        "These are documented cases, collected because they cross the border. There may be more;"
        " their number is a lower bound and no share can be computed from them."
    )


def _unknown_investors(query: FlowQuery, answer: Answer) -> str | None:
    deals = answer["deals"]
    if not deals["unknown"] or deals["share"] is None:
        return None
    return ngettext(
        "In %(n)s deal the country of at least one investor is not known. If it had an investor"
        " from %(place)s, the share would be %(share)s.",
        "In %(n)s deals the country of at least one investor is not known. If all of these had an"
        " investor from %(place)s, the share would be %(share)s.",
        deals["unknown"],
    ) % {
        "n": number(deals["unknown"]),
        "place": origin(query),
        "share": percent(deals["share_max"]),
    }


def _partial_lists(query: FlowQuery, answer: Answer) -> str | None:
    deals = answer["deals"]
    if not deals["partial"]:
        return None
    words = {"n": number(deals["partial"]), "share": percent(deals["share_max_partial"])}
    if deals["share"] is None:
        return (
            ngettext(
                "The list of investors is partial for %(n)s deal outside the flow.",
                "The list of investors is partial for %(n)s deals outside the flow.",
                deals["partial"],
            )
            % words
        )
    return (
        ngettext(
            "The list of investors is partial for %(n)s deal outside the flow. Counting it in, the"
            " share would be %(share)s.",
            "The list of investors is partial for %(n)s deals outside the flow. Counting all of"
            " them in, the share would be %(share)s.",
            deals["partial"],
        )
        % words
    )


def _provisional(query: FlowQuery, answer: Answer) -> str | None:
    years = [str(row["year"]) for row in answer["by_year"] if row["provisional"] and row["N"]]
    if not years:
        return None
    return ngettext(
        "%(years)s is provisional: suppliers find deals late, so years younger than 24 months when"
        " the data were collected still grow. Do not read a fall there as a trend.",
        "%(years)s are provisional: suppliers find deals late, so years younger than 24 months"
        " when the data were collected still grow. Do not read a fall there as a trend.",
        len(years),
    ) % {"years": years[0] if len(years) == 1 else f"{years[0]}–{years[-1]}"}


def _undisclosed(query: FlowQuery, answer: Answer) -> str | None:
    n, amount = answer["deals"]["n"], answer["amount"]
    if not n or amount["disclosed_n"] == n or amount["low"] is None:
        return None
    return ngettext(
        "The amount is disclosed for %(known)s of %(n)s deal. Undisclosed is not zero: the value is"
        " a lower bound for all of them together.",
        "The amount is disclosed for %(known)s of %(n)s deals. Undisclosed is not zero: the value"
        " is a lower bound for all of them together.",
        n,
    ) % {"known": number(amount["disclosed_n"]), "n": number(n)}


def _whole_rounds(query: FlowQuery, answer: Answer) -> str | None:
    high = answer["amount"]["high"]
    if not answer["amount"]["disclosed_n"] or high is None:
        return None
    return _(
        "The high end (%(value)s) is the full value of deals that involve %(place)s, not money that"
        " came from there."
    ) % {
        "value": money(high, query.currency),
        "place": origin(query) if query.investor else _("such investors"),
    }


def _few(query: FlowQuery, answer: Answer) -> str | None:
    n = answer["deals"]["n"]
    if not 0 < n < SMALL or answer["deals"]["share"] is None:
        return None
    return ngettext(
        "With %(n)s deal, one deal more or less moves the share visibly.",
        "With %(n)s deals, one deal more or less moves the share visibly.",
        n,
    ) % {"n": number(n)}


def _beside(query: FlowQuery, answer: Answer) -> str | None:
    deals = answer["deals"]
    count = deals["too_coarse"] + deals["undated"] + deals["unknown_target"]
    if not count:
        return None
    return ngettext(
        "Beside the numbers stands %(n)s deal that may belong here: the date is missing or too"
        " coarse for the window, or the target’s country is not known.",
        "Beside the numbers stand %(n)s deals that may belong here: the date is missing or too"
        " coarse for the window, or the target’s country is not known.",
        count,
    ) % {"n": number(count)}


def _status(query: FlowQuery, answer: Answer) -> str | None:
    if query.status == (EVER_COMPLETED,):
        return None
    return _("The selection includes deals that were never completed; default totals do not.")


def _several_kinds(query: FlowQuery, answer: Answer) -> str | None:
    if len(query.kind) == 1 and query.kind != ("all",):
        return None
    return _("This joins %(kinds)s; values of different kinds are never added.") % {
        "kinds": kinds_phrase(query)
    }


def _dated_region(query: FlowQuery, answer: Answer) -> str | None:
    if not (query.investor_side.dated or query.target_side.dated):
        return None
    return _(
        "Membership is looked up on each deal’s date: the United Kingdom is in the European Union"
        " until 31 January 2020."
    )


def _hong_kong_investors(query: FlowQuery, answer: Answer) -> str | None:
    beside = answer["with_hk_mo"]
    if beside is None or beside["n"] == answer["deals"]["n"] or "HK" in side(query.investor).always:
        return None
    return ngettext(
        "Counting Hong Kong and Macao with China, the count is %(n)s deal.",
        "Counting Hong Kong and Macao with China, the count is %(n)s deals.",
        beside["n"],
    ) % {"n": number(beside["n"])}


def _attribution(query: FlowQuery, answer: Answer) -> str | None:
    if query.attribution != "ultimate":
        return None
    return _("Owners are known for some investors only; the others count by their own country.")


CAVEATS: tuple[Caveat, ...] = (
    _case_list,
    _unknown_investors,
    _provisional,
    _status,
    _several_kinds,
    _attribution,
    _dated_region,
    _few,
    _undisclosed,
    _whole_rounds,
    _partial_lists,
    _beside,
    _hong_kong_investors,
)


def caveats(query: FlowQuery, answer: Answer) -> list[str]:
    """At most five sentences, the weightiest first."""
    found = (caveat(query, answer) for caveat in CAVEATS)
    return [sentence for sentence in found if sentence][:MOST]
