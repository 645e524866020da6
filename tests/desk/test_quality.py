"""What the register lacks: each list has exactly its deals, the headline's first."""

import csv
from datetime import date

import pytest

from deals.flows.quality_checks import CHECKS
from deals.models import Domicile, Ownership, Source
from tests.desk.runs import make_person
from tests.factories import make_deal, make_deals, make_organization, make_population

pytestmark = pytest.mark.django_db
PAGE = "/desk/quality/"
WHOLE = {
    "sources": ("One", "Two"), "date": "2019-05-13", "amount": "5e6", "currency": "USD",
    "ai_basis": "editor: robots", "investors": [("Fund", "US")], "target": "Whole",
    "target_country": "US",
}  # fmt: skip


@pytest.fixture
def edith(client):
    user = make_person("edith", "editor")
    client.force_login(user)
    return user


def make(name, **facts):
    return make_deal(**(WHOLE | {"target": name} | facts))


def listed(client, code, query=""):
    rows = client.get(f"{PAGE}{code}/{query}").context["rows"]
    return [deal["target"]["name"] for deal, _ in rows]


LACKING = {
    "single-source": {"sources": ("One",)},
    "coarse-date": {"date": "2019"},
    "investor-country": {"investors": [("Somebody", None)]},
    "target-country": {"target_country": None},
    "no-investors": {"investors": [], "investor_list": "none"},
    "undisclosed": {"amount": None},
    "rate-pending": {"date": "2999-05-13"},
    "ai-basis": {"ai_basis": ""},
}


@pytest.mark.parametrize("code", LACKING)
def test_a_list_has_the_deals_that_lack_it_and_no_others(client, edith, code):
    make("Whole")
    make("Lacking", **LACKING[code])
    assert listed(client, code) == ["Lacking"]
    counts = {check.code: n for check, _, _, n, _ in client.get(PAGE).context["lists"]}
    assert counts[code] == 1
    others = set(counts) - {code, "investor-country", "no-investors"}
    assert {counts[other] for other in others} == {0}


def test_debt_without_an_amount_and_an_unknown_date_are_what_they_are(client, edith):
    make("Debt", amount=None, kind="debt")
    make("Undated", date=None)
    make("Quarter", date="2019-Q1")
    assert listed(client, "undisclosed") == []
    assert listed(client, "coarse-date") == ["Undated"]


def test_a_source_without_an_address_is_found(client, edith):
    make("Whole")
    make("Lacking", sources=("A book", "Two"))
    Source.objects.filter(title="A book").update(kind="page", url="")
    assert listed(client, "no-address") == ["Lacking"]


def test_a_country_that_our_evidence_contradicts_is_listed_on_the_days_it_does(client, edith):
    fund = make_organization("Fund", "US")
    make("Then"), make("Later", date="2023-01-01")
    Domicile.objects.create(
        organization=fund, country="DE", basis="headquarters", last=date(2020, 1, 1)
    )
    Domicile.objects.create(organization=fund, country="KY", basis="incorporation")
    assert listed(client, "country-against-evidence") == ["Then"]


def test_deals_between_europe_and_china_stand_first_and_are_all_of_the_headline(client, edith):
    lacking = {"sources": ("One",)}
    make("To China", target_country="CN", investors=[("Bosch", "DE")], **lacking)
    make("To Europe", target_country="FR", investors=[("Dragon", "CN")], **lacking)
    make("Elsewhere", **lacking)
    make("Inside", target_country="CN", investors=[("Dragon", "CN")], **lacking)
    assert listed(client, "single-source") == ["To Europe", "To China", "Inside", "Elsewhere"]
    assert listed(client, "headline-single-source") == ["To Europe", "To China"]


def test_lists_go_on_page_by_page_with_each_deal_once(client, edith):
    rows = [
        WHOLE | {"target": f"no. {n}", "sources": ("One",), "target_country": ("CN", "US")[n % 2],
                 "investors": [("Bosch", "DE")]}
        for n in range(130)
    ]  # fmt: skip
    make_deals(rows)
    seen, address = [], f"{PAGE}single-source/"
    while address:
        response = client.get(address)
        seen += [deal["target"]["name"] for deal, _ in response.context["rows"]]
        address = response.context["next"]
    expected = [*range(128, -1, -2), *range(129, 0, -2)]
    assert seen == [f"no. {n}" for n in expected]
    file = client.get(f"{PAGE}single-source/?form=csv").content.decode()
    assert [row["target"] for row in csv.DictReader(file.splitlines())] == seen


def test_invented_deals_are_listed_only_when_asked_for_and_a_country_narrows(client, edith):
    make_population("demo", generated=True)
    make("Invented", sources=("One",), population="demo")
    make("Real", sources=("One",))
    make("German", sources=("One",), investors=[("Bosch", "DE")])
    assert listed(client, "single-source") == ["German", "Real"]
    assert listed(client, "single-source", "?population=demo") == ["Invented"]
    assert listed(client, "single-source", "?country=DE") == ["German"]


def test_investors_without_an_owner_are_listed_by_how_often_they_invest(client, edith):
    make("One", investors=[("Often", "US"), ("Once", "DE")])
    make("Two", investors=[("Often", "US"), ("Researched", "DE")])
    owned, owner = make_organization("Researched", "DE"), make_organization("Owner", "DE")
    Ownership.objects.create(owned=owned, owner=owner, share=60, controlling=True)
    found = client.get(f"{PAGE}owner-not-researched/").context["investors"]
    assert [(one.name, one.deals) for one in found] == [("Often", 2), ("Once", 1)]


def test_names_run_neither_in_a_page_nor_in_a_spreadsheet(client, edith):
    make("=1+1<script>window.ran=1</script>", sources=("One",))
    assert b"<script>window" not in client.get(f"{PAGE}single-source/").content
    file = client.get(f"{PAGE}single-source/?form=csv").content.decode()
    assert ",'=1+1<script>" in file


@pytest.mark.parametrize("query", ["country=XX", "country=europe", "population=nothing%00"])
def test_what_cannot_be_chosen_is_said_at_its_field(client, edith, query):
    for end in ("", "single-source/", "owner-not-researched/"):
        response = client.get(f"{PAGE}{end}?{query}")
        assert response.status_code == 400
        assert f'href="#{query.partition("=")[0]}"' in response.content.decode()
    assert client.get(f"{PAGE}nothing/").status_code == 404
    assert client.get(f"{PAGE}single-source/?after=h{'9' * 40}").status_code == 200


def test_counts_say_when_they_were_made_and_follow_the_ledger(client, edith):
    make("One", sources=("One",))
    assert "Counted" in client.get(PAGE).content.decode()
    make("Two", sources=("One",))
    counts = {check.code: n for check, _, _, n, _ in client.get(PAGE).context["lists"]}
    assert counts["single-source"] == 2


def test_pages_cost_a_fixed_number_of_queries(client, edith, django_assert_max_num_queries):
    make_deals([WHOLE | {"sources": ("One",)} for _ in range(60)])
    with django_assert_max_num_queries(24):
        client.get(PAGE)
    with django_assert_max_num_queries(9):
        client.get(PAGE)
    for code in CHECKS:
        with django_assert_max_num_queries(14):
            client.get(f"{PAGE}{code}/")
