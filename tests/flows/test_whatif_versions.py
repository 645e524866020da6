"""What some versions would do to the headline shares is what they do once they are published."""

import json
from collections.abc import Collection, Iterable
from random import Random
from typing import Any

import pytest
from django.db import connection

from deals import actions
from deals.feeds.publish import publish
from deals.flows import whatif_versions
from deals.flows.query import FlowQuery
from deals.flows.whatif_questions import WAYS, WINDOWS
from deals.flows.whatif_versions import impact_of_bundles, impact_of_versions
from deals.models import Change, DealFact, DealVersion, Population, ledger
from deals.models.bundles import load
from tests.factories import make_deal, make_deals, submit_version
from tests.flows.comparing import fast_share
from tests.flows.registers import random_facts, random_register

pytestmark = pytest.mark.django_db
Key = tuple[str, str | None]


def asked(query: FlowQuery) -> dict[str, dict[str, Any]]:
    answer = fast_share(query)
    names = ("n", "N", "share")
    return {kind: {name: answer[kind][name] for name in names} for kind in ("deals", "with_hk_mo")}


def headline() -> dict[Key, dict[str, dict[str, Any]]]:
    """Every headline question of every population, as readers are answered."""
    codes = [*Population.objects.values_list("code", flat=True), None]
    return {
        (f"{way}, funding rounds, {window}", code): asked(
            query.but(from_=first, to=last, population=code or "")
        )
        for code in codes
        for way, query in WAYS
        for window, first, last in WINDOWS
    }


def foreseen(answer: dict[str, Any], when: str) -> dict[Key, dict[str, dict[str, Any]]]:
    return {
        (one["title"], one["population"]): {
            "deals": one[when],
            "with_hk_mo": one["with_hk_mo"][when],
        }
        for one in answer["questions"]
    }


def state_of_the_database() -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()")
        (temporary,) = cursor.fetchone()
    models = (Change, DealFact, DealVersion)
    return (temporary, ledger.head(), *(model.objects.count() for model in models))


def assert_foreseen(
    versions: Iterable[DealVersion], gone: Collection[DealVersion] = ()
) -> dict[str, Any]:
    """Preview, publish, ask again; returns the preview."""
    ids = [version.pk for version in versions]
    before, state = headline(), state_of_the_database()
    answer = impact_of_versions(ids, gone=[one.deal_id for one in gone])
    assert state_of_the_database() == state, "The preview left something behind."
    assert answer == json.loads(json.dumps(answer))
    assert answer["seq"] == ledger.head()
    publish(ids, by="system")
    for version in gone:
        actions.retract(deal=version.deal, by=None, reason="A test")
    after = headline()
    assert before.items() >= foreseen(answer, "before").items()
    assert after.items() >= foreseen(answer, "after").items()
    untouched = {key for key in after if before[key] == after[key]}
    assert after.keys() - foreseen(answer, "after").keys() <= untouched, "A question is missing."
    for one in answer["questions"]:
        gained = one["enter_flow"] - one["leave_flow"]
        assert one["after"]["n"] - one["before"]["n"] == gained
    assert answer["moves"] == (before != after)
    return answer


@pytest.mark.parametrize("seed", range(6))
def test_random_changes_move_the_shares_as_they_were_foreseen(seed: int) -> None:
    """Edits, new deals, new tranches of deals in and outside the batch, and deals that go."""
    rng = Random(seed)
    deals = random_register(seed, 40)
    live = list(DealVersion.objects.live().select_related("deal").order_by("pk"))
    edited = rng.sample(live, 5)
    gone = [version for version in rng.sample(live, 4) if version not in edited]
    umbrella = rng.choice(deals)
    versions = [submit_version(version.deal, **random_facts(rng)) for version in edited]
    versions += [submit_version(**random_facts(rng)) for _ in range(3)]
    versions += [submit_version(**random_facts(rng), part_of=umbrella)]
    versions += [submit_version(**random_facts(rng), part_of=edited[0])]
    versions += [submit_version(**random_facts(rng), part_of=versions[0])]
    assert_foreseen(versions, gone)


def test_a_new_deal_of_a_population_says_n_of_N_before_and_after() -> None:
    make_deals([{"population": "p", "investors": [("Dragon", "CN")]} for _ in range(3)])
    new = submit_version(population="p", investors=[("Fund", "DE")])
    answer = assert_foreseen([new])
    first = answer["questions"][0]
    assert first["title"] == "Europe → China, funding rounds, all years"
    assert first["population"] == "p"
    assert first["before"] == {"n": 0, "N": 3, "share": "0.000000"}
    assert first["after"] == {"n": 1, "N": 4, "share": "0.250000"}
    assert answer["deals"] == {"enter_flow": 1, "leave_flow": 0}
    assert answer["moves"] is True


def test_what_is_counted_nowhere_asks_nothing() -> None:
    make_deal()
    answer = assert_foreseen([submit_version(target_country="US", investors=[("Bay", "US")])])
    assert (answer["questions"], answer["moves"]) == ([], False)


def test_an_umbrella_leaves_with_its_first_tranche_and_comes_back_without_it() -> None:
    umbrella = make_deal(investors=[("Fund", "DE")])
    tranche = submit_version(part_of=umbrella, investors=[("Dragon", "CN")])
    answer = assert_foreseen([tranche])
    assert answer["deals"] == {"enter_flow": 0, "leave_flow": 1}
    tranche.refresh_from_db()
    answer = assert_foreseen([], [tranche])
    assert answer["deals"] == {"enter_flow": 1, "leave_flow": 0}


def test_facts_that_are_written_nowhere_are_weighed_as_well() -> None:
    version = make_deal(population="p", investors=[("Fund", "DE")])
    (bundle,) = load([version.pk])
    bundle.participations[0]["country"] = "US"
    answer = impact_of_bundles([bundle])
    assert answer["questions"][0]["before"]["n"] == 1
    assert answer["questions"][0]["after"]["n"] == 0
    assert answer["deals"] == {"enter_flow": 0, "leave_flow": 1}
    assert fast_share(WAYS[0][1].but(population="p"))["deals"]["n"] == 1


def test_the_number_of_statements_does_not_grow_with_the_register(
    django_assert_max_num_queries: Any,
) -> None:
    make_deals([{"population": "p"} for _ in range(30)])
    new = submit_version(population="p")
    with django_assert_max_num_queries(70):
        impact_of_versions([new.pk])


def test_what_cannot_be_computed_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    new = submit_version()
    monkeypatch.setattr(whatif_versions, "placed", lambda *_: _broken())
    state = state_of_the_database()
    answer = impact_of_versions([new.pk])
    assert "could not be computed" in answer["problem"]
    assert (answer["questions"], answer["moves"]) == ([], False)
    assert state_of_the_database() == state


def _broken() -> Any:
    from deals.flows.conditions import Sql

    return Sql(["SELECT 1 AS deal_id, 1/0 AS place"])


@pytest.mark.django_db(transaction=True)
def test_with_a_transaction_of_its_own_it_leaves_nothing_behind() -> None:
    new = submit_version()
    state = state_of_the_database()
    assert not connection.in_atomic_block
    assert impact_of_versions([new.pk])["deals"]["enter_flow"] == 1
    assert state_of_the_database() == state
    assert submit_version().pk, "The connection still writes."
