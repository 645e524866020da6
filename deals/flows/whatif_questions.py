"""The headline questions, and how one of them is told before and after a change."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from deals.flows import links
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope
from deals.models import Population
from deals.rules.counting import share
from deals.rules.regions import swap_china

Counts = dict[str, Any]
# The two ways and the two windows of the home page and of `manage.py headline`.
WAYS = (
    (gettext_noop("Europe → China"), FlowQuery(investor=("europe",), target=("CN",))),
    (gettext_noop("China → Europe"), FlowQuery(investor=("CN",), target=("europe",))),
)
WINDOWS = ((gettext_noop("all years"), "", ""), ("2017–2022", "2017", "2022"))
# The key of a population that is not there yet; sequences begin at 1.
NOT_MADE = 0


@dataclass(frozen=True, slots=True)
class Question:
    """One headline question. `is_new`: about a population that an import would make."""

    title: str
    query: FlowQuery
    scope: Scope
    is_new: bool


def questions(scope: Scope, populations: Iterable[Population | None]) -> Iterator[Question]:
    """Each way and window inside each population; None is the case list."""
    for inside in populations:
        for way, query in WAYS:
            for window, first, last in WINDOWS:
                yield Question(
                    f"{way}, funding rounds, {window}",
                    query.but(from_=first, to=last, population=inside.code if inside else ""),
                    replace(scope, population=inside),
                    inside is not None and inside.pk == NOT_MADE,
                )


def with_hk_mo(query: FlowQuery) -> FlowQuery:
    """The question with Hong Kong and Macao on China's side (rule 11)."""
    sides = {
        name: swapped.codes
        for name, asked in (("investor", query.investor_side), ("target", query.target_side))
        if (swapped := swap_china(asked, with_hk_mo=True)) is not None
    }
    return query.but(**sides)


def counts(n: int, N: int, scope: Scope) -> Counts:
    """A share has a meaning only inside a population."""
    return {"n": n, "N": N, "share": share(n, N) if scope.population else None}


def row(
    question: Question,
    before: tuple[Counts, Counts],
    after: tuple[Counts, Counts],
    moves: tuple[int, int],
) -> dict[str, Any]:
    """A question as plain JSON: its counts and those with Hong Kong and Macao, on both sides."""
    return {
        "title": question.title,
        "population": question.query.population or None,
        "before": None if question.is_new else before[0],
        "after": after[0],
        "with_hk_mo": {"before": None if question.is_new else before[1], "after": after[1]},
        **moved(moves),
        "page": links.page(question.query),
    }


def moved(moves: tuple[int, int]) -> dict[str, int]:
    """How many deals enter and leave."""
    return {"enter_flow": moves[0], "leave_flow": moves[1]}


@contextmanager
def one_snapshot() -> Iterator[None]:
    """One view of the database for both answers; inside a transaction, that one's."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Not READ ONLY as for readers: that would forbid temporary tables, too.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SET LOCAL jit = off")
        yield
