"""The deals behind a number are exactly as many as the number says, on whatever pages."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deals.flows import listing
from deals.flows.listing import BESIDE, COUNTED, ORDERS, Page
from deals.flows.query import BadParameters, FlowQuery
from tests.factories import make_deal, make_deals
from tests.flows.comparing import fast_share
from tests.flows.moves import edit, page_of, pages, retract
from tests.flows.naive import load_register, places_of
from tests.flows.questions import questions
from tests.flows.registers import random_register

pytestmark = pytest.mark.django_db

EUROPE_CHINA = FlowQuery.from_params({"investor": "europe", "target": "CN"})


def ids(found: Page) -> list[str]:
    return [json.loads(text)["id"] for text in found.documents]


def walk(query: FlowQuery, **wanted: Any) -> list[str]:
    return [deal for page in pages(query, **wanted) for deal in ids(page)]


def test_every_place_lists_as_many_deals_as_the_answer_counts() -> None:
    random_register(3, 90)

    @settings(
        max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(questions())
    def check(query: FlowQuery) -> None:
        answer = fast_share(query)
        deals, amount = answer["deals"], answer["amount"]
        expected = {
            "flow": deals["n"],
            "counted": deals["N"],
            "partial": deals["partial"],
            "range": amount["ranges"]["n"],
            "not_convertible": amount["not_convertible"],
            "undisclosed": deals["n"] - amount["disclosed_n"] - amount["ranges"]["n"],
            **{name: deals["composition"][name] for name in COUNTED[1:]},
            **{name: deals[name] for name in BESIDE},
        }
        found = {name: page_of(query, place=name, size=500) for name in expected}
        assert {name: page.total for name, page in found.items()} == expected
        assert {name: len(page.documents) for name, page in found.items()} == expected

    check()


def test_every_place_lists_the_very_deals_of_the_naive_answer() -> None:
    random_register(4, 100)
    query = FlowQuery.from_params({"investor": "eu", "target": "CN,HK", "kind": "all", "ai": "all"})
    places = places_of(query, load_register(), timezone.now().date())
    assert len(places["flow"]) > 5
    assert {"unknown", "target_side_only"} < set(places)
    for name in (*COUNTED, *BESIDE):
        expected = sorted(version.deal.public_id for version in places.get(name, []))
        assert sorted(walk(query, place=name)) == expected, name


@pytest.mark.parametrize("order", ORDERS)
def test_pages_of_any_size_show_every_deal_once_in_order_both_ways(order: str) -> None:
    # Many ties: three dates, two amounts, and several deals without either.
    days = ("2019", "2019-05-13", "2021-02", None)
    make_deals(
        {"date": days[n % 4], "amount": (None, "5", "7.5")[n % 3], "currency": "EUR"}
        for n in range(23)
    )
    whole = walk(EUROPE_CHINA, order=order, size=500)
    assert len(whole) == len(set(whole)) == 23

    @settings(max_examples=8, deadline=None, database=None)
    @given(st.integers(1, 24))
    def check(size: int) -> None:
        forward = list(pages(EUROPE_CHINA, order=order, size=size))
        assert [deal for page in forward for deal in ids(page)] == whole
        assert forward[0].previous is None
        if len(forward) > 1:
            start = forward[-1].previous
            back = pages(EUROPE_CHINA, forward=False, order=order, size=size, cursor=start)
            seen = [ids(page) for page in back]
            assert [deal for page in reversed(seen) for deal in page] == [
                deal for page in forward[:-1] for deal in ids(page)
            ]

    check()


@pytest.mark.parametrize("near", [0, 3, 12])
def test_the_newest_are_the_same_wherever_they_are_looked_for(
    near: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = ("2019", "2019-05-13", "2021-02", None, "2023-01-09")
    make_deals(
        {"date": days[n % 5], "investors": [("Investor", "DE" if n % 3 else "US")]}
        for n in range(30)
    )
    within = EUROPE_CHINA.but(from_="2018", to="2022")
    monkeypatch.setattr(listing, "NEAR", 10_000)
    all_of_them = {query: walk(query, size=4) for query in (EUROPE_CHINA, within)}
    monkeypatch.setattr(listing, "NEAR", near)
    for query, expected in all_of_them.items():
        assert len(expected) > 8
        assert walk(query, size=4) == expected
        # Another order of the same deals is never looked for among the newest.
        assert sorted(walk(query, order="id")) == sorted(expected)


def test_the_order_is_the_one_asked_for() -> None:
    rows = [
        ("2019-01-01", "5", "EUR"),
        ("2021", None, ""),
        (None, "1", "TWD"),
        ("2020-05", "9", "EUR"),
    ]
    a, b, c, d = [
        version.deal.public_id
        for version in make_deals({"date": w, "amount": x, "currency": y} for w, x, y in rows)
    ]
    assert walk(EUROPE_CHINA, order="-date") == [b, d, a, c]
    assert walk(EUROPE_CHINA, order="date") == [a, d, b, c]
    # What has no amount in the question's currency comes last, either way.
    assert walk(EUROPE_CHINA, order="-amount")[:2] == [d, a]
    assert walk(EUROPE_CHINA, order="amount")[:2] == [a, d]
    assert walk(EUROPE_CHINA, order="updated") == [a, b, c, d]


def test_deals_that_stay_are_shown_once_while_others_come_and_go() -> None:
    versions = make_deals({"date": f"2019-01-{day:02}"} for day in range(1, 21))
    staying = [version.deal.public_id for version in versions[::2]]
    leaving = versions[1::2]
    seen: list[str] = []
    for page in pages(EUROPE_CHINA, order="date", size=3):
        seen += ids(page)
        # Between two pages one deal leaves, one is edited, and two come, before and behind.
        if leaving:
            retract(leaving.pop(0))
        if leaving:
            edit(leaving.pop(), date="2018-01-01")
        make_deals([{"date": "2018-06-01"}, {"date": "2019-01-10"}])
    assert [deal for deal in seen if deal in staying] == staying
    assert len(seen) == len(set(seen))


def test_a_cursor_that_was_touched_or_belongs_elsewhere_is_refused() -> None:
    make_deals([{}, {}, {}])
    cursor = page_of(EUROPE_CHINA, size=1).next
    assert cursor is not None
    touched = [cursor[:-1] + ("A" if cursor[-1] != "A" else "B"), cursor[1:], "x", "é", "a:b:c"]
    for text in touched:
        with pytest.raises(BadParameters, match="cursor"):
            page_of(EUROPE_CHINA, size=1, cursor=text)
    elsewhere: list[tuple[FlowQuery, dict[str, str]]] = [
        (EUROPE_CHINA.but(target=("HK",)), {}),
        (EUROPE_CHINA, {"order": "date"}),
        (EUROPE_CHINA, {"place": "counted"}),
        (EUROPE_CHINA, {"q": "x"}),
    ]
    for query, wanted in elsewhere:
        with pytest.raises(BadParameters, match="cursor"):
            page_of(query, size=1, cursor=cursor, **wanted)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("place", {"place": "nowhere"}),
        ("ordering", {"order": "name"}),
        ("page_size", {"size": 0}),
        ("page_size", {"size": 501}),
        ("q", {"q": "x" * 201}),
    ],
)
def test_what_cannot_be_listed_is_refused_by_name(name: str, wanted: dict[str, Any]) -> None:
    with pytest.raises(BadParameters) as caught:
        page_of(EUROPE_CHINA, **wanted)
    assert [problem.parameter for problem in caught.value.problems] == [name]


def test_a_search_takes_its_signs_literally_and_finds_any_name_or_identifier() -> None:
    found = make_deal(target="100% Neural_Net", investors=[("Fjord", "NO")], external_id="R-7")
    make_deal(target="100x NeuralXNet")
    for q in ("100%", "neural_net", "fjord", "R-7", found.deal.public_id.lower(), "NET 100% "):
        expected = 0 if q.startswith("NET") else 1
        assert page_of(EUROPE_CHINA, q=q).total == expected, q


def test_the_register_lists_an_umbrella_that_no_number_counts() -> None:
    umbrella = make_deal(amount="5")
    part = make_deal(amount="2", part_of=umbrella)
    assert len(walk(FlowQuery())) == 2
    assert walk(EUROPE_CHINA) == [part.deal.public_id]
    assert Decimal(fast_share(EUROPE_CHINA.but(currency="USD"))["amount"]["high"]) == 2
