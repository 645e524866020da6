"""Whatever can happen to a register, at random, from several threads at once."""

import threading
import traceback
from collections.abc import Callable
from random import Random
from typing import Any

from django.db import connection, transaction

from deals import actions, organizations
from deals.actions import evidence
from deals.feeds.match import lock
from deals.feeds.publish import StaleVersionError
from deals.feeds.review import NotDecidableError
from deals.feeds.run import undo
from deals.models import Deal, DealVersion, ImportRun, Organization, derived, ledger
from deals.models.documents import document
from tests.factories import make_deal, submit_version
from tests.feeds.supplier import PROFILE, published_import

# What two people who act at once are told, in whichever order they came.
REFUSALS = (
    actions.NotAllowed,
    actions.Clash,
    StaleVersionError,
    NotDecidableError,
)
NAMES = [f"Company {letter}" for letter in "ABCDEFGH"] + ["智行者", "Ünï 𠮷"]
COUNTRIES = ["CN", "DE", "FR", "US", None]


class Rules:
    """The rule by which documents are written; another one is followed by a rebuild."""

    number = 0

    def document(self, *args: Any, **facts: Any) -> dict[str, Any]:
        return document(*args, **facts) | {"notes": f"rule {self.number}"}


class Walker:
    """One person, or one feed, with a random mind of its own."""

    def __init__(self, name: str, person: Any, rules: Rules) -> None:
        self.name, self.random, self.person, self.rules = name, Random(name), person, rules
        self.done: dict[str, int] = {}
        self.refused = 0

    def walk(self, steps: int) -> None:
        for _ in range(steps):
            act = self.random.choices([act for act, _ in ACTS], [weight for _, weight in ACTS])[0]
            try:
                act(self)
                self.done[act.__name__] = self.done.get(act.__name__, 0) + 1
            except REFUSALS:
                self.refused += 1

    def deal(self, *, live: bool = True) -> Deal:
        alive = DealVersion.objects.live().values("deal")
        deals = Deal.objects.filter(pk__in=alive) if live else Deal.objects.exclude(pk__in=alive)
        found = self.random.choice([*deals.order_by("pk")] or [None])
        if found is None:
            raise actions.NotAllowed("There is none.")
        return found

    def organization(self, **which: Any) -> Organization:
        found = self.random.choice([*Organization.objects.filter(**which).order_by("pk")] or [None])
        if found is None:
            raise actions.NotAllowed("There is none.")
        return found

    def facts(self) -> dict[str, Any]:
        pick = self.random.choice
        return {
            "target": pick(NAMES),
            "target_country": pick(COUNTRIES),
            "investors": [(pick(NAMES), pick(COUNTRIES)) for _ in range(self.random.randrange(3))],
            "amount": pick([None, "5", ("5", "7")]),
        }


def create(walker: Walker) -> None:
    with transaction.atomic():
        lock()
        # Before anything that others wait for row by row, as everybody does who publishes what was
        # not there before: who corrects an organization holds this one alone, and may then meet a
        # name of a target that is being written here.
        ledger.lock()
        make_deal(**walker.facts())


def edit(walker: Walker) -> None:
    with transaction.atomic():
        # As everybody does who numbers versions of a deal.
        lock()
        version = submit_version(walker.deal(), **walker.facts())
    actions.approve(version=version, by=None)


def retract(walker: Walker) -> None:
    actions.retract(deal=walker.deal(), by=None, reason="never happened")


def merge(walker: Walker) -> None:
    actions.merge(deal=walker.deal(), into=walker.deal(), by=None, reason="one round")


def restore(walker: Walker) -> None:
    actions.restore(deal=walker.deal(live=False), by=None, reason="it did happen")


def import_file(walker: Walker) -> None:
    """Each walker's own feed, since the files of one feed are taken one after the other."""
    pick, amount = walker.random.choice, walker.random.randrange(1, 9)
    rows = [f"{pick(NAMES)},CN,2019-0{month},{amount},USD,Fund,DE" for month in range(1, 5)]
    published_import(rows, PROFILE.replace("Small supplier", f"Supplier {walker.name}"))


def undo_import(walker: Walker) -> None:
    runs = list(ImportRun.objects.filter(state="published").order_by("pk"))
    if runs:
        undo(walker.random.choice(runs).pk, reason="a wrong file")


def merge_organizations(walker: Walker) -> None:
    one, into = walker.organization(merged_into=None), walker.organization(merged_into=None)
    organizations.merge(one=one, into=into, by=None, reason="the same")


def split_organizations(walker: Walker) -> None:
    one = walker.organization(merged_into__isnull=False)
    organizations.split(organization=one, by=None, reason="not the same")


def correct_organization(walker: Walker) -> None:
    """Its headquarters and a name: deals follow, with versions of their own."""
    one = walker.organization(merged_into=None)
    number = walker.random.randrange(1000)
    place = {"country": walker.random.choice(["DE", "FR", "JP"]), "basis": "headquarters"}
    dated = {"first": f"{2000 + number % 20}-01-01", "last": "", "url": "", "title": ""}
    changes = [
        {"op": "add", "what": "domicile", "id": None, "before": {}, "after": place | dated},
        {
            "op": "add", "what": "name", "id": None, "before": {},
            "after": {"name": f"{one.name} {number}", "script": "Latn"},
        },
    ]  # fmt: skip
    proposed = evidence.propose(
        organization=one, changes=changes, reason="a report", by=walker.person
    )
    evidence.publish_edit(edit=proposed, by=None)


def change_the_rules(walker: Walker) -> None:
    walker.rules.number += 1
    derived.rebuild()


ACTS: list[tuple[Callable[[Walker], None], int]] = [
    (create, 5), (edit, 5), (retract, 2), (merge, 2), (restore, 2), (import_file, 2),
    (undo_import, 2), (merge_organizations, 2), (split_organizations, 1),
    (correct_organization, 2), (change_the_rules, 1),
]  # fmt: skip


def in_threads(works: list[Callable[[], None]]) -> list[threading.Thread]:
    """Start each in a thread of its own, with a connection of its own."""

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException:
            # What pytest says of a thread that failed is where it was noticed.
            traceback.print_exc()
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    return threads
