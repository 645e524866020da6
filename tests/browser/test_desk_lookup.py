"""Choosing an organization in a real browser: by keyboard only, in Chinese, new, and taken back."""

import re
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from deals.feeds.spellings import rebuild
from tests.desk.runs import make_person
from tests.factories import make_deal, make_organization

NEW = "/desk/deals/new/"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def form(visit, live_server):
    """`form(width=360)`: the page for a new deal as Carla, a contributor, sees it."""
    make_deal(target="DeepSeek", target_country="CN", investors=[("Deep Sea Capital", "DE")])
    deepseek = make_organization("DeepSeek", "CN")
    deepseek.names.create(name="深度求索", key="深度求索", script="Hans")
    make_organization('Deep "><script>alert(1)</script>', "FR")
    rebuild()
    client = Client()
    client.force_login(make_person("carla", "contributor"))
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}

    def open_page(**how: Any) -> Page:
        # What the page asks for besides is cut off when the test ends.
        page = visit("/status/", expected="htmx:", **how)
        page.context.add_cookies([cookie | {"url": live_server.url}])
        page.goto(f"{live_server.url}{NEW}")
        return page

    return open_page


def target(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Target", exact=True)


def country(page: Page) -> Locator:
    return page.locator("#target-country")


def test_an_organization_is_chosen_and_taken_back_by_keyboard(form):
    page = form()
    field, listed = target(page), page.locator("#target-list")
    field.focus()
    page.keyboard.type("deep")
    expect(listed.get_by_role("option")).to_have_count(4)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status").filter(has_text="3 organizations")).to_have_count(1)
    page.keyboard.press("ArrowUp")
    expect(listed.get_by_role("option", selected=True)).to_contain_text("Create “deep”")
    page.keyboard.press("ArrowDown")
    expect(field).not_to_have_attribute("aria-activedescendant", "target-list-0")
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "target-list-0")
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(listed).to_be_visible()
    page.keyboard.press("ArrowDown")
    chosen = listed.get_by_role("option", selected=True)
    name = chosen.get_attribute("data-name")
    page.keyboard.press("Enter")
    expect(field).to_have_value(name)
    expect(field).to_be_focused()
    expect(page.locator("#target-id")).not_to_have_value("")
    expect(country(page)).not_to_have_value("")
    expect(page.locator(".lookup-chosen").first).to_contain_text("· 1 deal ·")
    page.keyboard.type("x")
    expect(page.locator("#target-id")).to_have_value("")
    expect(country(page)).to_have_value("")
    assert page.url.endswith(NEW) or "/desk/drafts/" in page.url


def test_tab_takes_what_is_highlighted_and_leaves_what_is_not(form):
    page = form()
    target(page).focus()
    page.keyboard.type("deepseek")
    expect(page.locator("#target-list")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#target-id")).to_have_value("")
    expect(country(page)).to_be_focused()
    expect(page.locator("[data-like-part]").first).to_contain_text(
        "an organization that the register has"
    )
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#target-list")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.locator("#target-id")).not_to_have_value("")
    expect(country(page)).to_have_value("CN")


def test_chinese_is_looked_for_once_it_is_composed_and_not_before(form):
    page = form()
    asked: list[str] = []
    page.on("request", lambda request: "lookup/organ" in request.url and asked.append(request.url))
    target(page).focus()
    session = page.context.new_cdp_session(page)
    session.send(
        "Input.imeSetComposition", {"text": "shendu", "selectionStart": 6, "selectionEnd": 6}
    )
    page.wait_for_timeout(400)
    assert asked == []
    session.send("Input.insertText", {"text": "深度"})
    option = page.locator("#target-list").get_by_role("option").first
    expect(option).to_contain_text("also called 深度求索")
    assert len(asked) == 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(target(page)).to_have_value("DeepSeek")


def test_a_new_name_warns_of_a_likely_double_which_is_then_used(form):
    page = form()
    target(page).focus()
    page.keyboard.type("Deep Seek Labs")
    page.locator("#target-list").get_by_role("option", name="Create “Deep Seek Labs”").click()
    part = page.locator("[data-like-part]").first
    expect(part).to_contain_text("Deep Seek Labs is new")
    expect(part).to_contain_text("Looks like:")
    part.get_by_role("button", name=re.compile("Use it.*DeepSeek")).click()
    expect(target(page)).to_have_value("DeepSeek")
    expect(country(page)).to_have_value("CN")
    expect(part).to_be_empty()
    page.get_by_role("button", name=re.compile("Not this one.*Target")).click()
    expect(page.locator("#target-id")).to_have_value("")
    expect(target(page)).to_be_focused()


def test_rows_that_are_added_later_look_up_for_themselves(form):
    page = form()
    before = page.locator("[data-lookup]").count()
    page.keyboard.press("Alt+i")
    expect(page.locator("[data-lookup]")).to_have_count(before + 1)
    added = page.locator("[data-lookup]").last
    added.locator(".lookup-box input").focus()
    page.keyboard.type("deep sea")
    expect(added.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(added.locator("input[type=hidden]")).not_to_have_value("")
    expect(page.locator("#target-id")).to_have_value("")
    ids = page.eval_on_selector_all("[id]", "all => all.map(one => one.id)")
    assert len(ids) == len(set(ids))


def test_who_was_signed_out_meanwhile_is_told_and_the_name_stays(form):
    page = form()
    elsewhere = {"status": 302, "headers": {"Location": "/status/"}}
    page.route("**/lookup/organizations/**", lambda route: route.fulfill(**elsewhere))
    target(page).focus()
    page.keyboard.type("deep")
    expect(page.get_by_role("status").filter(has_text="cannot be asked just now")).to_have_count(1)
    expect(page.locator("#target-list")).to_be_hidden()
    expect(target(page)).to_have_value("deep")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "dark")])
def test_the_open_list_and_a_warning_are_accessible_and_fit(form, assert_accessible, width, theme):
    page = form(width=width, theme=theme)
    target(page).focus()
    page.keyboard.type("deep")
    expect(page.locator("#target-list")).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    page.keyboard.type(" seek labs")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.locator("[data-like-part]").first).to_contain_text("Looks like:")
    assert_accessible(page)
