"""Over time: numbers, scale, both directions, events, what is not complete."""

from deals.flows.query import FlowQuery
from deals.pictures.registry import picture
from deals.pictures.time import reverse
from tests.factories import make_deals
from tests.pictures.conftest import QUERY, with_class, written


def drawn(query=QUERY):
    return picture("time", query)[0]


def test_bars_carry_the_numbers_of_the_answer(register):
    front, back = drawn().panels
    shares = ["100.0\u202f%", "66.7\u202f%"]
    assert written(front.wide, "value") == [*shares, "1", "2"]
    assert written(back.wide, "value") == ["100.0\u202f%", "1"]


def test_both_directions_stand_on_one_scale(register):
    front, back = (with_class(panel.wide, "bar") for panel in drawn().panels)
    assert [bar.get("height") for bar in front] == ["85", "170"]
    assert [bar.get("height") for bar in back] == ["85"]


def test_both_directions_have_the_same_years(register):
    whole = drawn(QUERY.but(from_="", to=""))
    years = [[year.text for year in with_class(panel.wide, "tick")[-1]] for panel in whole.panels]
    assert years[0] == years[1] == ["2018", "2019"]


def test_colours_mean_the_direction(register):
    assert [panel.hue for panel in drawn().panels] == ["hue-eu-cn", "hue-cn-eu"]


def test_the_finding_names_the_year_with_most_deals(register):
    assert drawn().title == "Europe → China: most in 2019, 2 deals (66.7\u202f% of all)"


def test_a_case_list_has_no_line_and_no_share(register):
    whole = drawn(QUERY.but(population=""))
    assert "share" not in whole.subtitle.partition("Case list")[0]
    assert all(not with_class(panel.wide, "point") for panel in whole.panels if panel.wide)


def test_events_are_numbered_on_the_axis_and_told_below(register):
    whole = drawn()
    assert [event.text for event in whole.events] == ["10 Apr 2019, EU: Screening adopted"]
    assert written(whole.panels[0].wide, "event-number") == ["1"]


def test_the_table_has_every_year_and_adds_up(register):
    table = drawn().panels[0].table
    assert [(row["period"], row["n"], row["N"]) for row in table.rows] == [
        ("2018", 1, 1), ("2019", 2, 3), ("2020", 0, 0),
    ]  # fmt: skip
    assert (table.foot["n"], table.foot["N"]) == (3, 4)


def test_a_direction_without_deals_is_said_and_not_drawn(register):
    whole = drawn(QUERY.but(investor=("FR",)))
    assert len(whole.panels) == 1
    assert any("China" in note and "France" in note for note in whole.notes)


def test_only_a_question_with_two_different_sides_has_another_direction():
    assert reverse(FlowQuery(investor=("europe",))) is None
    assert reverse(FlowQuery(investor=("CN",), target=("CN",))) is None
    other = reverse(FlowQuery(investor=("DE",), target=("CN",)))
    assert (other.investor, other.target) == (("CN",), ("DE",))


def test_years_that_tie_are_not_ranked(db):
    common = {"population": "test", "investors": [("A", "DE")]}
    make_deals(common | {"date": f"{year}-03-01"} for year in (2018, 2019))
    whole = drawn()
    assert whole.title == "Europe → China: 1 deal in a year at most"
    assert "Europe → China: 2 deals from 2018 to 2020; at most 1 in a year." in whole.summary


def test_the_summary_accounts_for_deals_that_no_year_holds(db):
    common = {"population": "test", "investors": [("A", "DE")]}
    make_deals([common | {"date": "2018-03-01"}, common | {"date": "2019-03-01"},
                common | {"date": None}])  # fmt: skip
    assert "1 more deal is in no single year." in drawn(QUERY.but(from_="", to="")).summary


def test_several_investor_countries_are_alternatives(register):
    whole = drawn(QUERY.but(investor=("DE", "FR")))
    assert whole.title.startswith("Germany or France → China")
