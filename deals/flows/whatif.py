"""What would an import do to the headline shares? Answered before anything of it is published."""

import logging
import tomllib
from collections.abc import Sequence
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction

from deals.flows.conditions import COUNTED, placed
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope, resolve
from deals.flows.whatif_questions import (
    NOT_MADE,
    Counts,
    Question,
    counts,
    moved,
    one_snapshot,
    questions,
    row,
    with_hk_mo,
)
from deals.flows.wouldbe import as_if_published
from deals.models import ImportRun, Population

logger = logging.getLogger(__name__)

NOT_COMPUTED = (
    "What this import would change could not be computed from what is staged; the import itself"
    " is not affected."
)

MEMBERS = """
CREATE TEMPORARY TABLE whatif_flow (question int, afterwards bool, deal_id bigint) ON COMMIT DROP
"""
PLACES = """
WITH placed AS MATERIALIZED (SELECT deal_id, place FROM ({placed}) every),
flow AS (
    INSERT INTO whatif_flow
    SELECT %(question)s, %(afterwards)s, deal_id FROM placed
    WHERE place = 'flow' AND %(question)s IS NOT NULL
)
SELECT place, count(*) FROM placed GROUP BY place
"""
# A row a question, and one without a number for all of them, where each deal counts once.
MOVES = """
SELECT question, count(DISTINCT deal_id) FILTER (WHERE NOT was),
       count(DISTINCT deal_id) FILTER (WHERE NOT will_be)
FROM (
    SELECT question, deal_id, bool_or(NOT afterwards) AS was, bool_or(afterwards) AS will_be
    FROM whatif_flow GROUP BY question, deal_id
) f GROUP BY GROUPING SETS ((question), ())
"""


def impact(run_id: int, *, population: str | None) -> dict[str, Any]:
    """The headline questions before and after an import, as plain JSON.

    `population` is the code that the import's profile declares. Reads what is staged as created or
    updated, so it can be asked at any time between staging and publication.

    Returns {"seq": head of the ledger, "questions": […], "deals": {"enter_flow", "leave_flow"}}. A
    question has "title", "population" (code, null for the case list), "before" and "after" (each
    {"n", "N", "share"}; null before a population exists), "with_hk_mo" (the same two with Hong
    Kong and Macao on China's side, rule 11), "enter_flow" and "leave_flow" (numbers of deals), and
    "page". Questions about nothing are left out. In "deals" each deal counts once, however many
    flows it enters.

    Odd data raises nothing: then "problem" says so in a sentence and there are no questions.
    """
    with one_snapshot():
        scope = resolve(FlowQuery())
        nothing = {"enter_flow": 0, "leave_flow": 0}
        answer: dict[str, Any] = {"seq": scope.head, "questions": [], "deals": nothing}
        try:
            with transaction.atomic():
                return answer | _weigh(run_id, scope, _population(run_id, population))
        except (DataError, IntegrityError):
            logger.exception("The impact of import %s could not be computed", run_id)
            return answer | {"problem": NOT_COMPUTED}


def _population(run_id: int, code: str | None) -> Population | None:
    """The population of that code, or one that is never saved and stands for it."""
    if not code:
        return None
    found = Population.objects.filter(code=code).first()
    invented = found is None and _is_invented(run_id)
    return found or Population(pk=NOT_MADE, code=code, title=code, generated=invented)


def _is_invented(run_id: int) -> bool:
    """Whether the import's profile calls its population generated: the case list ignores it."""
    text = ImportRun.objects.filter(pk=run_id).values_list("profile", flat=True).first()
    try:
        declared = tomllib.loads(text or "").get("population", {})
        return declared.get("generated") is True
    except (tomllib.TOMLDecodeError, AttributeError):
        return False


def _weigh(run_id: int, scope: Scope, population: Population | None) -> dict[str, Any]:
    asked = list(questions(scope, dict.fromkeys((population, None))))
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS)
        before = _ask(asked, afterwards=False)
        with as_if_published(run_id, population, seq=scope.head + 1):
            after = _ask(asked, afterwards=True)
        cursor.execute(MOVES)
        moves = {number: (enter, leave) for number, enter, leave in cursor}
        cursor.execute("DROP TABLE pg_temp.whatif_flow")
    rows = [
        row(question, before[number], after[number], moves.get(number, (0, 0)))
        for number, question in enumerate(asked)
    ]
    return {
        "questions": [one for one in rows if _is_about_something(one)],
        "deals": moved(moves.get(None, (0, 0))),
    }


def _ask(asked: Sequence[Question], *, afterwards: bool) -> list[tuple[Counts, Counts]]:
    """For each question its counts, and those with Hong Kong and Macao."""
    return [
        (
            _counts(question.query, question.scope, number, afterwards),
            _counts(with_hk_mo(question.query), question.scope, None, afterwards),
        )
        for number, question in enumerate(asked)
    ]


def _counts(query: FlowQuery, scope: Scope, number: int | None, afterwards: bool) -> Counts:
    """n of N, and the deals of the flow noted under the question's number, if it has one."""
    sql = placed(query, scope)
    params = sql.params | {"question": number, "afterwards": afterwards}
    with connection.cursor() as cursor:
        cursor.execute(PLACES.format(placed=sql.text()), params)
        places: dict[str, int] = dict(cursor.fetchall())
    n, N = places.get("flow", 0), sum(places.get(place, 0) for place in COUNTED)
    return counts(n, N, scope)


def _is_about_something(told: dict[str, Any]) -> bool:
    """Whether any deal is counted, before or after, with or without Hong Kong and Macao."""
    pairs = ((told["before"], told["after"]), told["with_hk_mo"].values())
    return any(side and side["N"] for pair in pairs for side in pair)
