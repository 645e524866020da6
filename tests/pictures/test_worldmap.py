"""The map of the world: every number of it is the number of deals behind it."""

from deals.flows.query import FlowQuery
from deals.pictures import worldmap
from deals.pictures.registry import answers_for, picture
from tests.factories import make_deals
from tests.pictures.conftest import QUERY, parsed, with_class

BUSY = "AT BE CH CN DE DK ES FI FR GB HK IT JP KR NL SE SG US"
ANYONE = FlowQuery(population="test", kind=("all",))


def test_it_names_where_most_deals_came_from_and_went_to(register):
    drawn, _scope = picture("map", QUERY)
    assert drawn.title == "Most deals had an investor from Germany (3) and went to China (3)"
    assert drawn.summary == (
        "Where the investors are: 2 countries, most in Germany (3), France (1)."
        " Where the targets are: 1 country: China (3)."
    )


def test_each_country_leads_to_as_many_deals_as_it_says(register, client):
    drawn, _scope = picture("map", ANYONE)
    seen = 0
    for panel in drawn.panels:
        for link in parsed(panel.wide).iter("a"):
            said = link.findtext("title")
            n = int(said.partition(": ")[2].split()[0])
            assert client.get(link.get("href")).context["total"] == n, said
            seen += 1
    assert seen >= 5


def test_both_maps_have_one_scale_of_colours(register):
    drawn, _scope = picture("map", QUERY)
    first, second = drawn.panels
    assert first.legend == second.legend
    assert with_class(first.wide, "seq-5")[0].findtext("title").startswith("Germany")
    assert with_class(second.wide, "seq-5")[0].findtext("title").startswith("China")


def test_countries_that_were_asked_for_and_have_none_are_outlined_and_said_to_be(register):
    drawn, _scope = picture("map", QUERY)
    assert with_class(drawn.panels[0].wide, "asked")
    assert any("grey outline" in note for note in drawn.notes)
    bare, _scope = picture("map", ANYONE)
    assert not with_class(bare.panels[0].wide, "asked")


def test_a_country_that_is_on_no_map_is_named_and_in_the_table(db):
    make_deals([{"population": "test", "target": "X", "investors": [("Ice", "AQ"), ("A", "DE")]}])
    drawn, _scope = picture("map", FlowQuery(target=("CN",), population="test"))
    assert any("Antarctica" in note for note in drawn.notes)
    assert "Antarctica" in [row["name"] for row in drawn.panels[0].table.rows]
    said = [link.findtext("title") for link in parsed(drawn.panels[0].wide).iter("a")]
    assert {one.partition(":")[0] for one in said} == {"Germany"}


def test_investors_of_no_known_country_stand_in_the_table(db):
    make_deals([{"population": "test", "target": "X", "investors": [("Nobody", None)]},
                {"population": "test", "target": "Y", "investors": [("A", "DE")]}])  # fmt: skip
    drawn, _scope = picture("map", FlowQuery(population="test"))
    rows = [(row["name"], row["n"]) for row in drawn.panels[0].table.rows]
    assert rows == [("Germany", 1), ("Country not known", 1)]


def test_a_busy_map_stays_light(register):
    answers, _scope = answers_for("map", ANYONE)
    row = answers["top-countries"]["rows"][0]
    many = [row | {"code": code, "n": at + 1} for at, code in enumerate(BUSY.split())]
    for name in ("top-countries", "top-target-countries"):
        answers[name] = answers[name] | {"rows": many}
    drawn = worldmap.draw(ANYONE, answers)
    assert sum(len(panel.wide) + len(panel.narrow) for panel in drawn.panels) < 130_000
