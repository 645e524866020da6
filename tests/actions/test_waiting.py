"""People whose acts cross in the database: one waits for the other, nobody for ever.

Each test holds the first act open at the very place where the second may come in between. Where
the two take the same locks in another order, the database ends one of them with an error.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from deals import actions, organizations
from deals.actions import drafts, duplicates, evidence, reviews
from deals.entry import choosing
from deals.entry.evidence import difference, record
from deals.models import Deal, DealVersion, Draft, Review
from tests.desk.runs import make_person
from tests.desk.waiting import hand_in
from tests.factories import make_deal, make_deals, make_organization

pytestmark = pytest.mark.django_db(transaction=True)
# As long as the second act needs to come to the lock that the first one holds.
MEANWHILE = 0.4


@pytest.fixture
def people():
    return [make_person(name, "reviewer") for name in ("rita", "ruth", "rob")]


@pytest.fixture
def crossing(monkeypatch) -> Callable[..., list[BaseException | None]]:
    """`crossing(module, name, first, second)`: `first` pauses before it calls `module.name`, and
    `second` is done meanwhile; the errors of both."""

    def run(module: Any, name: str, first: Callable, second: Callable):
        paused, problems = threading.Event(), [None, None]
        call = getattr(module, name)

        def pausing(*given, **named):
            if threading.current_thread().name == "first" and not paused.is_set():
                paused.set()
                threading.Event().wait(MEANWHILE)
            return call(*given, **named)

        def act(place: int, what: Callable) -> None:
            try:
                if place:
                    assert paused.wait(10), "The first act never came to the place."
                what()
            except BaseException as problem:
                problems[place] = problem
            finally:
                connection.close()

        monkeypatch.setattr(module, name, pausing)
        threads = [
            threading.Thread(target=act, args=(place, what), name=("first", "second")[place])
            for place, what in enumerate((first, second))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return problems

    return run


def merging(by) -> tuple[DealVersion, DealVersion, Callable[[], object]]:
    """Two deals, and an act that merges the second into the first with a fact of it."""
    facts = {"target": "Horizon", "date": "2019-05-13", "amount": "10"}
    one, other = make_deals([facts, facts | {"round_type": "seed", "notes": "Told otherwise"}])
    choice = choosing.proposed(actions.facts_of(one), actions.facts_of(other))
    return (
        one,
        other,
        lambda: duplicates.merge_deals(
            stays=Deal.objects.get(pk=one.deal_id),
            goes=Deal.objects.get(pk=other.deal_id),
            choice=choice,
            seen={one.pk, other.pk},
            by=by,
            reason="One",
        ),
    )


def test_a_change_is_handed_in_while_its_deal_is_merged(people, crossing):
    one, _other, merge = merging(people[0])
    draft = actions.begin_draft(by=people[1], typed={}, deal=one.deal)
    facts = actions.facts_of(one) | {"ai_basis": "Read it"}
    problems = crossing(
        drafts,
        "hold_deal",
        lambda: actions.submit_draft(draft=draft, facts=facts, reason="", by=people[1]),
        merge,
    )
    assert problems == [None, None]
    assert Draft.objects.get().state == "submitted"


def test_organizations_are_merged_while_deals_are(people, crossing):
    _one, _other, merge = merging(people[0])
    fund, twin = make_organization("Fund", "DE"), make_organization("Fund One", "DE")
    problems = crossing(
        organizations,
        "_locked",
        lambda: organizations.merge(one=twin, into=fund, by=people[1], reason="One"),
        merge,
    )
    assert problems == [None, None]


def test_a_deal_is_restored_while_somebody_compares_and_merges_it(people, crossing):
    one, _other, merge = merging(people[0])
    actions.retract(deal=one.deal, by=people[1], reason="Wrong")
    problems = crossing(
        duplicates.ledger,
        "lock",
        merge,
        lambda: actions.restore(deal=one.deal, by=people[1], reason="Right"),
    )
    assert isinstance(problems[0], duplicates.Changed)
    assert problems[1] is None


@pytest.mark.parametrize("decide", ["publish", "turn_down"])
@pytest.mark.parametrize("of", ["deal", "organization"])
def test_a_comment_is_written_while_somebody_decides(people, crossing, decide, of):
    review = hand_in(people[0], notes="Mended") if of == "deal" else moved(people[0])
    problems = crossing(
        reviews,
        "_record",
        lambda: reviews.comment(review=review, by=people[1], text="Look at the date"),
        lambda: getattr(reviews, decide)(
            review=review, seen=reviews.seen_mark(review), by=people[2], reason="Read"
        ),
    )
    assert problems == [None, None]
    review.refresh_from_db()
    assert review.closed_at is not None
    assert review.comments.count() == 2


def test_somebody_is_told_of_a_change_while_they_begin_one_of_the_same_deal(people, crossing):
    live = make_deal()
    draft = actions.begin_draft(by=people[0], typed={}, deal=live.deal)
    facts = actions.facts_of(live) | {"notes": "Mended"}
    problems = crossing(
        drafts,
        "open_review",
        lambda: actions.submit_draft(draft=draft, facts=facts, reason="", by=people[0]),
        lambda: actions.begin_once(by=people[1], typed={}, form="f" * 32, deal=live.deal),
    )
    assert problems == [None, None]


def moved(by) -> Review:
    """The review of a proposal that a fund has a place in China."""
    fund = make_organization("Fund", "DE")
    known = record(fund)
    place = {
        "row": "", "country": "CN", "basis": "headquarters", "first": "", "last": "",
        "url": "https://example.org/move", "title": "Report",
    }  # fmt: skip
    changes = difference(known, known | {"domiciles": [place]})
    return evidence.propose(organization=fund, changes=changes, reason="Moved", by=by).review
