"""The front page as a reader meets it."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.usefixtures("register")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(visit, assert_accessible, theme, width):
    assert_accessible(visit("/", theme=theme, width=width))


def test_nothing_is_wider_than_a_phone(visit):
    page = visit("/", width=360)
    assert page.locator("html").evaluate("node => node.scrollWidth") <= 360


def test_the_theme_switch_is_remembered(visit):
    page = visit("/", theme="light")
    light = page.locator("body").evaluate("node => getComputedStyle(node).backgroundColor")
    page.get_by_role("button", name="Switch between light and dark").click()
    page.goto(page.url.rstrip("/") + "/flows/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = page.locator("body").evaluate("node => getComputedStyle(node).backgroundColor")
    assert light != dark


def test_the_first_tab_stop_skips_to_the_content(visit):
    page = visit("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to content")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#content$"))


def test_it_reads_without_scripts(visit):
    page = visit("/", scripts=False)
    expect(page.locator("svg.chart-fluid").first).to_be_visible()
    # Only a form's own button works without one.
    assert page.locator("button:visible:not([type=submit])").count() == 0
