"""Two people on one deal at the same moment: what each of them meant is live, or waits and says so.

A thousand races run with the service tests; a few dozen here.
"""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import deepcopy

import pytest
from django.db import connection

from deals import actions
from deals.models import Draft
from tests.desk.runs import make_person
from tests.factories import make_deals
from tests.side_by_side import side_by_side

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


class Racer:
    """One person, who hands a change in and has it approved by a colleague."""

    def __init__(self, draft, facts, writer, colleague):
        self.draft, self.facts, self.writer, self.colleague = draft, facts, writer, colleague
        self.version, self.ended = None, ""

    def run(self):
        try:
            self.version = actions.submit_draft(
                draft=self.draft, facts=self.facts, reason="", by=self.writer
            )
            actions.approve(version=self.version, by=self.colleague)
            self.ended = "published"
        except actions.Clash:
            self.ended = "told"


@contextmanager
def two_threads():
    """`together(act, act)` does both at the same moment. Threads and connections last for all
    races: to open two, and to read the catalog again, takes longer than many a race."""
    line = threading.Barrier(2, timeout=60)

    def started(act):
        line.wait()
        act()

    def hang_up():
        connection.close()

    def together(*acts):
        for done in [threads.submit(started, act) for act in acts]:
            done.result()

    with ThreadPoolExecutor(2) as threads:
        try:
            yield together
        finally:
            together(hang_up, hang_up)


def race(deal, base, people, luck, together) -> tuple[str, ...]:
    """One race of two; returns how it ended for each."""
    racers, wishes = [], []
    for number, (writer, colleague) in enumerate((people, people[::-1])):
        wish = luck.choice(sorted(WISHES))
        facts = deepcopy(base) | {wish: WISHES[wish][number]}
        draft = actions.begin_draft(by=writer, typed={"wish": wish}, deal=deal)
        racers.append(Racer(draft, facts, writer, colleague))
        wishes.append((wish, WISHES[wish][number]))
    together(*(racer.run for racer in racers))
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


def races(deals, base, people, seed) -> list[tuple[str, ...]]:
    """One race after the other, on deals that all say the same."""
    luck = random.Random(seed)
    with two_threads() as together:
        return [race(deal, base, people, luck, together) for deal in deals]


def run_races(number: int, *, processes: int = 1) -> None:
    people = make_person("anna", "reviewer"), make_person("ben", "reviewer")
    versions = make_deals([{"target": "Target", "amount": "5"}] * number)
    deals, base = [version.deal for version in versions], actions.facts_of(versions[0])
    if processes == 1:
        ended = races(deals, base, people, 4)
    else:
        shares = [(deals[n::processes], base, people, 4 + n) for n in range(processes)]
        ended = [pair for pairs in side_by_side(races, shares) for pair in pairs]
    assert len(ended) == number
    # Both ways of ending were seen, so that the test cannot pass by never racing.
    assert ("published", "published") in ended
    assert any("told" in pair for pair in ended)
    assert all("published" in pair for pair in ended)


def test_what_two_people_meant_is_never_lost_in_silence():
    run_races(30)


@pytest.mark.services
def test_a_thousand_races_lose_nothing():
    # Two races at a time, of two people each: as in life, who publishes waits for strangers, too.
    run_races(1_000, processes=2)
