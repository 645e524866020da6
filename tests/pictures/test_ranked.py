"""Countries, sectors, stages and organizations."""

from deals.pictures.registry import picture
from tests.factories import make_deals
from tests.pictures.conftest import QUERY, with_class, written

PERCENT = "\u202f%"


def drawn(code, query=QUERY):
    return picture(code, query)[0]


def test_bars_are_as_long_as_their_numbers(register):
    investors = drawn("countries").panels[0]
    three, one = (float(bar.get("width")) for bar in with_class(investors.wide, "bar"))
    assert abs(three - 3 * one) < 0.4
    assert written(investors.wide, "value") == [f"3 · 75.0{PERCENT}", f"1 · 25.0{PERCENT}"]
    assert written(investors.narrow, "label") == ["Germany", "France"]


def test_the_total_counts_a_deal_of_two_countries_once(register):
    table = drawn("countries").panels[0].table
    assert [row["n"] for row in table.rows] == [3, 1]
    assert table.foot["n"] == 3


def test_the_finding_says_who_has_most(register):
    assert drawn("countries").title == "Investor countries: Germany has most, 3 deals"
    assert drawn("rounds").title == "Round types: Seed and 1 other have most, 1 deal each"


def test_sectors_have_a_whole_of_their_own_and_what_is_not_stated_is_hatched(register):
    panel = drawn("sectors").panels[0]
    rows = {row["title"]: (row["n"], row["N"]) for row in panel.table.rows}
    assert rows == {"AI chips": (2, 2), "Robotics": (1, 1), "not stated": (1, 2)}
    hatched = [bar for bar in with_class(panel.wide, "bar") if bar.get("style")]
    assert len(hatched) == 1
    assert [key.look for key in panel.legend] == ["hue-unknown"]


def test_rounds_stand_in_the_order_of_the_stages(register):
    table = drawn("rounds").panels[0].table
    assert [row["title"] for row in table.rows] == ["Seed", "Series B", "not stated"]


def test_organizations_are_named_with_their_country(register):
    investors, targets = drawn("organizations").panels
    assert written(investors.wide, "label") == ["A (DE)", "B (FR)"]
    assert written(targets.wide, "label") == ["Momenta (CN)", "Horizon (CN)"]


def test_a_case_list_shows_counts_alone(register):
    panel = drawn("countries", QUERY.but(population="")).panels[0]
    assert not any("%" in text for text in written(panel.wide, "value"))
    assert "share" not in [column.name for column in panel.table.columns]


def test_long_names_are_shortened_in_the_drawing_and_whole_in_hint_and_table(db):
    from tests.factories import make_deal

    name = "The Very Long Name of an Investment Partnership " * 4
    make_deal(investors=[(name.strip(), "DE")], date="2019-03-01", population="test")
    panel = drawn("organizations").panels[0]
    assert any(text.endswith("…") for text in written(panel.narrow, "label"))
    assert name.strip() in panel.wide
    assert panel.table.rows[0]["title"] == name.strip()


def test_nobody_leads_where_all_have_as_many(db):
    common = {"population": "test", "date": "2019-03-01"}
    make_deals(common | {"investors": [(name, "DE")], "target": name * 2} for name in "AB")
    title = drawn("organizations").title
    assert title == "Investors: all 2 have 1 deal each. Target companies: all 2 have 1 deal each"


def test_names_of_organizations_lead_to_their_pages(register, client):
    for panel in drawn("organizations").panels:
        for line in panel.table.lines:
            assert line[0].text in client.get(line[0].href).text
    assert not any(line[0].href for line in drawn("sectors").panels[0].table.lines)
