"""An answer held to a point of the ledger stays; a live one follows the ledger at once."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from deals import actions
from deals.flows.asked import share_answer
from deals.flows.query import BadParameters, FlowQuery
from deals.flows.scope import is_provisional, resolve
from deals.models import Release, ledger
from tests.factories import make_deal, make_deals, make_organization, make_population
from tests.flows.comparing import assert_same, comparable, fast_share
from tests.flows.moves import edit, page_of, retract
from tests.flows.naive import naive_share

pytestmark = pytest.mark.django_db

EUROPE_TO_CHINA = FlowQuery.from_params({"investor": "europe", "target": "CN"})
QUESTION = FlowQuery.from_params({"investor": "europe", "target": "CN", "population": "supplier"})


def numbers(query: FlowQuery) -> dict[str, Any]:
    return comparable(fast_share(query))


def test_answers_as_of_earlier_points_never_change() -> None:
    a, b, c, d, e = make_deals([{"population": "supplier"}] * 5)
    held = [QUESTION.but(as_of=ledger.head())]
    before = [numbers(held[0])]
    moves: tuple[Callable[[], object], ...] = (
        lambda: make_deal(population="supplier", amount="7"),
        lambda: edit(a, population="supplier", investors=[("Bay", "US")]),
        lambda: retract(b),
        lambda: make_deal(population="supplier", part_of=c, amount="3"),
        lambda: edit(d, population="other"),
        lambda: actions.merge(deal=e.deal, into=c.deal, by=None, reason="The same round"),
        lambda: actions.restore(deal=b.deal, by=None, reason="It was right"),
        lambda: actions.restore(deal=e.deal, by=None, reason="It was another round"),
    )
    for move in moves:
        move()
        held.append(QUESTION.but(as_of=ledger.head()))
        before.append(numbers(held[-1]))
        assert before[-1] != before[-2]
    today = timezone.now().date()
    for query, answer in zip(held, before, strict=True):
        assert numbers(query) == answer == naive_share(query, today=today)
    assert numbers(QUESTION)["deals"] == before[-1]["deals"]
    assert [answer["deals"]["n"] for answer in before] == [5, 6, 5, 4, 4, 3, 2, 3, 4]


def test_a_release_answers_like_its_point_of_the_ledger() -> None:
    make_deals([{"population": "supplier"}] * 2)
    Release.objects.create(name="2026.11", seq=ledger.head(), at=timezone.now())
    released = QUESTION.but(release="2026.11")
    before = numbers(released)
    make_deal(population="supplier")
    assert numbers(released) == before
    assert_same(released)
    answer, _ = share_answer(released)
    assert answer["as_of"]["release"] == "2026.11"
    assert answer["as_of"]["change_seq"] == 2
    assert page_of(released).total == 2


def test_a_feeds_next_delivery_does_not_age_the_years_of_an_earlier_answer() -> None:
    population = make_population("supplier")
    population.accessed_on = date(2020, 1, 1)
    population.save()
    make_deals({"population": "supplier", "date": str(year)} for year in (2017, 2018, 2019))
    now = timezone.now().date()
    year = now.year
    make_deal(population="supplier", date=str(year))
    assert [row["complete"] for row in fast_share(QUESTION)["by_year"]][:3] == [True, False, False]
    # The entry of the ledger is younger than the population's own date, which decides.
    rows = fast_share(QUESTION.but(as_of=ledger.head()))["by_year"]
    assert [row["complete"] for row in rows][:3] == [True, False, False]
    # Delivered again, years from now: the entry of the ledger is older than that.
    population.accessed_on = now + timedelta(days=4000)
    population.save()
    rows = assert_same(QUESTION.but(as_of=ledger.head()))["by_year"]
    assert [row["complete"] for row in rows if row["N"]] == [True, True, True, False]


@pytest.mark.parametrize(
    ("seen_on", "provisional"),
    [(date(2023, 12, 31), True), (date(2024, 1, 1), False), (date(2021, 6, 1), True)],
)
def test_a_year_is_provisional_until_two_years_after_its_end(
    seen_on: date, provisional: bool
) -> None:
    assert is_provisional(2021, seen_on) is provisional


def test_an_answer_changes_as_soon_as_the_ledger_moves() -> None:
    version = make_deal(population="supplier")
    seen = [share_answer(QUESTION)[0]["deals"]["n"]]
    other = make_deal(population="supplier")
    seen.append(share_answer(QUESTION)[0]["deals"]["n"])
    edit(other, population="supplier", investors=[("Great Wall", "CN")])
    seen.append(share_answer(QUESTION)[0]["deals"]["n"])
    retract(version)
    seen.append(share_answer(QUESTION)[0]["deals"]["n"])
    assert seen == [1, 2, 1, 0]


def test_an_answer_is_kept_while_the_ledger_stands_still() -> None:
    make_deal(population="supplier")
    first, _ = share_answer(QUESTION)
    with connection.execute_wrapper(_no_flows):
        assert share_answer(QUESTION)[0] == first
        assert share_answer(FlowQuery.from_params(QUESTION.to_params()))[0] == first


def _no_flows(execute: Any, sql: str, *rest: Any) -> Any:
    assert "deals_dealfact" not in sql, "The answer was computed again."
    return execute(sql, *rest)


def test_invented_deals_are_seen_only_by_asking_for_their_population() -> None:
    make_population("invented", generated=True)
    make_deals([{"population": "invented"}, {"population": "supplier"}, {"population": None}])
    plain = QUESTION.but(population="")
    counted = {
        code: numbers(QUESTION.but(population=code))["deals"]["n"]
        for code in ("", "supplier", "invented")
    }
    assert counted == {"": 2, "supplier": 1, "invented": 1}
    assert fast_share(QUESTION.but(population="invented"))["population"]["generated"] is True
    assert page_of(plain).total == page_of(FlowQuery()).total == 2
    assert page_of(FlowQuery(), q="Investor").total == 2


def test_deals_from_before_a_merger_of_organizations_are_found_under_either_identifier() -> None:
    version = make_deal(target="Old", population="supplier")
    kept = make_organization("New", "CN")
    version.target.merged_into = kept
    version.target.save()
    for organization in (kept, version.target):
        query = QUESTION.but(organization=organization.public_id)
        assert assert_same(query)["deals"]["n"] == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("population", "nobody"),
        ("organization", "O-00000000"),
        ("release", "1999.01"),
        ("as_of", 9),
    ],
)
def test_codes_that_are_not_there_are_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(BadParameters) as caught:
        resolve(FlowQuery().but(**{name: value}))
    assert [problem.parameter for problem in caught.value.problems] == [name]


def test_a_restored_backup_that_gives_a_number_away_again_gets_new_answers() -> None:
    with transaction.atomic():
        make_deal()
        assert share_answer(EUROPE_TO_CHINA)[0]["deals"]["n"] == 1
        head = ledger.head()
        transaction.set_rollback(True)
    make_deal(investors=[("Elsewhere", "US")])
    assert ledger.head() == head
    assert share_answer(EUROPE_TO_CHINA)[0]["deals"]["n"] == 0
