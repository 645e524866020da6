"""The question form and its answer in a real browser: with a script, without one, by keyboard."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.usefixtures("register")
DEMO = "/flows/?investor=europe&target=CN&from=2017&to=2022&population=demo"


@pytest.mark.parametrize("path", ["/flows/", DEMO, "/flows/?investor=JP&target=CN&sector=lidar"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(visit, assert_accessible, path, theme):
    page = visit(path, theme=theme)
    page.get_by_text("More filters").click()
    assert_accessible(page)


def test_nothing_is_wider_than_a_phone(visit, assert_accessible):
    page = visit(DEMO, width=360)
    assert page.locator("html").evaluate("node => node.scrollWidth") <= 360
    expect(page.locator("svg.chart-narrow")).to_be_visible()
    assert_accessible(page)


def test_a_changed_choice_swaps_the_answer_and_the_address(visit):
    page = visit("/flows/")
    page.locator("body").evaluate("node => node.dataset.kept = 'yes'")
    page.get_by_label("counted in").select_option("demo")
    expect(page.locator(".generated-banner")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/flows/\?investor=europe&target=CN&population=demo$"))
    # The page was not loaded anew.
    expect(page.locator("body")).to_have_attribute("data-kept", "yes")
    expect(page.locator("#question-status")).to_contain_text("funding rounds")
    expect(page).to_have_title(re.compile("20.0.%"))


def test_going_back_restores_the_question_and_its_answer(visit):
    page = visit("/flows/")
    page.get_by_label("counted in").select_option("demo")
    expect(page.locator(".generated-banner")).to_be_visible()
    page.go_back()
    expect(page.locator(".generated-banner")).to_have_count(0)
    expect(page.get_by_label("counted in")).to_have_value("")


def test_a_bad_date_is_explained_beside_the_form_that_keeps_it(visit):
    page = visit("/flows/", expected="400")
    page.get_by_label("from", exact=True).fill("20x7")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#answer")).to_contain_text("from")
    expect(page.locator("#answer .notice-bad")).to_be_visible()
    expect(page.get_by_label("from", exact=True)).to_have_value("20x7")


def test_the_form_works_without_scripts_and_the_address_is_short(visit):
    page = visit("/flows/", scripts=False)
    page.get_by_label("counted in").select_option("demo")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"/flows/\?investor=europe&target=CN&population=demo$"))
    expect(page.locator(".generated-banner")).to_be_visible()


def test_the_whole_form_is_usable_by_keyboard(visit):
    page = visit("/flows/")
    page.get_by_label("from", exact=True).focus()
    page.keyboard.type("2020")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("from=2020$"))


def test_the_interactive_chart_is_loaded_only_when_asked_for(visit):
    page = visit(DEMO)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    assert not any("plotly" in url for url in asked)
    page.get_by_role("button", name="Interactive chart").click()
    # The script has megabytes; a busy machine takes its time to read it.
    expect(page.locator(".plot .main-svg").first).to_be_visible(timeout=30_000)
    assert any(url.endswith("plotly.min.js") for url in asked)
    expect(page.locator("svg.chart-wide")).to_be_hidden()


def test_the_interactive_chart_follows_the_theme(visit):
    page = visit(DEMO)
    page.get_by_role("button", name="Interactive chart").click()
    title = page.locator(".plot .ytitle")
    expect(title).to_be_visible(timeout=30_000)
    before = title.evaluate("node => getComputedStyle(node).fill")
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(title).not_to_have_css("fill", before)


def test_paper_shows_the_number_and_the_citation_without_the_form(visit):
    page = visit(DEMO, theme="dark")
    page.emulate_media(media="print")
    expect(page.locator("#question")).to_be_hidden()
    expect(page.locator("#cite-text")).to_be_visible()
    expect(page.locator("svg.chart-wide")).to_be_visible()
    # Dark text on white paper, whatever the screen was.
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
