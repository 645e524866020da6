"""What changed since a point of the ledger: every deal with its reason, and sums that add up."""

from random import Random

import pytest
from django.utils import timezone

from deals import actions
from deals.flows.query import FlowQuery
from deals.flows.since import Since, since
from deals.models import ledger
from tests.factories import make_deal, make_deals
from tests.flows.moves import edit, retract
from tests.flows.naive import COUNTED, load_register, places_of
from tests.flows.registers import random_register

pytestmark = pytest.mark.django_db

QUESTION = FlowQuery.from_params(
    {"investor": "europe", "target": "CN", "from": "2017", "to": "2022"}
)


def assert_adds_up(found: Since) -> Since:
    for now, then, way in ((found.n_now, found.n, "n"), (found.N_now, found.N, "whole")):
        moved = sum(row[f"in_{way}"] - row[f"out_{way}"] for row in found.tallies)
        assert then + moved == now
    return found


def reasons(found: Since) -> dict[str, list[str]]:
    return {deal["name"]: deal["why"] for deal in found.deals}


def test_each_deal_that_moved_is_there_with_its_reason() -> None:
    kept, dated, sold, late, gone, merged = make_deals(
        {"target": name} for name in ("Kept", "Dated", "Sold", "Late", "Gone", "Merged")
    )
    grown = make_deal(target="Grown", kind="acquisition")
    umbrella = make_deal(target="Umbrella")
    then = QUESTION.but(as_of=ledger.head())
    assert since(then).deals == ()
    edit(dated, target="Dated", date="2015")
    edit(sold, target="Sold", investors=[("US Fund", "US")])
    edit(late, target="Late", investors=[("X", "US")], date="2016-02")
    retract(gone)
    actions.merge(deal=merged.deal, into=kept.deal, by=None, reason="The same round")
    edit(grown, target="Grown")
    make_deal(target="Tranche", part_of=umbrella)
    make_deals([{"target": "New"}, {"target": "Beside", "investors": [("Y", "CN")]}])
    found = assert_adds_up(since(then))
    assert reasons(found) == {
        "Dated": ["re_dated"],
        "Sold": ["re_attributed"],
        "Late": ["re_dated", "re_attributed"],
        "Gone": ["retracted"],
        "Merged": ["retracted"],
        "Grown": ["re_classified"],
        "Umbrella": ["recounted"],
        "Tranche": ["added"],
        "New": ["added"],
        "Beside": ["added"],
    }
    assert (found.n, found.N, found.n_now, found.N_now) == (7, 7, 4, 6)
    assert found.more == 0
    moved = {deal["name"]: (deal["before"], deal["after"]) for deal in found.deals}
    assert moved["Sold"] == ("flow", "other_foreign_only")
    assert moved["Dated"] == ("flow", None)
    assert moved["Beside"] == (None, "target_side_only")


def test_the_list_begins_with_what_moved_n_and_says_how_many_are_not_listed() -> None:
    make_deal()
    then = QUESTION.but(as_of=ledger.head())
    make_deals([{}, {}, {"investors": [("Y", "CN")]}])
    found = since(then, limit=2)
    assert [deal["in_n"] for deal in found.deals] == [True, True]
    assert (found.moved, found.more) == (3, 1)
    entries = [deal["seq"] for deal in found.deals]
    assert entries == sorted(entries, reverse=True)
    assert {deal["kind"] for deal in found.deals} == {"published"}


@pytest.mark.parametrize("seed", [3, 4])
def test_what_moved_agrees_with_plain_sets_over_random_registers(seed: int) -> None:
    rng = Random(seed)
    versions = random_register(seed, 60)
    seq = ledger.head()
    then = load_register(seq)
    for version in rng.sample(versions, 12):
        if version.part_of_id is None and not version.deal.part_versions.exists():
            retract(version)
    make_deals({"population": "supplier", "date": str(year)} for year in (2018, 2019, 2012))
    now, today = load_register(), timezone.now().date()
    for query in (
        QUESTION.but(population="supplier"),
        FlowQuery.from_params({"investor": "eu", "target": "china-hk-mo", "kind": "all"}),
    ):
        found = assert_adds_up(since(query.but(as_of=seq)))
        old, new = (
            {v.deal.public_id: name for name in COUNTED for v in places.get(name, [])}
            for places in (places_of(query, then, today), places_of(query, now, today))
        )
        counted = {
            pk
            for pk in old.keys() | new.keys()
            if (pk in old) != (pk in new) or (old[pk] == "flow") != (new[pk] == "flow")
        }
        assert {deal["id"] for deal in found.deals} == counted
        assert (found.N, found.N_now) == (len(old), len(new))


def test_the_comparison_is_one_look_at_the_facts_and_kept(django_assert_num_queries) -> None:
    make_deal()
    then = QUESTION.but(as_of=ledger.head())
    make_deal()
    # Two heads, the day of the entry, the comparison.
    with django_assert_num_queries(4):
        since(then)
    with django_assert_num_queries(3):
        since(then)
