"""Every question by its name, asked in one snapshot and kept until the ledger moves."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from deals.flows.answer import kept, snapshot
from deals.flows.diagram import diagram
from deals.flows.matrix import matrix
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope, resolve
from deals.flows.series import series
from deals.flows.share import flow_share
from deals.flows.top import top_countries, top_rounds, top_sectors, top_target_countries
from deals.flows.top_organizations import top_investors, top_targets

Answer = dict[str, Any]
Question = Callable[[FlowQuery, Scope], Answer]

QUESTIONS: dict[str, Question] = {
    "share": flow_share,
    "series": series,
    "series-quarter": partial(series, by="quarter"),
    "series-month": partial(series, by="month"),
    "top-investors": top_investors,
    "top-targets": top_targets,
    "top-sectors": top_sectors,
    "top-countries": top_countries,
    "top-target-countries": top_target_countries,
    "top-rounds": top_rounds,
    "matrix": matrix,
    "diagram": diagram,
}


def ask(name: str, query: FlowQuery) -> tuple[Answer, Scope]:
    """The answer to one question of `QUESTIONS`.

    Raises `BadParameters` when a code in the question is not there, KeyError for another name.
    """
    answers, scope = ask_all([name], query)
    return answers[name], scope


def share_answer(query: FlowQuery) -> tuple[Answer, Scope]:
    """The answer to the product's first question; raises as `ask` does."""
    return ask("share", query)


def ask_all(names: Iterable[str], query: FlowQuery) -> tuple[dict[str, Answer], Scope]:
    """Several questions about one state of the ledger; raises as `ask` does."""
    with snapshot():
        scope = resolve(query)
        return {name: answered(name, query, scope) for name in names}, scope


def answered(name: str, query: FlowQuery, scope: Scope, **more: Any) -> Answer:
    """One answer, kept; for callers that have a snapshot. `more` are arguments of the question."""
    question = partial(QUESTIONS[name], **more)
    found: Answer = kept(title_of(name, more), query, scope, lambda: question(query, scope))
    return found


def title_of(name: str, more: dict[str, Any]) -> str:
    """A question with its arguments, as caches tell it from others."""
    return " ".join([name, *(f"{key}={value}" for key, value in sorted(more.items()))])
