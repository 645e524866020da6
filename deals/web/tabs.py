"""The charts of a question as tabs: one is open, and only that one is computed."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from deals.flows import links
from deals.flows.answer import kept
from deals.flows.before import around, dated_counts, seen_on
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.flows.scope import Scope
from deals.pictures.registry import DEFAULT_TAB, TABS, picture
from deals.web.compared import COMPARED_KINDS, around_event, events_of

PARAMETER = "tab"
EVENTS_TAB = "events"


@dataclass(frozen=True, slots=True)
class TabLink:
    code: str
    title: str
    page: str
    current: bool


def read_tab(values: QueryDict) -> str:
    """The code of the open tab; raises `BadParameters`."""
    given = [text.strip().lower() for text in values.getlist(PARAMETER) if text.strip()]
    if not given:
        return DEFAULT_TAB
    if len(given) > 1 or given[0] not in titles():
        allowed = ", ".join(titles())
        message = _("This must be one of: %(codes)s.") % {"codes": allowed}
        raise BadParameters([Problem(PARAMETER, message)])
    return given[0]


def page(query: FlowQuery, tab: str, **more: str) -> str:
    """The address of the page with a tab; the first one is not written."""
    return links.address("/flows/", query, **{PARAMETER: "" if tab == DEFAULT_TAB else tab}, **more)


def titles() -> dict[str, str]:
    """Every tab with its title, in order: the charts, and the table of policy events."""
    return {one.code: str(one.title) for one in TABS.values()} | {EVENTS_TAB: _("Policy events")}


def tab_context(query: FlowQuery, tab: str, scope: Scope) -> dict[str, Any]:
    """The row of tabs and what the open one shows; asked inside the caller's snapshot."""
    tabs = {
        "tabs": [
            TabLink(code, title, page(query, code), code == tab) for code, title in titles().items()
        ],
        "tab": tab,
        "default_tab": DEFAULT_TAB,
    }
    if tab == EVENTS_TAB:
        base = links.address("", query).removeprefix("?")
        return tabs | {"base": base} | events_context(query, scope)
    return tabs | picture_context(query, tab, scope)


def picture_context(query: FlowQuery, code: str, scope: Scope) -> dict[str, Any]:
    """What `parts/picture.html` needs of one chart."""
    drawn, _scope = picture(code, query, scope)
    return {"picture": drawn, "base": links.address("", query).removeprefix("?")}


def events_context(
    query: FlowQuery, scope: Scope, kinds: Collection[str] = COMPARED_KINDS
) -> dict[str, Any]:
    """Equal spans before and after each policy event, and the events that come too late."""
    events = events_of(query, kinds)
    days = [event.date for event in events]

    def compute() -> list[dict[str, Any]]:
        dated = dated_counts(query, scope)
        return [around(query, scope, dated, day) for day in days]

    # The events are no part of the ledger, so their days are part of the question.
    spans = kept(f"around {','.join(map(str, days))}", query, scope, compute)
    rows = [around_event(event, found) for event, found in zip(events, spans, strict=True)]
    return {
        "around": rows,
        "too_late": [row for row in rows if row.comparison is None],
        "seen_on": seen_on(query, scope),
    }
