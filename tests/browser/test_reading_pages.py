"""The menu of a phone and a first question from the front page, as a reader meets them."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.usefixtures("register")


def test_the_menu_of_a_phone_opens_without_a_script(visit):
    page = visit("/", width=360, scripts=False)
    menu = page.locator(".site-nav-narrow")
    expect(menu.get_by_role("link", name="Countries")).to_be_hidden()
    menu.locator("summary").click()
    menu.get_by_role("link", name="Countries").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Countries")


def test_a_reader_gets_from_the_front_page_to_a_german_or_french_share(visit):
    page = visit("/", scripts=False)
    page.get_by_label("Investors from").select_option("DE,FR")
    page.get_by_label("from", exact=True).fill("2017")
    page.get_by_label("to", exact=True).fill("2022")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Germany or France")
