"""`/flows/europe-to-china/` and back: every number is one of the explorer's and leads there."""

import re
from html import unescape
from urllib.parse import parse_qsl

import pytest

from deals.flows.listing import Wanted, total
from deals.flows.query import FlowQuery
from deals.flows.scope import resolve
from deals.models import PolicyEvent
from tests.factories import make_deal, make_deals, make_population

pytestmark = pytest.mark.django_db
OUT, BACK = "/flows/europe-to-china/", "/flows/china-to-europe/"


@pytest.fixture
def register():
    """Three rounds to China (one with Hong Kong only), one back, and what stands beside."""
    make_deals(
        [
            {"target": "Horizon", "investors": [("Baillie", "GB"), ("Hill", "CN")],
             "date": "2021-02-09", "sectors": ["ai_chips"], "amount": "900000000"},
            {"target": "Momenta", "investors": [("Bosch", "DE")], "date": "2018-06-01",
             "sectors": ["autonomous_driving"]},
            {"target": "Kong", "target_country": "HK", "investors": [("Bosch", "DE")],
             "date": "2019-06-01"},
            {"target": "Agile", "target_country": "DE", "investors": [("Hill", "CN")],
             "date": "2019-07-03"},
            {"target": "Bought", "investors": [("Bosch", "DE")], "kind": "acquisition",
             "date": "2019-07-03"},
            {"target": "Elmos", "target_country": "DE", "investors": [("Silex", "CN")],
             "date": "2022-11-09", "kind": "acquisition", "status": "blocked", "ai": "unknown"},
        ]
    )  # fmt: skip
    for day, kind in (("2020-10-11", "screening"), ("2020-01-31", "membership")):
        PolicyEvent.objects.create(date=day, jurisdiction="EU", title=f"A {kind}", kind=kind)


def text(response) -> str:
    html = re.sub(r"<(script|svg).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


def test_the_page_begins_with_the_finding_and_why_it_has_no_share(client, register):
    page = text(client.get(OUT))
    assert "2 documented funding rounds into AI companies in China with an investor" in page
    assert "This is a case list" in page
    assert "1 documented deal among funding rounds into AI companies in Europe" in text(
        client.get(BACK)
    )


def test_both_directions_stand_over_time_on_both_pages(client, register):
    for address in (OUT, BACK):
        panels = client.get(address).context["picture"].panels
        assert {panel.hue for panel in panels} == {"hue-eu-cn", "hue-cn-eu"}


def test_only_rules_that_were_meant_to_move_investment_are_compared(client, register):
    assert [event.title for event in client.get(OUT).context["around"]] == ["A screening"]


def test_what_stands_beside_the_headline_leads_to_just_those_deals(client, register):
    facts = {fact.label: fact for fact in client.get(OUT).context["facts"]}
    assert facts["acquisitions"].n == 1
    stopped = client.get(BACK).context["facts"][-1]
    assert stopped.n == 1
    for fact in (*facts.values(), stopped):
        params = dict(parse_qsl(fact.deals.split("?")[1])) | {"place": "flow"}
        place = params.pop("place")
        query = FlowQuery.from_params(params)
        assert total(query, resolve(query), Wanted(place=place)) == fact.n, fact


def test_hong_kong_and_macao_are_counted_both_ways(client, register):
    assert re.search(r"3 with Hong Kong and Macao", text(client.get(OUT)))


def test_the_longest_lines_lead_to_their_deals_and_to_the_whole_list(client, register):
    sectors, investors, targets = client.get(OUT).context["leaders"]
    assert {row.name for row in sectors.rows} == {"AI chips", "Autonomous driving"}
    assert {(row.name, row.place) for row in investors.rows} == {
        ("Baillie", "United Kingdom"),
        ("Bosch", "Germany"),
    }
    assert {row.name for row in targets.rows} == {"Horizon", "Momenta"}
    assert sectors.page.endswith("tab=sectors")
    assert client.get(sectors.page).status_code == 200


def test_a_real_population_is_asked_before_the_case_list(client, register):
    assert client.get(OUT).context["query"].population == ""
    make_deal(population="supplier", investors=[("A", "DE")], date="2019-05-01")
    make_deal(population="supplier", investors=[("C", "CN")], date="2019-05-01")
    page = client.get(OUT)
    assert page.context["query"].population == "supplier"
    assert "50.0 % of funding rounds" in text(page)


def test_invented_data_are_pointed_to_and_never_counted(client, register):
    make_population("demo", generated=True)
    make_deal(population="demo", investors=[("A", "DE")])
    page = client.get(OUT)
    assert page.context["answer"]["deals"]["n"] == 2
    assert "population=demo" in page.context["demonstration"]


def test_an_empty_register_has_both_pages(client):
    for address in (OUT, BACK):
        assert "No documented funding rounds" in text(client.get(address))


def test_the_page_takes_no_parameters_and_is_not_sent_twice(client, register):
    assert client.get(f"{OUT}?from=2017").status_code == 400
    tag = client.get(OUT).headers["ETag"]
    assert client.get(OUT, headers={"If-None-Match": tag}).status_code == 304
    make_deal(investors=[("A", "DE")])
    assert client.get(OUT, headers={"If-None-Match": tag}).status_code == 200


def test_the_page_asks_at_most_thirty_times_and_then_hardly_at_all(
    client, register, django_assert_max_num_queries
):
    with django_assert_max_num_queries(30):
        client.get(OUT)
    # What is kept is not asked again: populations, head, events and the newest deals are.
    with django_assert_max_num_queries(8):
        client.get(OUT)
