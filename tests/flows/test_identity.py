"""The identity of an answer: the ETag of the API, and the key under which answers are kept."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from django.utils.translation import override

from deals.flows.answer import Asked, identity
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUERY = FlowQuery(investor="europe", target="CN")
SCOPE = Scope(None, (), None, 7, NOON, None, date(2026, 11, 23), NOON)
SAID = identity("share", QUERY, SCOPE)


def test_the_same_question_of_the_same_point_is_the_same_all_day():
    assert identity("share", FlowQuery(investor="europe", target="CN"), SCOPE) == SAID
    assert identity("share", QUERY, replace(SCOPE, computed_at=NOON + timedelta(hours=11))) == SAID
    assert Asked.of("share", QUERY).identity(SCOPE) == SAID


def test_whatever_changes_an_answer_changes_its_identity():
    others = [
        identity("series", QUERY, SCOPE),
        identity("share", QUERY.but(target="DE"), SCOPE),
        *(
            identity("share", QUERY, replace(SCOPE, **changed))
            for changed in (
                {"head": 8},
                # A ledger that was restored may come to the same number in another way.
                {"head_at": NOON + timedelta(microseconds=1)},
                {"seq": 7},
                {"computed_at": NOON + timedelta(days=1)},
            )
        ),
    ]
    with override("de"):
        others.append(identity("share", QUERY, SCOPE))
    assert len({SAID, *others}) == len(others) + 1
