"""A period beside another one, as sentences: the time before the window, and around an event."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals import wording
from deals.flows.definition import window_phrase
from deals.flows.query import FlowQuery
from deals.models import PolicyEvent
from deals.templatetags.formats import day, deal_date, number, percent

# Rules that may move investment; single decisions, summits and memberships are on the axis only.
COMPARED_KINDS = ("outbound", "export control", "screening", "rule", "strategy")
YEAR_DIGITS, DAY_DIGITS = 4, 10


@dataclass(frozen=True, slots=True)
class Side:
    """One period: its words, n of N, and where to look at it."""

    period: str
    n: int
    N: int
    share: str | None
    share_max: str | None
    deals: str
    counted: str
    page: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two periods and the sentence between them; without both, only the sentence says why."""

    earlier: Side | None
    later: Side | None
    sentence: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class AroundEvent:
    """A policy event with the spans before and after it; None where the data end too early."""

    day: date
    jurisdiction: str
    title: str
    comparison: Comparison | None


def side(row: Mapping[str, Any]) -> Side:
    names = ("n", "N", "share", "share_max", "deals", "counted", "page")
    return Side(_period(row["from"], row["to"]), *(row[name] for name in names))


def _period(first: str, last: str) -> str:
    """ "in 2017–2019" for years; days and months are written out, so that a column reads alike."""
    if len(first) == len(last) == YEAR_DIGITS:
        return window_phrase(FlowQuery(from_=first, to=last))
    return f"{_date(first)} – {_date(last)}"


def _date(written: str) -> str:
    if len(written) == DAY_DIGITS:
        return day(written)
    precision = "year" if len(written) == YEAR_DIGITS else "month"
    return deal_date({"first": f"{written}-01"[:DAY_DIGITS], "last": "", "precision": precision})


def before_window(found: Mapping[str, Any] | None) -> Comparison | None:
    """The block of `deals.flows.before.before`; None where no window has both ends."""
    if found is None:
        return None
    earlier, later = side(found["earlier"]), side(found["later"])
    reason = _reason(found)
    if reason:
        return Comparison(None, later, reason, found["instead"] or "")
    return Comparison(earlier, later, _moved(earlier, later, found))


def around_event(event: PolicyEvent, found: Mapping[str, Any]) -> AroundEvent:
    """The block of `deals.flows.before.around` for one event."""
    comparison = None
    if found["why_not"] != "not_yet":
        earlier, later = side(found["earlier"]), side(found["later"])
        comparison = Comparison(earlier, later, _reason(found) or _moved(earlier, later, found))
    return AroundEvent(event.date, event.jurisdiction, _(event.title), comparison)


def _reason(found: Mapping[str, Any]) -> str:
    """Why two periods are not compared; "" where they are."""
    match found["why_not"]:
        case "young":
            return _(
                "Not compared: deals are found late, and this needs data collected on %(day)s"
                " or later."
            ) % {"day": day(found["ripe_on"])}
        case "no_records":
            if not (since := found.get("records_from")):
                return _("Not compared: no deal is recorded for the time before.")
            return _(
                "Not compared: the first deal recorded here is of %(day)s, so the time before is"
                " not covered."
            ) % {"day": day(since)}
    return ""


def _moved(earlier: Side, later: Side, found: Mapping[str, Any]) -> str:
    """How the share, or where there is none the count, moved."""
    if found["change"] is None:
        return _counts_moved(earlier.n, later.n)
    change = Decimal(found["change"])
    points = abs(change * 100).quantize(Decimal("0.1"))
    words = {
        "before": percent(earlier.share),
        "after": percent(later.share),
        "points": number(points),
    }
    if not points:
        said = _("The share stayed at about %(after)s.") % words
    elif change > 0:
        said = (
            _("The share rose from %(before)s to %(after)s, by %(points)s percentage points.")
            % words
        )
    else:
        said = (
            _("The share fell from %(before)s to %(after)s, by %(points)s percentage points.")
            % words
        )
    if found["sure"] is False:
        unsure = _(
            "With unknown investors counted either way, the two ranges overlap, so this is not"
            " certain."
        )
        return f"{said} {unsure}"
    return said


def _counts_moved(earlier: int, later: int) -> str:
    difference = abs(later - earlier)
    if not (earlier or later):
        return _("No documented deal in either of them.")
    if not difference:
        return _("As many documented deals as before. A case list is no trend.")
    words = {"n": number(difference)}
    if later > earlier:
        said = ngettext(
            "%(n)s documented deal more than before. A case list is no trend.",
            "%(n)s documented deals more than before. A case list is no trend.",
            difference,
        )
    else:
        said = ngettext(
            "%(n)s documented deal fewer than before. A case list is no trend.",
            "%(n)s documented deals fewer than before. A case list is no trend.",
            difference,
        )
    return said % words


def events_of(query: FlowQuery, kinds: Collection[str]) -> Sequence[PolicyEvent]:
    """Events of the places that the question is about or compares with, oldest first."""
    codes = wording.countries_of(query.investor_side) | wording.countries_of(query.target_side)
    codes |= set(query.compare)
    if codes & wording.EU_MEMBERS:
        codes |= {"EU"}
    found = PolicyEvent.objects.filter(kind__in=kinds, jurisdiction__in=codes)
    return list(found.order_by("date"))
