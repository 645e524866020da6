"""A domicile is corrected in a real browser: the deals that flip come first, then a colleague
publishes it, with and without scripts, on a wide screen and on a phone."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from deals.models import DealVersion, OrganizationEdit
from tests.desk.runs import make_person
from tests.factories import make_deal, make_organization

PEOPLE = (("anna", "editor"), ("rita", "reviewer"))
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(open_as):
    """`desk("anna", "/desk/…/", width=360)`: the page as that person sees it."""
    people = {name: make_person(name, role) for name, role in PEOPLE}

    def open_page(who: str, path: str, **how: Any) -> Page:
        return open_as(people[who], path, **how)

    return open_page


@pytest.fixture
def fund(db):
    for name, country in (("Horizon", "CN"), ("Robots", "DE")):
        make_deal(
            target=name,
            target_country=country,
            investors=[("Fund", "DE")],
            country_basis="headquarters",
        )
    make_organization("Holding", "CN")
    return make_organization("Fund", "DE")


def no_sideways(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_domicile_correction_lists_the_flipped_deals_first(desk, fund, assert_accessible):
    path = f"/desk/organizations/{fund.public_id}/edit/"
    # A form that does not do is answered with 400, which Chromium writes into its log.
    page = desk("anna", path, expected="400 (Bad Request)")
    assert_accessible(page)
    page.get_by_text("Add a place").click()
    page.get_by_label("Country", exact=True).first.select_option("CN")
    page.get_by_label("From").first.fill("2019-01")
    page.get_by_role("button", name="See what would change").last.click()
    # What is missing is said, and nothing of what was typed is lost.
    expect(page.get_by_role("alert")).to_contain_text("Say where you read this")
    assert_accessible(page)
    expect(page.get_by_label("From").first).to_have_value("2019-01")
    page.get_by_label("Source: title").first.fill("Annual report 2019")
    page.get_by_label("Why", exact=True).fill("Moved to Shenzhen in 2019")
    page.get_by_role("button", name="See what would change").last.click()
    headings = page.get_by_role("heading", level=2).all_inner_texts()
    assert headings[0].startswith("Deals that would flip")
    row = page.get_by_role("row").filter(has_text="Horizon")
    expect(row).to_contain_text("leaves Europe → China")
    expect(page.get_by_role("row").filter(has_text="Robots")).to_contain_text(
        "enters China → Europe"
    )
    assert_accessible(page)
    page.get_by_role("button", name="Submit for review").click()
    page.wait_for_url("**/desk/review/*/")
    review = OrganizationEdit.objects.get().review

    colleague = desk("rita", f"/desk/review/{review.pk}/", width=360, theme="dark")
    expect(colleague.get_by_role("heading", name="Deals that would flip")).to_be_visible()
    no_sideways(colleague)
    assert_accessible(colleague)
    colleague.get_by_role("button", name="Publish").first.click()
    expect(colleague.get_by_role("status").first).to_be_visible()
    live = DealVersion.objects.live().filter(participations__country="CN")
    assert live.count() == 2

    reader = desk("anna", f"/organizations/{fund.public_id}/")
    expect(reader.get_by_text("Moved to Shenzhen in 2019")).to_be_visible()
    assert_accessible(reader)


def test_the_form_does_without_scripts_on_a_phone(desk, fund):
    path = f"/desk/organizations/{fund.public_id}/edit/"
    page = desk("anna", path, width=360, scripts=False)
    page.get_by_text("Add an owner").click()
    page.locator("#owners-0-name").fill("Holding")
    page.locator("#owners-0-country").select_option("CN")
    page.get_by_label("controls it, by documents").first.check()
    page.locator("#owners-0-title").fill("Register extract")
    page.get_by_role("button", name="One more owner").click()
    expect(page.locator("#owners-0-name")).to_have_value("Holding")
    expect(page.locator("#owners-1-name")).to_be_attached()
    page.locator("#reason").fill("Bought")
    page.locator("form.evidence .button-main").click()
    expect(page.get_by_text("enters China → Europe, by the owner at the top")).to_be_visible()
    page.get_by_role("button", name="Go on editing").click()
    expect(page.locator("#reason")).to_have_value("Bought")
    page.locator("form.evidence .button-main").click()
    page.get_by_role("button", name="Submit for review").click()
    page.wait_for_url("**/desk/review/*/")
    (change,) = OrganizationEdit.objects.get().changes
    assert change["after"]["id"] == make_organization("Holding", "CN").public_id
