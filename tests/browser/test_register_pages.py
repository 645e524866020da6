"""The register, one deal, figures, methods and errors in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from deals.models import PublishedFigure
from tests.factories import make_deal

pytestmark = pytest.mark.usefixtures("register")
EVERYTHING = "/deals/?ai=all&kind=all&status=all"


@pytest.fixture
def deal(register):
    """A deal with two sources that differ, a history and a long list of investors."""
    version = make_deal(
        target="Newport Wafer Fab", target_country="GB", kind="acquisition", status="unwound",
        investors=[("Nexperia", "NL"), (None, None), ("幻方", "CN")], date="2021-07-05", ai="no",
        amount=("60000000", "90000000"), currency="GBP", notes="The order required a sale.",
        status_history=[
            {"status": "completed", "first": None, "last": None, "precision": "none",
             "authority": "", "reason": ""},
            {"status": "unwound", "first": "2024-03-06", "last": "2024-03-06", "precision": "day",
             "authority": "UK government", "reason": "national security"},
        ],
    )  # fmt: skip
    return f"/deals/{version.deal.public_id}/"


@pytest.fixture
def figures(register):
    PublishedFigure.objects.create(
        code="F02", title="Companies", value="64", unit="count", measure="companies",
        query="investor=europe&target=CN&from=2017&to=2022", source_title="Oxford",
        definition="With at least one round.", shelf="figure", position=1,
    )  # fmt: skip
    PublishedFigure.objects.create(
        code="F06", title="Papers", value="36951", unit="papers", measure="context",
        source_title="Oxford", definition="Written together.", shelf="context", position=2,
    )  # fmt: skip


PAGES = {
    "list": EVERYTHING,
    "generated": "/deals/?population=demo",
    "behind": "/deals/?investor=europe&target=CN&place=unknown",
    "empty": "/deals/?q=nobody",
    "deal": "",
    "figures": "/figures/",
    "methods": "/methods/",
    "developers": "/developers/",
    "404": "/nothing/",
    "400": "/deals/?kind=sale&colour=red",
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    visit, assert_accessible, deal, figures, name, theme, width
):
    page = visit(PAGES[name] or deal, theme=theme, width=width, expected="Failed to load resource")
    for summary in page.locator("main details > summary").all():
        summary.click()
    assert_accessible(page)
    assert page.locator("html").evaluate("node => node.scrollWidth") <= width


def test_a_reader_searches_filters_and_opens_a_deal_by_keyboard(visit):
    page = visit(EVERYTHING)
    page.get_by_label("Search", exact=True).focus()
    page.keyboard.type("agile")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Deals matching “agile”")
    link = page.get_by_role("link", name="Agile Robots")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Agile Robots")


def test_filters_work_without_scripts_and_leave_a_short_address(visit):
    page = visit(EVERYTHING, scripts=False)
    page.get_by_text("Filters and order").click()
    page.get_by_label("Kind", exact=True).select_option("acquisition")
    page.get_by_role("button", name="Apply filters").click()
    expect(page).to_have_url(re.compile(r"/deals/\?ai=all&kind=acquisition&status=all$"))
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="kind: acquisition").click()
    expect(page).to_have_url(re.compile(r"/deals/\?ai=all&status=all$"))


def test_a_number_in_brackets_leads_to_its_source(visit, deal):
    page = visit(deal)
    page.get_by_role("link", name="source [1]").first.click()
    expect(page.locator("#source-1")).to_be_in_viewport()


def test_rows_become_cards_with_labels_on_a_phone(visit):
    page = visit(EVERYTHING, width=360)
    expect(page.get_by_role("link", name="Elmos fab")).to_be_visible()
    cell = page.locator('td[data-label="Investors"]').first
    assert cell.evaluate("node => getComputedStyle(node, '::before').content") == '"Investors"'
    head = page.locator(".deals-table thead")
    assert head.evaluate("node => node.getBoundingClientRect().height") <= 1


def test_a_404_lets_a_reader_search_on(visit):
    page = visit("/deals/D-00000000/", expected="Failed to load resource")
    page.get_by_label("Search the register").fill("horizon")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Horizon", exact=True)).to_be_visible()
