"""Every chart of the explorer by its code: which answers it needs, and how it is drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from deals import wording
from deals.flows.answer import snapshot
from deals.flows.asked import ask, ask_all
from deals.flows.events import policy_events
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope
from deals.pictures import time
from deals.pictures.picture import Picture

EVENTS = "events"
BACK = "series-back"
DEFAULT_TAB = "time"


@dataclass(frozen=True, slots=True)
class Tab:
    """`questions` are names of `deals.flows.asked`; `draw` is pure and gets the answers by name."""

    code: str
    title: Promise
    questions: tuple[str, ...]
    draw: Callable[[FlowQuery, Mapping[str, Any]], Picture]


TABS: dict[str, Tab] = {
    tab.code: tab
    for tab in (
        Tab("time", gettext_lazy("Over time"), ("series",), time.draw),
    )
}  # fmt: skip


def picture(code: str, query: FlowQuery) -> tuple[Picture, Scope]:
    """Ask what the chart `code` needs, and draw it; raises `BadParameters`."""
    answers, scope = answers_for(code, query)
    return TABS[code].draw(query, answers), scope


def answers_for(code: str, query: FlowQuery) -> tuple[dict[str, Any], Scope]:
    """The answers of a chart by name, all from one snapshot; raises `BadParameters`.

    For the chart over time also the other direction and the policy events of its years.
    """
    with snapshot():
        found, scope = ask_all(TABS[code].questions, query)
        answers: dict[str, Any] = dict(found)
        if code == "time":
            other = time.reverse(query)
            if other is not None:
                answers[BACK], _scope = ask("series", other)
            answers[EVENTS] = _events(query, answers["series"]["rows"])
    return answers, scope


def _events(query: FlowQuery, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events from the places that the question is about, and from those it compares with."""
    if not rows:
        return []
    codes = wording.countries_of(query.investor_side) | wording.countries_of(query.target_side)
    codes |= set(query.compare)
    if codes & wording.EU_MEMBERS:
        codes |= {"EU"}
    first, last = (int(row["period"]) for row in (rows[0], rows[-1]))
    return policy_events(first, last, codes)
