"""From a question to a stored number, and from one definition to another, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import make_deal

pytestmark = pytest.mark.usefixtures("register")
QUESTION = "/flows/?investor=europe&target=CN&population=demo"
BRIDGE = "/flows/bridge/?a=merics-2023&b=control-stakes&population=demo"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_number_is_stored_cited_and_stays(visit, scripts):
    page = visit(QUESTION, scripts=scripts)
    before = page.locator(".main-figure .big").inner_text()
    page.get_by_role("link", name="Store this number for ever").click()
    page.get_by_role("button", name="Store it").click()
    expect(page).to_have_url(re.compile(r"/v/[a-z2-9]{12}/$"))
    stored = page.url
    make_deal(population="demo", target="Newcomer", investors=[("Demo Fund", "DE")])
    page.goto(stored)
    assert page.locator(".main-figure .big").inner_text() == before
    expect(page.locator("#moved")).to_contain_text("Newcomer")
    expect(page.locator("#cite-text")).to_contain_text(stored)


def test_every_bar_of_a_bridge_can_be_reached_and_opened_with_the_keyboard(visit):
    page = visit(BRIDGE)
    bar = page.locator("svg.chart-wide a[href*='step=target'][href*='removed']")
    bar.focus()
    expect(bar).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("side=removed"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Where the companies are")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_bridges_and_stored_numbers_have_no_accessibility_faults(
    visit, assert_accessible, screenshot, theme, width
):
    page = visit(BRIDGE, theme=theme, width=width)
    assert_accessible(page)
    screenshot(page, f"bridge-{theme}-{width}")
    page.goto(page.url.split("/flows")[0] + QUESTION.replace("/flows/?", "/flows/freeze/?"))
    assert_accessible(page)
    page.get_by_role("button", name="Store it").click()
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screenshot(page, f"stored-{theme}-{width}")
