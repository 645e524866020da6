"""After an undo the register is as if the import had never been, whatever people did since."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from deals import actions
from deals.feeds.run import import_file, undo
from deals.models import DealVersion, FeedRecord, ImportRun
from tests.factories import make_deals
from tests.feeds.supplier import PROFILE, csv_of, file, profile
from tests.feeds.test_undo import POPULATION, QUESTION, amount, hand_edit, register
from tests.flows.comparing import comparable, fast_share

HEADER = "company,company_country,month,raised_usd,ccy,investor,investor_country,page,notes,ai"
COLUMNS = 'source_url = "page"\nnotes = "notes"\nai = "ai"\n'
TEXT = PROFILE.replace("[constants]", COLUMNS + "[constants]")
NAMES = ["Acme", "Beta", "Gamma", "贝塔"]
pytestmark = pytest.mark.django_db


def rows(dice: Random, size: int) -> list[str]:
    """Rows of few deals, so that they meet, and contradict, those of other files."""
    lines = []
    for _ in range(size):
        name, country = dice.choice(NAMES), dice.choice(["CN", "CN", "GB", ""])
        money = [dice.choice(["5", "6", "7", ""]), dice.choice(["USD", "EUR"])]
        investor = [dice.choice(["Fund", "Bank", "Not Published"]), dice.choice(["DE", "CN", ""])]
        rest = [
            dice.choice(["", "https://example.org/a", "https://example.org/b"]),
            dice.choice(["", "one", "two"]),
            dice.choice(["yes", "yes", "no"]),
        ]
        month = dice.choice(["2019-05", "2019-06"])
        lines.append(",".join([name, country, month, *money, *investor, *rest]))
    return lines


def imported(lines: list[str], *, counted: bool = True) -> ImportRun:
    more = POPULATION if counted else ""
    return import_file(file(csv_of(lines, HEADER)), profile(TEXT, more=more), publish=True)


def edited_by_hand(dice: Random, deals: list[int]) -> None:
    """People edit, retract and merge some of these deals."""
    for deal in deals:
        version = DealVersion.objects.live().filter(deal=deal).first()
        what = dice.choice(["", "", "", "notes", "amount", "ai", "retract"])
        note, high = f"note {dice.random()}", dice.randint(50, 99)
        if version is None or not what:
            continue
        if what == "retract":
            actions.retract(deal=version.deal, by=None, reason="never happened")
        else:
            changes = {
                "notes": {"notes": note},
                "amount": amount(high),
                "ai": {"ai": "unknown", "ai_basis": note},
            }
            hand_edit(version, **changes[what])


def state() -> tuple[dict[str, Any], dict[str, Any]]:
    return register(), comparable(fast_share(QUESTION))


@contextmanager
def undone_afterwards() -> Iterator[None]:
    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        transaction.set_rollback(True)


@settings(max_examples=8, deadline=None, database=None)
@given(st.integers(0, 10**9))
def test_the_register_is_as_if_the_import_had_never_been(seed: int) -> None:
    dice = Random(seed)
    with undone_afterwards():
        make_deals([{"target": name, "population": "small"} for name in NAMES[:2]])
        first, second = rows(dice, dice.randint(1, 10)), rows(dice, dice.randint(1, 10))
        imported(first)
        edited_by_hand(dice, list(DealVersion.objects.live().values_list("deal", flat=True)))
        known = list(DealVersion.objects.live().order_by("pk").values_list("deal", flat=True))
        records = dict(FeedRecord.objects.values_list("key", "facts"))
        later, counted = dice.randint(0, 10**9), dice.random() < 0.7
        with undone_afterwards():
            edited_by_hand(Random(later), known)
            never = state()
        run = imported(second, counted=counted)
        edited_by_hand(Random(later), known)
        report = undo(run.pk, reason="wrong file").undo_report
        assert state() == never
        assert dict(FeedRecord.objects.values_list("key", "facts")) == records
        assert report["retracted"] == run.deals_created
        listed = {kept["deal"] for kept in report["kept"]}
        touched = run.versions.filter(based_on__isnull=False).count()
        assert report["restored"] + len(listed) == touched


# A twentieth with all tests, and the whole where tests may take long.
@pytest.mark.parametrize("size", [500, pytest.param(10_000, marks=pytest.mark.services)])
def test_a_large_import_with_many_edits_since_is_undone_exactly(size: int) -> None:
    known = size * 6 // 10
    lines = [f"Company {n},CN,2019-05,5,USD,Fund {n % 700},DE,,,yes" for n in range(known)]
    more = [f"Company {n},CN,2019-05,6,USD,Bank {n % 700},FR,,new,yes" for n in range(size)]
    imported(lines)
    before = state()
    run = imported(more)
    assert (run.deals_updated, run.deals_created) == (known, size - known)
    chosen = list(DealVersion.objects.live().order_by("target_name")[::50])
    edits = {hand_edit(version, ai="unknown").deal.public_id for version in chosen}
    assert len(edits) == size // 50
    report = undo(run.pk, reason="wrong file").undo_report
    assert {kept["deal"] for kept in report["kept"]} == edits
    assert report["retracted"] + report["restored"] == size - len(edits)
    now, _ = state()
    for deal, facts in before[0].items():
        assert now[deal] == (facts | {"ai": "unknown"} if deal in edits else facts)
    assert len(now) == known + len(edits - before[0].keys())
