"""Two people on one deal at the same moment: what each of them meant is live, or waits and says so.

Hundreds of races run with the service tests (RACES=1000 for more, ten minutes); a few dozen here.
"""

import os
import random
import threading
from copy import deepcopy

import pytest
from django.db import connection

from deals import actions
from deals.models import Draft
from tests.desk.runs import make_person
from tests.factories import make_deal

pytestmark = pytest.mark.django_db(transaction=True)
# What one person may want to change, and two values that cannot both be right.
WISHES = {
    "notes": ("first word", "second word"),
    "round_type": ("seed", "series_a"),
    "status": ("announced", "withdrawn"),
    "ai_basis": ("read it", "heard it"),
    "amount": (
        {"state": "exact", "low": "6.00", "high": "6.00", "currency": "USD", "text": ""},
        {"state": "exact", "low": "7.00", "high": "7.00", "currency": "USD", "text": ""},
    ),
    "sectors": (["robotics"], ["health"]),
}
LISTS = ("sectors",)


class Racer(threading.Thread):
    """One person, who hands a change in and has it approved by a colleague."""

    def __init__(self, start_line, draft, facts, writer, colleague):
        super().__init__()
        self.line, self.draft, self.facts = start_line, draft, facts
        self.writer, self.colleague = writer, colleague
        self.version, self.ended, self.problem = None, "", None

    def run(self):
        try:
            self.line.wait()
            self.version = actions.submit_draft(
                draft=self.draft, facts=self.facts, reason="", by=self.writer
            )
            actions.approve(version=self.version, by=self.colleague)
            self.ended = "published"
        except actions.Clash:
            self.ended = "told"
        except BaseException as problem:
            self.problem = problem
        finally:
            connection.close()


def race(people, luck) -> tuple[str, ...]:
    """One race of two; returns how it ended for each."""
    deal = make_deal(amount="5").deal
    base = actions.facts_of(deal.versions.live().get())
    line, racers, wishes = threading.Barrier(2), [], []
    for number, (writer, colleague) in enumerate((people, people[::-1])):
        wish = luck.choice(sorted(WISHES))
        facts = deepcopy(base) | {wish: WISHES[wish][number]}
        draft = actions.begin_draft(by=writer, typed={"wish": wish}, deal=deal)
        racers.append(Racer(line, draft, facts, writer, colleague))
        wishes.append((wish, WISHES[wish][number]))
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert [racer.problem for racer in racers] == [None, None]
    live = actions.facts_of(deal.versions.live().get())
    for racer, (wish, value) in zip(racers, wishes, strict=True):
        if racer.ended == "published":
            said = set(live[wish]) >= set(value) if wish in LISTS else live[wish] == value
            assert said, f"{wish} of {deal} was lost in silence"
        elif racer.version is None:
            assert Draft.objects.get(pk=racer.draft.pk).state == "open"
        else:
            racer.version.refresh_from_db()
            assert racer.version.state == "submitted"
            assert actions.facts_of(racer.version)[wish] == value
    return tuple(racer.ended for racer in racers)


def run_races(number: int) -> None:
    people = make_person("anna", "reviewer"), make_person("ben", "reviewer")
    luck = random.Random(4)
    ended = [race(people, luck) for _ in range(number)]
    # Both ways of ending were seen, so that the test cannot pass by never racing.
    assert ("published", "published") in ended
    assert any("told" in pair for pair in ended)
    assert all("published" in pair for pair in ended)


def test_what_two_people_meant_is_never_lost_in_silence():
    run_races(30)


@pytest.mark.services
def test_hundreds_of_races_lose_nothing():
    run_races(int(os.environ.get("RACES", "250")))
