"""Every chart of the explorer by its code: which answers it needs, and how it is drawn."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from deals import wording
from deals.flows.answer import snapshot
from deals.flows.asked import answered
from deals.flows.events import policy_events
from deals.flows.network import around
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope, resolve
from deals.pictures import diagram, matrix, network, ranked, stages, time, worldmap
from deals.pictures.picture import Picture

EVENTS = "events"
BACK = "series-back"
NETWORK = "network"
# Whose networks are offered where the question names nobody.
LEADING = "top-investors"
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
        Tab(
            "countries",
            gettext_lazy("Countries"),
            ("top-countries", "top-target-countries"),
            ranked.countries,
        ),
        Tab("sectors", gettext_lazy("Sectors"), ("top-sectors",), ranked.sectors),
        Tab("rounds", gettext_lazy("Rounds"), ("top-rounds",), stages.rounds),
        Tab(
            "organizations",
            gettext_lazy("Investors"),
            ("top-investors", "top-targets"),
            ranked.organizations,
        ),
        Tab("map", gettext_lazy("Map"), ("top-countries", "top-target-countries"), worldmap.draw),
        Tab("diagram", gettext_lazy("Flow diagram"), ("diagram",), diagram.draw),
        Tab("matrix", gettext_lazy("Matrix"), ("matrix",), matrix.draw),
        Tab("network", gettext_lazy("Network"), (NETWORK,), network.draw),
    )
}


def picture(code: str, query: FlowQuery, scope: Scope | None = None) -> tuple[Picture, Scope]:
    """Ask what the chart `code` needs, and draw it; raises `BadParameters`.

    A page that looked up the question's scope gives it, and holds the snapshot.
    """
    answers, found = answers_for(code, query, scope)
    return replace(TABS[code].draw(query, answers), seq=found.change_seq), found


def answers_for(
    code: str, query: FlowQuery, scope: Scope | None = None
) -> tuple[dict[str, Any], Scope]:
    """The answers of a chart by name, all from one snapshot; raises `BadParameters`.

    For a network of nobody also those who may be asked for; for the chart over time also the other
    direction and the policy events of its years.
    """
    with snapshot():
        scope = scope or resolve(query)
        answers: dict[str, Any] = {
            name: around(query, scope) if name == NETWORK else answered(name, query, scope)
            for name in TABS[code].questions
        }
        if code == NETWORK and answers[NETWORK]["center"] is None:
            answers[LEADING] = answered(LEADING, query, scope)
        if code == "time":
            other = time.reverse(query)
            if other is not None:
                # Only the sides differ, so the scope is the same.
                answers[BACK] = answered("series", other, scope)
            answers[EVENTS] = _events(query, [answers["series"], answers.get(BACK)])
    return answers, scope


def _events(query: FlowQuery, series: Iterable[dict[str, Any] | None]) -> list[dict[str, Any]]:
    """Events from the places that the question is about, and from those it compares with."""
    years = [int(row["period"]) for one in series if one for row in one["rows"]]
    if not years:
        return []
    codes = wording.countries_of(query.investor_side) | wording.countries_of(query.target_side)
    codes |= set(query.compare)
    if codes & wording.EU_MEMBERS:
        codes |= {"EU"}
    return policy_events(min(years), max(years), codes)
