"""The flow diagram: boxes count each deal once, and every ribbon leads to its deals."""

import pytest

from deals.flows.query import FlowQuery
from deals.pictures import boxes, diagram
from deals.pictures.boxes import MOST_BOXES, country_boxes, ribbons, sector_boxes, widest
from deals.pictures.registry import answers_for, picture
from tests.factories import make_deals
from tests.pictures.conftest import QUERY, parsed

ANYONE = FlowQuery(population="test", kind=("all",))


def rows(*codes):
    return [
        {"code": code, "n": 50 - at, "deals": f"/deals/?of={code}"} for at, code in enumerate(codes)
    ]


def pair(a, b, n=1):
    return {"a": a, "b": b, "n": n, "deals": f"/deals/?a={a}&b={b}"}


MANY = ("AT", "BE", "CH", "CZ", "DE", "DK", "ES", "FI", "FR", "GB", "IE", "IT", "NL")


def test_it_names_the_widest_ribbon_and_the_sector_with_most_deals(register):
    drawn, _scope = picture("diagram", QUERY)
    assert drawn.title == (
        "The widest ribbon is Germany → China (3); the sector with most deals is AI chips (2)"
    )
    assert "All together 3 deals." in drawn.summary
    assert "the total: 3 deals." in drawn.notes[0]


def test_every_box_and_ribbon_leads_to_as_many_deals_as_it_says(register, client):
    drawn, _scope = picture("diagram", ANYONE)
    links = list(parsed(drawn.panels[0].wide).iter("a"))
    assert len(links) > 8
    for link in links:
        said = link.findtext("title")
        n = int(said.rpartition(": ")[2].split()[0])
        assert client.get(link.get("href")).context["total"] == n, said


def test_what_has_no_sector_has_a_hatched_box_of_its_own(register):
    drawn, _scope = picture("diagram", QUERY)
    boxes_of_nobody = [
        link.findtext("title") for link in parsed(drawn.panels[0].wide).iter("a")
        if link.find("rect") is not None and link.find("rect").get("style")
    ]  # fmt: skip
    assert boxes_of_nobody == ["Sector not stated: 1 deal"]


def test_directions_have_their_colours_where_a_diagram_has_several(db):
    make_deals(
        [
            {"population": "test", "investors": [("A", "DE")]},
            {"population": "test", "target": "B", "target_country": "GB",
             "investors": [("C", "CN")]},
        ]
    )  # fmt: skip
    drawn, _scope = picture("diagram", ANYONE)
    assert [key.hue for key in drawn.panels[0].legend] == ["hue-eu-cn", "hue-cn-eu"]


def test_the_strongest_have_boxes_and_the_others_share_one():
    column = country_boxes(ANYONE, rows(*MANY), of_targets=False)
    assert len(column.nodes) == MOST_BOXES + 1
    last = column.nodes[-1]
    # A deal may have several of these investors, so their numbers add up to nothing.
    assert (last.label, last.text) == (f"{len(MANY) - MOST_BOXES} other countries", "")
    assert "investor=GB,IE,IT,NL" in last.href


def test_targets_that_share_a_box_add_up():
    column = country_boxes(ANYONE, rows(*MANY), of_targets=True)
    assert column.nodes[-1].n == sum(row["n"] for row in rows(*MANY)[MOST_BOXES:])


def test_one_country_alone_does_not_become_another():
    column = country_boxes(ANYONE, rows(*MANY[: MOST_BOXES + 1]), of_targets=False)
    assert column.nodes[-1].label == "United Kingdom"
    assert [len(codes) for codes in column.codes] == [1] * (MOST_BOXES + 1)


def test_members_with_dates_share_a_box_without_an_address():
    union = ANYONE.but(investor=("eu",))
    column = country_boxes(union, rows(*MANY), of_targets=False)
    assert column.nodes[-1].href == ""


def test_ribbons_between_the_same_boxes_become_one_as_wide_as_both():
    left = country_boxes(ANYONE, rows(*MANY), of_targets=False)
    right = country_boxes(ANYONE, rows("CN"), of_targets=True)
    found = ribbons(ANYONE, [pair("NL", "CN", 2), pair("IT", "CN", 3), pair("AT", "CN")],
                    left, right)  # fmt: skip
    assert [(ribbon.a, ribbon.b, ribbon.n) for ribbon in found] == [(0, 0, 1), (MOST_BOXES, 0, 5)]
    assert found[0].href == "/deals/?a=AT&b=CN"
    assert "investor=GB,IE,IT,NL&target=CN" in found[1].href
    assert "counted once in each" in found[1].said


def test_sectors_not_stated_come_last_and_are_never_merged():
    codes = ("", "robotics", "ai_chips", "speech", "lidar", "ev", "education", "simulation",
             "ai_data", "ai_software", "semiconductors", "other")  # fmt: skip
    column = sector_boxes(ANYONE, rows(*codes))
    assert column.nodes[-1].unknown
    assert column.nodes[-2].label == "2 other sectors"
    assert column.codes[-1] == ("",)


@pytest.mark.parametrize("count", [0, 5, 100])
def test_only_the_widest_ribbons_are_drawn(count):
    left = country_boxes(ANYONE, rows("DE"), of_targets=False)
    right = country_boxes(ANYONE, rows("CN"), of_targets=True)
    (one,) = ribbons(ANYONE, [pair("DE", "CN")], left, right)
    drawn = widest([one] * count)
    assert len(drawn) == min(count, boxes.MOST_RIBBONS)


def test_ribbons_that_are_not_drawn_are_counted(register):
    answers, _scope = answers_for("diagram", ANYONE)
    sides = MANY[:10]
    pairs = {
        "investor_target": [pair(a, b) for a in sides for b in sides],
        "target_sector": [pair(a, "ev") for a in sides],
    }
    answer = answers["diagram"] | {
        "nodes": {"investors": rows(*sides), "targets": rows(*sides), "sectors": rows("ev")},
        "links": answers["diagram"]["links"] | pairs,
    }
    drawn = diagram.draw(ANYONE, {"diagram": answer})
    assert f"{100 - boxes.MOST_RIBBONS} thin ribbons are not drawn." in drawn.notes
    assert len(drawn.panels[0].table.rows) == diagram.MOST_ROWS
    assert drawn.panels[0].table.caption == "The 60 widest ribbons of 110"
