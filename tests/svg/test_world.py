"""The map: every country is on it or known not to be, and what is drawn lies where it should."""

import re
from xml.etree import ElementTree

import pytest

from deals.charts.world import Place, World
from deals.rules.countries import COUNTRIES
from deals.rules.tables import DATA
from deals.svg.shapes import ASIA, EUROPE, EXTENTS, WORLD, home, not_drawn, shapes
from deals.svg.world import MOST_LISTED, phone_map, world_map

NUMBER = re.compile(r"-?\d+")


def world(*places: tuple[str, int], asked=()) -> World:
    return World(
        title="Where they are",
        description="Two countries",
        hue="hue-eu-cn",
        places=tuple(
            Place(code, f"Name of {code}", n, str(n), 3, f"/deals/?investor={code}", f"{code}: {n}")
            for code, n in places
        ),
        asked=frozenset(asked),
        europe="Europe",
        asia="East Asia",
        elsewhere="Elsewhere",
        more=lambda n: f"and {n} more",
    )


def links(drawing, *, reachable=True):
    found = ElementTree.fromstring(drawing).iter("a")
    return [link.get("href") for link in found if (link.get("tabindex") is None) == reachable]


def texts(drawing, look):
    found = ElementTree.fromstring(drawing).iter("text")
    return [text.text for text in found if look in text.get("class", "").split()]


def test_every_country_is_on_the_map_or_known_not_to_be():
    drawn = {code for code in COUNTRIES if home(code)}
    assert drawn | not_drawn() == set(COUNTRIES)
    assert not_drawn() == {"AQ", "BV", "UM"}


def test_the_map_knows_no_country_that_the_register_does_not():
    for part in (WORLD, EUROPE, ASIA):
        assert set(shapes(part)) - {""} <= set(COUNTRIES)


def test_the_outlines_are_light():
    assert (DATA / "world.csv").stat().st_size < 60_000


@pytest.mark.parametrize("part", [WORLD, EUROPE, ASIA])
def test_outlines_and_labels_lie_on_their_map(part):
    width, height = EXTENTS[part]
    for shape in shapes(part).values():
        if shape.at is not None:
            assert -4 <= shape.at[0] <= width + 4, shape.code
            assert -4 <= shape.at[1] <= height + 4, shape.code
        for x, y in corners(shape.path):
            assert -6 <= x / 2 <= width + 6, shape.code
            assert -6 <= y / 2 <= height + 6, shape.code


def corners(path):
    """All points of a path of relative lines."""
    for ring in filter(None, path.split("M")):
        start, _, steps = ring.removesuffix("z").partition("l")
        x, y = map(int, NUMBER.findall(start))
        yield x, y
        numbers = [int(number) for number in NUMBER.findall(steps)]
        assert len(numbers) % 2 == 0
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            yield x, y


def test_places_that_are_looked_at_closely_have_codes_of_their_own():
    for code in ("CN", "TW", "KR", "JP"):
        assert shapes(ASIA)[code].path, code
    for code in ("HK", "MO", "SG"):
        assert not shapes(ASIA)[code].path, code
        assert home(code) == ASIA
    assert home("XK") == home("UA") == home("CY") == home("MT") == EUROPE
    assert home("US") == home("RU") == home("KY") == WORLD


def test_each_country_with_deals_is_one_link_for_the_keyboard():
    drawing = world_map(world(("DE", 7), ("US", 5), ("HK", 2)), "m")
    assert links(drawing) == [f"/deals/?investor={code}" for code in ("US", "DE", "HK")]


def test_what_is_coloured_a_second_time_leads_there_too_but_only_for_a_pointer():
    drawing = world_map(world(("DE", 7), ("US", 5)), "m")
    assert links(drawing, reachable=False) == ["/deals/?investor=DE"]


def test_numbers_stand_on_the_map_where_the_country_is_largest():
    assert texts(world_map(world(("DE", 7), ("US", 5)), "m"), "map-number") == ["5", "7"]


def test_a_number_that_would_cover_another_is_left_to_the_table():
    crowd = world(("LU", 123456), ("BE", 123455), ("NL", 1))
    numbers = texts(world_map(crowd, "m"), "map-number")
    assert "123456" in numbers
    assert "123455" not in numbers


def test_countries_that_were_asked_for_are_outlined_without_deals():
    drawing = world_map(world(("DE", 7), asked=("DE", "FR")), "m")
    outlined = [
        node for node in ElementTree.fromstring(drawing).iter("path")
        if "asked" in node.get("class", "")
    ]  # fmt: skip
    assert [node.get("d") for node in outlined] == [shapes(m)["FR"].path for m in (WORLD, EUROPE)]


def test_a_phone_sees_the_maps_with_deals_and_a_list_of_the_others():
    drawing = phone_map(world(("DE", 7), ("US", 5)), "m")
    assert texts(drawing, "axis-title") == ["Europe", "Elsewhere"]
    assert texts(drawing, "label") == ["Name of US"]
    assert links(drawing) == ["/deals/?investor=DE", "/deals/?investor=US"]


def test_a_phone_takes_the_land_from_the_drawing_beside_it():
    both = world(("DE", 7), ("CN", 5), asked=("DE", "FR"))
    page = ElementTree.fromstring(f"<p>{world_map(both, 'm')}{phone_map(both, 'm')}</p>")
    ids = {node.get("id") for node in page.iter()}
    used = [node.get("href") for node in page.iter("use")]
    assert len(used) == 3
    assert all(address[1:] in ids for address in used)


def test_a_long_list_on_a_phone_says_how_many_are_left_out():
    others = [code for code in COUNTRIES if home(code) == WORLD][: MOST_LISTED + 3]
    drawing = phone_map(world(*((code, 1) for code in others)), "m")
    assert len(links(drawing)) == MOST_LISTED
    assert "and 3 more" in drawing


@pytest.mark.parametrize("draw", [world_map, phone_map])
def test_names_of_any_kind_stay_texts(draw):
    hostile = "</title><script>alert(1)</script>"
    place = Place("DE", hostile, 1, "1", 1, "/deals/?a=1&b=2", hostile)
    lone = world()
    drawing = draw(
        World(hostile, hostile, "hue-eu-cn", (place,), lone.asked, hostile, hostile, hostile,
              lone.more),
        "m",
    )  # fmt: skip
    assert "<script" not in drawing
    assert ElementTree.fromstring(drawing).find("title").text == hostile


@pytest.mark.parametrize("draw", [world_map, phone_map])
def test_nothing_draws_nothing(draw):
    assert draw(world(), "m") == ""


def test_ids_of_two_maps_on_a_page_differ():
    places = world(("DE", 7), ("CN", 5), ("US", 1))
    page = "".join(draw(places, name) for draw in (world_map, phone_map) for name in ("a", "b"))
    ids = [node.get("id") for node in ElementTree.fromstring(f"<p>{page}</p>").iter()]
    ids = [one for one in ids if one]
    assert len(ids) == len(set(ids))
