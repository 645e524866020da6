"""The network tab: the deals of a question around the one organization that it names."""

from deals.flows.query import FlowQuery
from deals.models import Organization
from deals.pictures.registry import picture
from tests.factories import make_deals
from tests.pictures.conftest import HOSTILE, QUERY, parsed


def about(*names: str, **more) -> FlowQuery:
    codes = [Organization.objects.get(name=name).public_id for name in names]
    return QUERY.but(organization=",".join(codes), **more)


def test_an_investor_its_companies_and_those_beside_it(register):
    drawn, _scope = picture("network", about("A"))
    assert drawn.title == "4 organizations share deals with A" or "most often" in drawn.title
    rows = [(row["name"], row["as"], row["n"]) for row in drawn.panels[0].table.rows]
    assert rows == [
        ("Momenta", "company invested in", 2),
        ("B", "co-investor", 1),
        ("C", "co-investor", 1),
        ("Horizon", "company invested in", 1),
    ]
    assert drawn.panels[0].table.foot["n"] == 3


def test_every_row_leads_to_the_deals_that_both_are_in(register, client):
    drawn, _scope = picture("network", about("A"))
    for row in drawn.panels[0].table.rows:
        assert client.get(row["deals"]).context["total"] == row["n"], row["name"]


def test_the_question_decides_which_deals_count(register):
    drawn, _scope = picture("network", about("A", from_="2018", to="2018"))
    assert [row["name"] for row in drawn.panels[0].table.rows] == ["B", "Horizon"]


def test_a_company_and_its_investors(register):
    drawn, _scope = picture("network", about("Momenta"))
    assert drawn.title == "Momenta shares most deals with A: 2 deals"
    assert {row["as"] for row in drawn.panels[0].table.rows} == {"investor"}


def test_without_an_organization_or_with_several_it_says_what_is_missing(register):
    for query in (QUERY, about("A", "B")):
        drawn, _scope = picture("network", query)
        assert drawn.is_empty
        assert drawn.title.startswith("Name one organization")
        assert drawn.panels[0].empty


def test_an_organization_without_deals_in_the_question(register):
    drawn, _scope = picture("network", about("A", from_="2010", to="2011"))
    assert drawn.title == "Nobody is on record in a deal together with A"
    assert drawn.is_empty


def test_names_never_become_markup(db):
    make_deals([{"population": "test", "target": HOSTILE, "date": "2019-03-01",
                 "investors": [("A", "DE"), (f"{HOSTILE}2", "FR")]}])  # fmt: skip
    drawn, _scope = picture("network", about("A"))
    for svg in (drawn.panels[0].wide, drawn.panels[0].narrow):
        assert "<img" not in svg
        assert any(HOSTILE in node.text for node in parsed(svg).iter("title"))


def test_the_page_of_a_question_has_it_as_a_tab(register, client):
    found = client.get("/flows/", {**about("A").to_params(), "tab": "network"})
    assert found.status_code == 200
    assert "Who took part in the same deals" in found.text


def test_the_only_one_beside_it_is_not_called_the_one_with_most(db):
    make_deals([{"population": "test", "target": "Pony", "date": "2019-03-01",
                 "investors": [("A", "DE")]}])  # fmt: skip
    drawn, _scope = picture("network", about("A"))
    assert drawn.title == "A is on record together with Pony only: 1 deal"


def test_without_an_organization_it_offers_the_investors_of_the_question(register, client):
    drawn, _scope = picture("network", QUERY)
    names = [words for words, _href in drawn.begin]
    assert names[:2] == ["A (3)", "B (1)"]
    page = client.get(drawn.begin[0][1])
    assert page.context["picture"].panels[0].table.rows
    assert page.context["picture"].begin == ()


def test_every_row_leads_to_the_page_of_the_organization(register, client):
    drawn, _scope = picture("network", about("A"))
    for line, row in zip(drawn.panels[0].table.lines, drawn.panels[0].table.rows, strict=True):
        assert row["name"] in client.get(line[0].href).text
