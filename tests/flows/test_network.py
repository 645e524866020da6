"""Who invested together with an organization: counted by hand, by loops, and by its links."""

import json
from collections import defaultdict
from itertools import combinations
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deals.flows import links
from deals.flows.network import MOST_NODES, around, network
from deals.flows.query import ALL, BadParameters, FlowQuery
from deals.flows.scope import resolve
from deals.models import Organization
from tests.factories import make_deal, make_deals, make_organization, make_population
from tests.flows.comparing_rows import listed
from tests.flows.naive import load_register
from tests.flows.naive_rows import survivor
from tests.flows.registers import random_register

pytestmark = pytest.mark.django_db

RHEIN, SEINE, BAY = ("Rhein", "DE"), ("Seine", "FR"), ("Bay", "US")


def code(name: str) -> str:
    return Organization.objects.get(name=name).public_id


def test_co_investors_targets_and_investors_around_an_organization() -> None:
    make_deals(
        [
            {"target": "Alpha", "investors": [RHEIN, SEINE]},
            {"target": "Alpha", "investors": [RHEIN, SEINE, BAY], "kind": "acquisition"},
            {"target": "Beta", "investors": [RHEIN], "ai": "no"},
            {"target": "Rhein", "target_country": "DE", "investors": [("Donau", "AT")]},
            # Not with Rhein, never completed, and by somebody nobody named.
            {"target": "Alpha", "investors": [SEINE]},
            {"target": "Gamma", "investors": [RHEIN], "status": "announced"},
            {"target": "Beta", "investors": [RHEIN, (None, "FR")]},
        ]
    )
    found = network(code("Rhein"))
    assert found["center"] == {"id": code("Rhein"), "name": "Rhein", "country": "DE", "n": 5}
    assert [(node["name"], node["role"], node["n"]) for node in found["nodes"]] == [
        ("Alpha", "target", 2),
        ("Beta", "target", 2),
        ("Seine", "co-investor", 2),
        ("Bay", "co-investor", 1),
        ("Donau", "investor", 1),
    ]
    names = {node["id"]: node["name"] for node in found["nodes"]}
    others = [link for link in found["links"] if link["a"] != code("Rhein")]
    assert [(names[link["a"]], names[link["b"]], link["n"]) for link in others] == [
        ("Seine", "Alpha", 2),
        ("Bay", "Alpha", 1),
    ]
    assert found["more"] == 0
    assert json.loads(json.dumps(found)) == found


def test_only_the_strongest_are_shown_and_the_others_are_counted() -> None:
    funds = [(f"Fund {number:02}", "FR") for number in range(MOST_NODES + 3)]
    make_deals([{"target": "Alpha", "investors": [RHEIN, *funds]}] + [{"investors": [RHEIN]}] * 2)
    make_deal(target="Beta", investors=[RHEIN, funds[-1]])
    found = network(code("Rhein"))
    assert len(found["nodes"]) == len(found["rows"]) == MOST_NODES
    assert found["nodes"][0]["name"] == funds[-1][0]
    # The targets of both other rounds and Beta, too.
    assert found["more"] == len(funds) + 4 - MOST_NODES


def test_every_pair_of_a_random_register_is_counted_by_loops_and_by_its_link() -> None:
    random_register(8, 150)
    register = load_register()
    gone, kept = (Organization.objects.filter(name=f"Fund {n}").first() for n in (4, 5))
    assert gone
    gone.merged_into = kept
    gone.save()
    together: dict[frozenset[str], set[int]] = defaultdict(set)
    alone: dict[str, set[int]] = defaultdict(set)
    for version in register.versions:
        ever = {version.status, *(step["status"] for step in version.status_history)}
        completed = ever & {"completed", "divestment_ordered", "unwound"}
        generated = version.population and version.population.generated
        if version.deal_id in register.umbrellas or not completed or generated:
            continue
        parts = [p.investor_id for p in register.parts[version.pk] if p.investor_id]
        codes = {survivor(pk) for pk in (version.target_id, *parts)}
        for one in codes:
            alone[one].add(version.deal_id)
        for pair in combinations(codes, 2):
            together[frozenset(pair)].add(version.deal_id)
    assert gone.public_id not in alone
    center = max(alone, key=lambda one: (len(alone[one]), one))
    found = network(center)
    assert found["center"]["n"] == len(alone[center])
    expected = {pair - {center}: deals for pair, deals in together.items() if center in pair}
    assert len(expected) == len(found["nodes"]) + found["more"]
    for row in found["rows"]:
        deals = expected[frozenset({row["code"]})]
        assert row["n"] == len(deals)
    for link in found["links"][:12] + found["links"][-6:]:
        assert len(listed(link["deals"])) == link["n"], link


@pytest.mark.parametrize("asked", [{"from_": "2019", "to": "2020"}, {"investor": ("europe",)}])
def test_only_deals_of_the_flow_are_counted(asked: dict[str, Any]) -> None:
    """Nor those whose day or investor's country leaves open whether they are."""
    make_deals(
        [
            {"target": "Alpha", "investors": [RHEIN, SEINE], "date": "2019-03"},
            {"target": "Beta", "investors": [RHEIN, SEINE], "date": "2018-11"},
            {"target": "Rhein", "target_country": "DE", "investors": [BAY], "date": ""},
        ]
    )
    query = FlowQuery(kind=(ALL,), ai=(ALL,), organization=code("Rhein")).but(**asked)
    found = around(query, resolve(query))
    assert found["center"]["n"] == len(listed(links.deals(query)))
    for node in found["rows"]:
        assert node["n"] == len(listed(node["deals"])), node


def test_a_merged_organization_is_found_under_either_identifier() -> None:
    make_deal(investors=[("Old", "DE"), SEINE])
    old, new = Organization.objects.get(name="Old"), make_organization("New", "DE")
    old.merged_into = new
    old.save()
    assert network(old.public_id)["center"] == network(new.public_id)["center"]
    assert network(new.public_id)["center"]["n"] == 1


def test_invented_deals_have_a_network_only_inside_their_population() -> None:
    make_population("invented", generated=True)
    make_deal(population="invented", investors=[RHEIN, SEINE])
    assert network(code("Rhein"))["nodes"] == []
    assert len(network(code("Rhein"), population="invented")["nodes"]) == 2


def test_an_organization_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(BadParameters, match="organization"):
        network("O-00000000")


def test_a_network_takes_few_queries_however_large_it_is() -> None:
    make_deals({"investors": [RHEIN, (f"Fund {n}", "FR")]} for n in range(12))
    rhein = code("Rhein")
    with CaptureQueriesContext(connection) as asked:
        network(rhein)
    assert len(asked) <= 8
