"""What would these deals do to the headline shares, if they were as somebody proposes?

The numbers of today come from the cells of added-up facts, and what moves from the few deals that
are near (`deals.flows.wouldbe_versions`), so the size of the register does not matter.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from deals.flows.conditions import COUNTED, placed
from deals.flows.query import FlowQuery
from deals.flows.rollup import places
from deals.flows.scope import Scope, resolve
from deals.flows.whatif_questions import (
    Counts,
    Question,
    counts,
    moved,
    one_snapshot,
    questions,
    row,
    with_hk_mo,
)
from deals.flows.wouldbe_versions import neighbourhood
from deals.models import DealFact, Population
from deals.models.bundles import Bundle, load
from deals.models.facts import fact_row

logger = logging.getLogger(__name__)

NOT_COMPUTED = gettext_noop(
    "What this would change in the headline shares could not be computed; the proposal itself is"
    " not affected."
)
Places = dict[int, str]


@dataclass(frozen=True, slots=True)
class Move:
    """Where the near deals stand in one question, as it is and as it would be."""

    was: Places
    will_be: Places

    @property
    def touches(self) -> bool:
        """Whether any of them is counted at all."""
        return any(place in COUNTED for side in (self.was, self.will_be) for place in side.values())

    def after(self, before: dict[str, int]) -> Counter[str]:
        """The numbers of deals in each place, the near ones taken out and put in again."""
        found = Counter(before)
        found.subtract(self.was.values())
        found.update(self.will_be.values())
        return found

    @property
    def entering(self) -> set[int]:
        """Deals that the flow gains."""
        return _flow(self.will_be) - _flow(self.was)

    @property
    def leaving(self) -> set[int]:
        """Deals that the flow loses."""
        return _flow(self.was) - _flow(self.will_be)


def impact_of_versions(ids: Sequence[int], *, gone: Collection[int] = ()) -> dict[str, Any]:
    """Like `impact_of_bundles`, for versions that wait for a decision."""
    with one_snapshot():
        return impact_of_bundles(load(ids), gone=gone)


def impact_of_bundles(bundles: Sequence[Bundle], *, gone: Collection[int] = ()) -> dict[str, Any]:
    """The headline questions before and after, were these the live versions of their deals.

    `gone` are ids of deals that would leave the register (retracted, or merged into another).
    Returns what `deals.flows.whatif.impact` does, and besides "moves" (whether any number changes)
    and "at" (when, ISO 8601). Questions in which none of the deals is counted are left out. Nothing
    is written. Where it cannot be computed, "problem" says so in a sentence.
    """
    with one_snapshot():
        scope = resolve(FlowQuery())
        answer: dict[str, Any] = {
            "seq": scope.head,
            "at": timezone.now().isoformat(timespec="seconds"),
            "questions": [],
            "deals": moved((0, 0)),
            "moves": False,
        }
        try:
            with transaction.atomic(), _limited():
                return answer | _weigh(bundles, gone, scope)
        except (DataError, IntegrityError, OperationalError):
            logger.exception("The impact of %s versions could not be computed", len(bundles))
            return answer | {"problem": NOT_COMPUTED}


class _limited:
    """No statement inside takes longer than a reader's question may."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            (self._was,) = cursor.fetchone()
            _set_timeout(str(int(settings.QUESTION_MAX_SECONDS * 1000)))

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            _set_timeout(self._was)


def _set_timeout(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [value])


def _weigh(bundles: Sequence[Bundle], gone: Collection[int], scope: Scope) -> dict[str, Any]:
    today = timezone.now().date()
    rows = [fact_row(bundle, today=today) for bundle in bundles]
    deals = {bundle.version["deal_id"] for bundle in bundles} | set(gone)
    inside = {bundle.version["population_id"] for bundle in bundles}
    asked = list(questions(scope, _populations(deals, inside)))
    found = list(enumerate(_moves(asked, rows, gone, scope)))
    told = [
        _told(asked[number], pair) for number, pair in found if any(one.touches for one in pair)
    ]
    plain = [pair[0] for _, pair in found]
    enter: set[int] = set().union(*(move.entering for move in plain))
    leave: set[int] = set().union(*(move.leaving for move in plain))
    return {
        "questions": told,
        "deals": moved((len(enter), len(leave))),
        "moves": any(_changes(one) for one in told),
    }


def _populations(deals: Collection[int], proposed: Iterable[int | None]) -> list[Population | None]:
    """Those that the deals are in, or would be, and then the case list."""
    live = DealFact.objects.filter(
        deal__in=deals, published_seq__isnull=False, superseded_seq__isnull=True
    )
    ids = {pk for pk in (*proposed, *live.values_list("population_id", flat=True)) if pk}
    found = Population.objects.filter(pk__in=ids).order_by("code") if ids else ()
    return [*found, None]


def _moves(
    asked: Sequence[Question], rows: Sequence[Any], gone: Collection[int], scope: Scope
) -> list[tuple[Move, Move]]:
    """For each question its move, and the one with Hong Kong and Macao."""
    both = [(one.query, with_hk_mo(one.query)) for one in asked]
    with neighbourhood(rows, gone, seq=scope.head + 1) as near:
        was = _places(asked, both)
        near.change()
        will_be = _places(asked, both)
    return [
        (Move(before[0], after[0]), Move(before[1], after[1]))
        for before, after in zip(was, will_be, strict=True)
    ]


def _places(
    asked: Sequence[Question], both: Sequence[tuple[FlowQuery, FlowQuery]]
) -> list[tuple[Places, Places]]:
    return [
        (_placed(plain, one.scope), _placed(wide, one.scope))
        for one, (plain, wide) in zip(asked, both, strict=True)
    ]


def _placed(query: FlowQuery, scope: Scope) -> Places:
    sql = placed(query, scope)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT deal_id, place FROM ({sql.text()}) every", sql.params)
        return dict(cursor.fetchall())


def _told(question: Question, pair: tuple[Move, Move]) -> dict[str, Any]:
    sides = []
    for query, move in zip((question.query, with_hk_mo(question.query)), pair, strict=True):
        before = places(query, question.scope)
        sides.append(
            (_counted(before, question.scope), _counted(move.after(before), question.scope))
        )
    (was, will_be), (was_wide, will_be_wide) = sides
    moves = len(pair[0].entering), len(pair[0].leaving)
    return row(question, (was, was_wide), (will_be, will_be_wide), moves)


def _counted(found: dict[str, int], scope: Scope) -> Counts:
    return counts(found.get("flow", 0), sum(found.get(place, 0) for place in COUNTED), scope)


def _flow(places_of: Places) -> set[int]:
    return {deal for deal, place in places_of.items() if place == "flow"}


def _changes(told: dict[str, Any]) -> bool:
    wide = told["with_hk_mo"]
    return bool(told["before"] != told["after"] or wide["before"] != wide["after"])
