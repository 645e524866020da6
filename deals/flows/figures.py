"""Published figures beside ours: what others counted, and what the same question gives here.

All questions go to the database together, so a page of ninety figures costs two statements. A
published figure is about the world; it is never held against generated data.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from deals.flows.answer import kept, snapshot
from deals.flows.conditions import COUNTED
from deals.flows.cube import BAND, CELLS, STATED, Cell, Cube
from deals.flows.definitions import question
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.flows.scope import Scope, resolve
from deals.flows.together import placed_as
from deals.models import PublishedFigure
from deals.rules.regions import REGIONS

EUROPE = frozenset(
    member.country for code in ("europe", "eu28", "efta") for member in REGIONS[code].members
)
CHINA = frozenset(member.country for member in REGIONS["greater-china"].members)
PLAIN = tuple(item.name for item in fields(Cell))[:-1]


@dataclass(frozen=True, slots=True)
class Ours:
    """Our answer to a figure's question. The flow's cells give n, the counted ones N."""

    query: FlowQuery
    cells: Cube
    companies: int
    investors: int

    @property
    def n(self) -> int:
        return self.cells.at("flow").count()

    @property
    def N(self) -> int:
        return self.cells.at(*COUNTED).count()

    @property
    def covered(self) -> bool:
        """Whether the register collects what is asked for: deals between Europe and China."""
        sides = (self.query.investor_side, self.query.target_side)
        given = [side.always | {member.country for member in side.dated} for side in sides]
        if not all(given):
            return False
        investor, target = given
        return (investor <= EUROPE and target <= CHINA) or (investor <= CHINA and target <= EUROPE)


@dataclass(frozen=True, slots=True)
class Compared:
    """One published figure; `ours` is None where no question can answer it."""

    figure: PublishedFigure
    ours: Ours | None


def figures(population: str = "", release: str = "") -> tuple[list[Compared], Scope]:
    """Every published figure with our answer, in the case list or inside one real population.

    With a release our answers are those of its point of the ledger. Raises `BadParameters` for a
    release or population that is not there, and for one that was generated.
    """
    with snapshot():
        scope = resolve(FlowQuery(population=population, release=release))
        if scope.population and scope.population.generated:
            message = _(
                "This population was generated; published figures are not compared with it."
            )
            raise BadParameters([Problem("population", message)])
        published = list(PublishedFigure.objects.all())
        questions = {
            figure.query: question(figure.query).but(population=population, release=release)
            for figure in published
            if figure.query
        }
        answers = _kept(questions, scope)
    return [Compared(figure, answers.get(figure.query)) for figure in published], scope


def _kept(questions: dict[str, FlowQuery], scope: Scope) -> dict[str, Ours]:
    if not questions:
        return {}
    texts = sorted(questions)
    mark = hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:16]
    queries = [questions[text] for text in texts]
    whole = FlowQuery(population=queries[0].population, release=queries[0].release)
    found: list[Ours] = kept(f"figures:{mark}", whole, scope, lambda: answers(queries, scope))
    return dict(zip(texts, found, strict=True))


BANDS = f"valued AS ({BAND}{STATED}) {CELLS} FROM valued f GROUP BY year, kind, place"
SIDES = """
flow AS (SELECT * FROM placed WHERE place = 'flow')
SELECT (SELECT count(DISTINCT target_id) FROM flow) AS companies,
       (SELECT count(DISTINCT t.investor)
        FROM flow f, unnest(f.parts, f.investors) AS t(p, investor)
        WHERE string_to_array(t.p, '+')::varchar[] && f.investor_members) AS investors
"""


def answers(queries: Sequence[FlowQuery], scope: Scope) -> list[Ours]:
    """Our answer to each question, in order; two statements however many there are."""
    cells: list[list[Cell]] = [[] for _ in queries]
    for number, *row in _together(queries, scope, BANDS):
        cells[number].append(Cell(**dict(zip(PLAIN, row, strict=True))))
    sides = {number: counts for number, *counts in _together(queries, scope, SIDES)}
    return [
        Ours(query, Cube(tuple(cells[number])), *sides[number])
        for number, query in enumerate(queries)
    ]


def _together(queries: Sequence[FlowQuery], scope: Scope, rest: str) -> list[tuple[Any, ...]]:
    """`rest` over the placed rows of every question; each row begins with the question's number."""
    branches: list[str] = []
    params: dict[str, Any] = {}
    for number, query in enumerate(queries):
        text, given = placed_as(query, scope, f"q{number}")
        branches.append(f"SELECT {number}, a.* FROM (WITH placed AS ({text}), {rest}) a")
        params |= given
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(branches), params)
        return cursor.fetchall()
