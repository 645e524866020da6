"""Two people decide on the same two deals at once: one of them does, the other is told."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from deals import actions
from deals.actions import duplicates
from deals.entry import choosing
from deals.feeds.publish import StaleVersionError
from deals.models import Change, Deal, DealVersion
from tests.desk.runs import make_person
from tests.factories import make_deals, submit_version

pytestmark = pytest.mark.django_db(transaction=True)
FACTS = {"target": "Horizon", "date": "2019-05-13", "amount": "10"}
ROUNDS = 6
TOLD = (actions.NotAllowed, StaleVersionError)


def race(*acts: Callable[[], object]) -> list[str]:
    """Does all at once; for each "done", or "told" that somebody else was first."""
    line, ended = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int) -> None:
        try:
            line.wait()
            acts[place]()
            ended[place] = "done"
        except TOLD:
            ended[place] = "told"
        except BaseException as problem:
            ended[place] = repr(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


@pytest.fixture
def people():
    return make_person("rita", "reviewer"), make_person("ruth", "reviewer")


def pair():
    return make_deals([FACTS, FACTS | {"amount": "12", "investors": [("GV", "US")]}])


def merging(stays: DealVersion, goes: DealVersion, by) -> Callable[[], object]:
    choice = choosing.proposed(actions.facts_of(stays), actions.facts_of(goes))
    return lambda: duplicates.merge_deals(
        stays=Deal.objects.get(pk=stays.deal_id),
        goes=Deal.objects.get(pk=goes.deal_id),
        choice=choice,
        seen={stays.pk, goes.pk},
        by=by,
        reason="One",
    )


def live(version: DealVersion) -> DealVersion | None:
    return version.deal.versions.live().first()


def test_of_two_who_merge_the_same_pair_either_way_round_one_does(people):
    for _ in range(ROUNDS):
        one, other = pair()
        ended = race(merging(one, other, people[0]), merging(other, one, people[1]))
        assert sorted(ended) == ["done", "told"]
        assert [live(one) is None, live(other) is None].count(True) == 1
    assert Change.objects.filter(kind="merged").count() == ROUNDS


def test_a_merge_and_an_edit_of_either_never_lose_each_other(people):
    for number in range(ROUNDS):
        one, other = pair()
        edited = (one, other)[number % 2]
        edit = submit_version(edited.deal, **FACTS, notes="Mended")
        ended = race(
            merging(one, other, people[0]),
            lambda edit=edit: actions.approve(version=edit, by=people[1]),
        )
        assert set(ended) <= {"done", "told"}, ended
        assert "done" in ended
        edit.refresh_from_db()
        if ended[1] == "told":
            assert edit.state == "submitted"
        else:
            # Published before the merge was told, or put together with what the merge published.
            assert edit.state == "published"
            assert live(edited) is None or "Mended" in live(edited).notes


def test_of_two_who_undo_a_merge_one_does(people):
    one, other = pair()
    merging(one, other, people[0])()
    goes = Deal.objects

    def undo(by) -> Callable[[], object]:
        return lambda: duplicates.unmerge(
            deal=goes.get(pk=other.deal_id), put_back=True, by=by, reason="Two"
        )

    assert sorted(race(*map(undo, people))) == ["done", "told"]
    assert Change.objects.filter(kind="restored").count() == 1
