"""How years still grow: asking as of each day on its own agrees, and a hand-worked case."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from django.utils import timezone

from deals.flows.asked import share_answer
from deals.flows.growth import ends, growth, recorded
from deals.flows.query import FlowQuery
from deals.flows.scope import resolve
from deals.models import Change, DealFact, ledger
from tests.factories import make_deal, make_deals, make_population
from tests.flows.moves import edit, retract

pytestmark = pytest.mark.django_db
SUPPLIER = FlowQuery(population="supplier")


@pytest.fixture
def clock(monkeypatch):
    """Set the time at which the ledger and the pages believe to be."""

    def at(day: str) -> None:
        moment = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return at


@pytest.fixture
def history(clock):
    """2023 had 2 deals at its end, 3 a year later and 2 today; 2024 had 1 at its end."""
    make_population("supplier")
    clock("2023-06-01")
    first, moved = make_deals(
        [{"date": "2023-02-01", "population": "supplier"},
         {"date": "2023-03-01", "population": "supplier"}]
    )  # fmt: skip
    make_deal(date="2023-02-01", population="supplier", kind="acquisition")
    clock("2024-05-01")
    make_deals(
        [{"date": "2023-12-01", "population": "supplier"},
         {"date": "2024-02-01", "population": "supplier"},
         {"date": ("2023-12-01", "2024-02-01"), "population": "supplier"}]
    )  # fmt: skip
    clock("2025-08-01")
    retract(first)
    edit(moved, date="2024-03-01", population="supplier")
    make_deal(date="2023-05-01", population="supplier")
    clock("2025-11-10")


def cells(found):
    return {row["year"]: [cell and cell["n"] for cell in row["cells"]] for row in found["rows"]}


def test_points_are_ends_of_years_and_of_the_last_quarters_since_the_ledger_began(history):
    found = growth(SUPPLIER, resolve(SUPPLIER))
    assert found["points"] == [
        "2023-12-31", "2024-12-31", "2025-03-31", "2025-06-30", "2025-09-30", "2025-11-10",
    ]  # fmt: skip


def test_a_case_worked_by_hand(history):
    found = growth(SUPPLIER, resolve(SUPPLIER))
    assert cells(found) == {2023: [2, 3, 3, 3, 2, 2], 2024: [None, 1, 1, 1, 2, 2]}
    (second,) = found["second_years"]
    assert second == {"year": 2023, "first": 2, "second": 3, "growth": "0.500000"}


def test_asking_as_of_each_day_on_its_own_gives_the_same(history):
    found = growth(SUPPLIER, resolve(SUPPLIER))
    for row in found["rows"]:
        for day, cell in zip(found["points"][:-1], row["cells"], strict=False):
            if cell is None:
                continue
            year = str(row["year"])
            held = SUPPLIER.but(from_=year, to=year, as_of=date.fromisoformat(day))
            assert share_answer(held)[0]["deals"]["n"] == cell["n"], (year, day)


def test_every_number_leads_to_its_deals_as_of_that_day(history, client):
    found = growth(SUPPLIER, resolve(SUPPLIER))
    for cell in found["rows"][0]["cells"]:
        response = client.get(cell["deals"])
        assert response.context["total"] == cell["n"], cell


def test_a_population_is_not_mixed_with_others(history):
    make_deal(date="2023-05-01", population="other")
    assert cells(growth(SUPPLIER, resolve(SUPPLIER)))[2023][-1] == 2


def test_what_a_supplier_recorded_when_is_a_second_table(clock):
    clock("2025-11-10")
    make_deals(
        [{"date": "2023-02-01", "recorded_on": date(2023, 5, 1)},
         {"date": "2023-02-01", "recorded_on": date(2024, 5, 1)},
         {"date": "2023-02-01"}]
    )  # fmt: skip
    found = recorded(FlowQuery(), resolve(FlowQuery()))
    place = {day: number for number, day in enumerate(found["points"])}
    counts = cells(found)[2023]
    assert [counts[place[day]] for day in ("2023-12-31", "2024-12-31", "2025-11-10")] == [1, 2, 2]
    assert found["second_years"] == [{"year": 2023, "first": 1, "second": 2, "growth": "1.000000"}]


def test_a_ledger_that_began_today_knows_only_today(clock):
    clock("2025-11-10")
    make_deal(date="2023-02-01")
    found = growth(FlowQuery(), resolve(FlowQuery()))
    assert found["points"] == ["2025-11-10"]
    assert cells(found) == {2023: [1]}
    assert found["second_years"] == []


def test_an_empty_ledger_has_no_rows():
    assert growth(FlowQuery(), resolve(FlowQuery()))["rows"] == []


def test_nothing_at_first_has_no_growth_in_percent(clock):
    clock("2023-06-01")
    make_deal(date="2020-01-01")
    clock("2024-05-01")
    make_deal(date="2023-02-01")
    clock("2025-01-02")
    (second,) = growth(FlowQuery(), resolve(FlowQuery()))["second_years"]
    assert second == {"year": 2023, "first": 0, "second": 1, "growth": None}


def test_facts_that_are_computed_again_change_past_days_at_once(history):
    asked = resolve(SUPPLIER)
    assert cells(growth(SUPPLIER, asked))[2023][0] == 2
    # A second look at the evidence: the company of one deal does not work on AI.
    seen_wrong = DealFact.objects.filter(date_first="2023-02-01", kind="funding_round")
    assert seen_wrong.update(ai="no") == 1
    with transaction.atomic():
        ledger.lock()
        ledger.append(Change.Kind.REFERENCE, by="system", reason="Computed again.")
    row = cells(growth(SUPPLIER, resolve(SUPPLIER)))[2023]
    as_of = SUPPLIER.but(as_of=date(2023, 12, 31), from_="2023", to="2023")
    assert row[0] == share_answer(as_of)[0]["deals"]["n"] == 1


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 3, 31), date(2026, 12, 31)])
def test_ends_are_before_today_and_at_ends_of_quarters(today):
    days = ends(today)
    assert days == sorted(set(days))
    assert all(day < today for day in days)
    assert {(day.month, day.day) for day in days} <= {(3, 31), (6, 30), (9, 30), (12, 31)}
    assert len([day for day in days if day.year >= today.year - 1]) >= 4


def test_one_statement_counts_all_points(history, django_assert_num_queries):
    scope = resolve(SUPPLIER)
    # When the ledger began, its numbers on those days, what is settled, and the counts.
    with django_assert_num_queries(4):
        growth(SUPPLIER, scope)
