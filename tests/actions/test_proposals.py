"""What a program proposes for somebody: all of it or nothing, and nothing twice."""

from typing import Any

import pytest
from django.utils import timezone

from deals import actions
from deals.actions.proposals import NothingNew, Stale, propose, sent_by
from deals.entry.typed import typed_of
from deals.models import Activity, ApiKey, DealVersion, Draft, Review
from tests.desk.runs import make_person
from tests.factories import make_deal, submit_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(db) -> ApiKey:
    user = make_person("partner", "contributor")
    return ApiKey.objects.create(
        name="nightly", prefix="itk_w_12345678", digest="0" * 64, power="write", user=user,
        created_at=timezone.now(),
    )  # fmt: skip


def proposed(key: ApiKey, seen: DealVersion, **changes: Any) -> tuple[DealVersion, bool]:
    facts = actions.facts_of(seen) | changes
    typed = typed_of(facts)
    return propose(by=key.user, typed=typed, facts=facts, reason="x", key=key, seen=seen)


def counts() -> list[int]:
    models = (DealVersion, Draft, Review, Activity)
    return [model.objects.count() for model in models]


def test_a_change_waits_with_all_that_belongs_to_it(key) -> None:
    live = make_deal()
    version, new = proposed(key, live, ai="no")
    assert new
    assert (version.state, version.based_on, version.created_by) == ("submitted", live, key.user)
    assert sent_by(version) == {"name": "nightly", "prefix": "itk_w_12345678"}
    assert version.review.closed_at is None
    assert set(Activity.objects.values_list("verb", flat=True)) == {"submitted", "sent"}


def test_a_change_of_what_is_not_live_any_more_does_nothing(key) -> None:
    live, gone = make_deal(), make_deal()
    actions.approve(version=submit_version(live.deal, ai="no"), by=None)
    actions.retract(deal=gone.deal, by=None, reason="Never happened.")
    before = counts()
    for seen in (live, gone):
        with pytest.raises(Stale):
            proposed(key, seen, round_type="series_b")
    assert counts() == before


def test_what_changes_nothing_does_nothing(key) -> None:
    live = make_deal()
    before = counts()
    with pytest.raises(NothingNew):
        proposed(key, live)
    assert counts() == before


def test_what_waits_already_is_not_written_again(key) -> None:
    live = make_deal()
    first, _ = proposed(key, live, ai="no")
    before = counts()
    assert proposed(key, live, ai="no") == (first, False)
    assert counts() == before
    actions.reject(version=first, by=None, reason="No source.")
    assert proposed(key, live, ai="no")[1]


def test_what_came_from_the_desk_has_no_key(key) -> None:
    assert sent_by(submit_version()) is None
