"""Pages of lists while rows come and go: what stays is met once, and every page leads back."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from deals import actions
from deals.api import paging
from deals.models import DealVersion
from tests.api.proposals import DEALS, SUBMISSIONS, Writer, body
from tests.factories import make_deal, make_deals, submit_version

ORDERS = ("id", "-date", "date", "-amount", "amount", "-updated", "updated")
DATES = ("2019-05-13", "2019-05", None, "2020", "2018-01-02")
AMOUNTS = ("5", None, "12.5", ("1", "9"))
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["insert", "retract", "update", "none"]),
        st.integers(0, 5),
        st.sampled_from(DATES),
        st.sampled_from(AMOUNTS),
    ),
    max_size=5,
)


def facts(number: int) -> dict[str, Any]:
    return {"date": DATES[number % 5], "amount": AMOUNTS[number % 4]}


class WhileRowsChange(TestCase):
    """Each example is rolled back."""

    @given(order=st.sampled_from(ORDERS), size=st.integers(1, 4), back=st.booleans(), events=EVENTS)
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    def test_a_deal_that_stays_is_met_once(
        self, order: str, size: int, back: bool, events: list[Any]
    ) -> None:
        made = make_deals([facts(number) for number in range(6)])
        touched: set[str] = set()
        waiting = list(events)
        client = Client()
        address = f"{DEALS}?ordering={order}&page_size={size}&ai=all"
        if back:
            address = last_page(client, address)
        met: list[str] = []
        while address:
            page = client.get(address).json()
            met += [row["id"] for row in page["results"]]
            address = page["previous" if back else "next"]
            if waiting:
                touched |= happen(waiting.pop(), made)
        stayed = {version.deal.public_id for version in made} - touched
        for deal in stayed:
            assert met.count(deal) == 1, (deal, met)
        assert len(met) == len(set(met)) or touched


def last_page(client: Client, address: str) -> str:
    following = client.get(address).json()["next"]
    while following:
        address, following = following, client.get(following).json()["next"]
    return address


def happen(event: tuple[str, int, Any, Any], made: list[DealVersion]) -> set[str]:
    """Something that somebody publishes between two pages; ids of the deals that it touched."""
    what, number, date, amount = event
    version = made[number]
    deal = version.deal
    if what == "insert":
        return {make_deal(date=date, amount=amount).deal.public_id}
    if not deal.versions.live().exists():
        return set()
    if what == "retract":
        actions.retract(deal=deal, by=None, reason="Never happened.")
        return {deal.public_id}
    if what == "update":
        newer = submit_version(deal, date=date, amount=amount)
        actions.approve(version=newer, by=None)
        return {deal.public_id}
    return set()


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("order", ORDERS)
def test_every_page_leads_back_to_the_one_before(client, order) -> None:
    make_deals([facts(number) for number in range(9)])
    address: str | None = f"{DEALS}?ordering={order}&page_size=2"
    before: list[Any] = []
    previous = None
    while address:
        answer = client.get(address)
        page = answer.json()
        for rel, name in (("next", "next"), ("prev", "previous")):
            there = f'<{page[name]}>; rel="{rel}"' in answer.get("Link", "")
            assert there is (page[name] is not None)
        if previous is not None:
            back = client.get(page["previous"]).json()
            assert [row["id"] for row in back["results"]] == before
        before, previous = [row["id"] for row in page["results"]], page
        address = page["next"]
    assert previous is not None


def test_a_cursor_belongs_to_one_list_with_its_filters() -> None:
    writer = Writer()
    for month in (1, 2, 3):
        writer.propose(body(date=f"2022-0{month}"))
    make_deals([{}, {}, {}])

    def cursor(address: str) -> str:
        following = writer.client.get(address, headers=writer.headers).json()["next"]
        return str(following.partition("cursor=")[2].partition("&")[0])

    ours = cursor(f"{SUBMISSIONS}?page_size=1")
    deals = cursor(f"{DEALS}?page_size=1")
    fine = (f"{SUBMISSIONS}?cursor={ours}", f"{DEALS}?cursor={deals}&page_size=2")
    foreign = (
        f"{SUBMISSIONS}?cursor={deals}",
        f"{SUBMISSIONS}?state=submitted&cursor={ours}",
        f"/api/v1/imports/?cursor={ours}",
        f"/api/v1/organizations/?cursor={ours}",
        f"{DEALS}?cursor={ours}",
        f"{DEALS}?cursor={deals}&ordering=date",
        f"{DEALS}?cursor={deals}&target=DE",
        f"{SUBMISSIONS}?cursor={ours[:-2]}xx",
        f"{SUBMISSIONS}?cursor=X{ours}",
    )
    for address in fine:
        assert writer.client.get(address, headers=writer.headers).status_code == 200, address
    for address in foreign:
        refused = writer.client.get(address, headers=writer.headers)
        assert refused.status_code == 400, address
        assert [error["parameter"] for error in refused.json()["errors"]] == ["cursor"], address


def test_rows_that_come_and_go_move_no_page_of_a_list_by_number() -> None:
    writer = Writer()
    numbers = [writer.propose(body(date=f"2022-0{n}")).json()["id"] for n in range(1, 7)]
    page = writer.get(SUBMISSIONS, page_size="2").json()
    met = [row["id"] for row in page["results"]]
    writer.propose(body(date="2021"))
    DealVersion.objects.filter(pk=numbers[-2]).update(created_by=None)
    while page["next"]:
        page = writer.client.get(page["next"], headers=writer.headers).json()
        met += [row["id"] for row in page["results"]]
    assert met == numbers[::-1]


def test_pages_have_a_usual_and_a_largest_size() -> None:
    assert (paging.DEFAULT_PAGE, paging.LARGEST_PAGE) == (100, 500)
