"""The network: everybody has a place inside the drawing and a line for the label."""

from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from deals.charts.network import CENTER, CO_INVESTOR, INVESTOR, TARGET, Member, Network, Tie
from deals.svg.network import MOST_ROWS, WIDTH, network_list, network_map, placed


def member(code, role, n=1):
    return Member(code, f"Name {code}", "DE", role, n, str(n), f"/organizations/{code}/",
                  f"{code}: {n}", "hue-eu-cn")  # fmt: skip


def network(targets=2, investors=1, co_investors=3):
    roles = [TARGET] * targets + [INVESTOR] * investors + [CO_INVESTOR] * co_investors
    members = tuple(member(f"O-{at}", role, 1 + at % 3) for at, role in enumerate(roles))
    ties = tuple(Tie("O-C", one.code, one.n, f"/deals/?o={one.code}", "own") for one in members)
    ties += tuple(
        Tie(one.code, members[0].code, 1, f"/deals/?o={one.code},x", "shared")
        for one in members if one.role == CO_INVESTOR
    )  # fmt: skip
    headings = {TARGET: "Companies", INVESTOR: "Investors", CO_INVESTOR: "Together"}
    return Network("Network", "Who", member("O-C", CENTER), members, ties, headings, "and more")


def links(drawing, *, reachable=True):
    found = ElementTree.fromstring(drawing).iter("a")
    return [link.get("href") for link in found if (link.get("tabindex") is None) == reachable]


@pytest.mark.parametrize("counts", [(1, 0, 0), (0, 40, 0), (3, 0, 14), (20, 0, 20), (1, 1, 38)])
def test_marks_lie_inside_and_labels_of_a_side_have_lines_of_their_own(counts):
    spots, height = placed(network(*counts))
    assert len(spots) == sum(counts) + 1
    assert all(
        10 <= spot.x <= WIDTH - 10 and 10 <= spot.y <= height - 10 for spot in spots.values()
    )
    for side in (-1, 1):
        for role in ((TARGET, INVESTOR), (CO_INVESTOR,)):
            codes = [one.code for one in network(*counts).of(*role)]
            lines = sorted(spots[code].y for code in codes if spots[code].side == side)
            assert all(b - a >= 16 for a, b in pairwise(lines))


def test_labels_of_the_inner_ring_end_before_the_outer_one():
    spots, _height = placed(network(8, 0, 20))
    whole = network(8, 0, 20)
    outer = [spots[one.code] for one in whole.of(CO_INVESTOR)]
    for one in whole.of(TARGET):
        spot = spots[one.code]
        beyond = [o.x for o in outer if o.side == spot.side and abs(o.y - spot.y) < 9]
        end = spot.x + spot.side * (13 + spot.room)
        assert all(spot.side * (x - end) > 0 for x in beyond)


def test_the_same_network_is_always_drawn_the_same():
    assert network_map(network(), "n") == network_map(network(), "n")


def test_names_lead_to_organizations_and_lines_to_deals():
    drawing = network_map(network(), "n")
    assert links(drawing) == [
        *(f"/organizations/O-{at}/" for at in range(6)),
        "/organizations/O-C/",
    ]
    lines = links(drawing, reachable=False)
    # Co-investors are tied through the company that they share, not to the middle as well.
    assert lines == [f"/deals/?o=O-{at}" for at in range(3)] + [
        f"/deals/?o=O-{at},x" for at in (3, 4, 5)
    ]


def test_companies_are_squares_and_investors_circles():
    drawing = ElementTree.fromstring(network_map(network(2, 1, 3), "n"))
    marks = [node.tag for node in drawing.iter() if node.get("class") == "member"]
    assert sorted(marks) == ["circle"] * 4 + ["rect"] * 2


def test_a_phone_gets_a_list_by_role():
    drawing = network_list(network(), "n")
    texts = [node.text for node in ElementTree.fromstring(drawing).iter("text")]
    assert [text for text in texts if text in ("Companies", "Investors", "Together")] == [
        "Companies", "Investors", "Together",
    ]  # fmt: skip
    assert len(links(drawing)) == 6


def test_a_long_list_on_a_phone_says_that_there_is_more():
    drawing = network_list(network(10, 0, 20), "n")
    assert len(links(drawing)) == MOST_ROWS
    assert "and more" in drawing


@pytest.mark.parametrize("draw", [network_map, network_list])
def test_names_of_any_kind_stay_texts(draw):
    hostile = replace(member("O-1", TARGET), name="<script>alert(1)</script>", said='"><img src=x>')
    drawing = draw(replace(network(), members=(hostile,), ties=()), "n")
    assert "<script" not in drawing
    assert "<img" not in drawing
    ElementTree.fromstring(drawing)


@pytest.mark.parametrize("draw", [network_map, network_list])
def test_nobody_is_not_drawn(draw):
    assert draw(replace(network(), members=()), "n") == ""
