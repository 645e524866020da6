"""The explorer in a real browser: with a script, without one, by keyboard, on paper."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.usefixtures("register")
DEMO = "/flows/?investor=europe&target=CN&from=2017&to=2022&population=demo"
EMPTY = "/flows/?investor=JP&target=CN&sector=lidar"


def pick(page: Page, name: str) -> Page:
    """Opens the boxes of a part of the question."""
    page.locator(f"[data-pick={name}] > summary").click()
    return page


@pytest.mark.parametrize("path", [DEMO, f"{DEMO}&tab=events", EMPTY, "/flows/europe-to-china/"])
def test_axe_finds_nothing_in_light_and_dark(visit, assert_accessible, path):
    page = visit(path)
    if page.locator("#question").count():
        page.get_by_text("More filters").click()
        pick(page, "investor")
    assert_accessible(page)
    page.emulate_media(color_scheme="dark")
    assert_accessible(page)


@pytest.mark.parametrize("path", [DEMO, f"{DEMO}&tab=events", "/flows/china-to-europe/"])
def test_nothing_is_wider_than_a_phone(visit, assert_accessible, path):
    page = visit(path, width=360)
    if path == DEMO:
        pick(page, "target")
        expect(page.locator("svg.chart-fluid").first).to_be_visible()
        assert_accessible(page)
    assert page.locator("html").evaluate("node => node.scrollWidth") <= 360


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


def test_several_countries_are_ticked_and_a_region_gives_way_to_them(visit):
    page = visit(DEMO)
    pick(page, "investor")
    boxes = page.locator("[data-pick=investor]")
    expect(boxes.get_by_label("Europe (EU-27", exact=False)).to_be_checked()
    boxes.get_by_label("Germany", exact=True).check()
    expect(boxes.get_by_label("Europe (EU-27", exact=False)).not_to_be_checked()
    boxes.get_by_label("France", exact=True).check()
    expect(page).to_have_url(re.compile(r"investor=DE,FR&target=CN&from=2017"))
    expect(page.locator("#said-investor")).to_have_text("Germany or France")
    expect(page.locator("[data-finding]")).to_contain_text("from Germany or France in 2017–2022")
    # The boxes stay open while one is ticked after the other, and close with Escape.
    page.keyboard.press("Escape")
    expect(boxes.get_by_label("Germany", exact=True)).to_be_hidden()
    expect(boxes.locator("summary")).to_be_focused()


def test_what_the_page_leaves_out_of_its_form_comes_when_it_is_opened(visit):
    page = visit(f"{DEMO}&target=DE,US".replace("&target=CN", ""))
    boxes = pick(page, "target").locator("[data-pick=target]")
    expect(boxes.get_by_label("France", exact=True)).to_be_visible()
    # What is ticked stands there from the beginning, and only once.
    for name in ("Germany", "United States"):
        expect(boxes.get_by_label(name, exact=True)).to_be_checked()
    expect(boxes.get_by_role("button")).to_have_count(0)
    page.keyboard.press("Escape")
    page.get_by_text("More filters").click()
    page.get_by_label("Currency").select_option("USD")
    expect(page).to_have_url(re.compile("currency=USD"))
    pick(page, "sector").get_by_label("Robotics", exact=True).check()
    expect(page).to_have_url(re.compile("sector=robotics"))
    page.keyboard.press("Escape")
    expect(page.locator("[data-pick=sector] .pick-panel")).to_be_hidden()


def test_all_kinds_and_single_kinds_exclude_each_other(visit):
    page = visit("/flows/")
    pick(page, "kind")
    page.get_by_label("deals of every kind").check()
    expect(page).to_have_url(re.compile("kind=all$"))
    expect(page.get_by_label("funding rounds")).not_to_be_checked()
    expect(page.locator("#said-kind")).to_have_text("deals of every kind")


def test_a_tab_swaps_the_chart_alone_and_stays_with_the_question(visit):
    page = visit(DEMO)
    page.locator("[data-finding]").evaluate("node => node.dataset.kept = 'yes'")
    page.get_by_role("link", name="Sectors", exact=True).click()
    expect(page).to_have_url(re.compile("tab=sectors$"))
    expect(page.locator("[data-picture=sectors]")).to_be_visible()
    expect(page.locator("[data-finding]")).to_have_attribute("data-kept", "yes")
    expect(page.locator("#tab-sectors")).to_have_attribute("aria-current", "page")
    expect(page.locator("#tab-sectors")).to_be_focused()
    # Another question keeps the open tab.
    page.get_by_label("to", exact=True).fill("2021")
    page.get_by_label("to", exact=True).press("Enter")
    expect(page).to_have_url(re.compile("to=2021.*tab=sectors$"))
    expect(page.locator("[data-picture=sectors]")).to_be_visible()


def test_going_back_and_forward_restores_question_tab_and_answer(visit):
    page = visit("/flows/")
    page.get_by_label("counted in").select_option("demo")
    expect(page.locator(".generated-banner")).to_be_visible()
    page.locator("#tab-countries").click()
    expect(page.locator("[data-picture=countries]")).to_be_visible()
    page.go_back()
    expect(page.locator("[data-picture=time]")).to_be_visible()
    expect(page.locator(".generated-banner")).to_be_visible()
    page.go_back()
    expect(page.locator(".generated-banner")).to_have_count(0)
    expect(page.get_by_label("counted in")).to_have_value("")
    page.go_forward()
    expect(page.get_by_label("counted in")).to_have_value("demo")
    expect(page.locator(".generated-banner")).to_be_visible()


def test_hong_kong_and_macao_are_one_click_away(visit):
    page = visit(DEMO)
    page.get_by_role("link", name="China with Hong Kong and Macao").click()
    expect(page).to_have_url(re.compile("target=china-hk-mo"))
    expect(page.locator("#said-target")).to_have_text("China with Hong Kong and Macao")


def test_each_filter_says_what_it_leaves_out_and_can_be_dropped(visit):
    page = visit(f"{DEMO}&min_amount=20000000")
    chip = page.locator(".filter", has_text="At least 20,000,000 EUR")
    expect(chip).to_contain_text("leaves out")
    chip.get_by_role("link", name="Drop “At least 20,000,000 EUR”").click()
    expect(page).to_have_url(re.compile("population=demo$"))


def test_an_empty_answer_offers_to_drop_the_filter_that_emptied_it(visit):
    page = visit("/flows/?investor=europe&target=CN&sector=lidar")
    notice = page.locator("div.notice", has_text="No deal matches")
    expect(notice).to_contain_text("Without it, 2 deals would match")
    notice.get_by_role("link", name="Sector: Lidar").click()
    expect(page.locator("[data-finding]")).to_contain_text("2 documented")


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
    pick(page, "investor")
    boxes = page.locator("[data-pick=investor]")
    boxes.get_by_label("Europe (EU-27", exact=False).uncheck()
    # What a script would fetch comes with the whole form, which keeps what was chosen so far.
    boxes.get_by_role("button", name="More countries").click()
    expect(page).to_have_url(re.compile(r"/flows/\?target=CN&population=demo&form=whole$"))
    expect(page.get_by_label("Currency")).to_be_visible()
    pick(page, "investor")
    boxes.get_by_label("Germany", exact=True).check()
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"\?investor=DE&target=CN&population=demo&form=whole$"))
    expect(page.locator(".generated-banner")).to_be_visible()
    page.get_by_role("link", name="Policy events", exact=True).click()
    expect(page).to_have_url(re.compile("tab=events"))
    expect(page.get_by_role("heading", name="Before and after a policy event")).to_be_visible()
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("population=demo&tab=events$"))


@pytest.mark.parametrize("scripts", [True, False])
def test_enter_in_a_field_asks_the_question(visit, scripts):
    page = visit(f"{DEMO}&form=&tab=", scripts=scripts)
    page.locator("[name=from]").press("Enter")
    # The address is put in order by whoever asks, and nothing of the form is fetched for it.
    expect(page).to_have_url(re.compile(r"from=2017&to=2022&population=demo$"))
    expect(page.get_by_role("button", name="More countries").first).to_be_hidden()


def test_parts_that_are_opened_at_once_all_come(visit):
    page = visit(DEMO)
    page.evaluate("document.querySelectorAll('details.pick').forEach((one) => { one.open = true })")
    expect(page.locator(".pick [data-later]")).to_have_count(0)
    # A changed question says what is ticked in what is not there yet, and not on its button.
    page.locator("[name=from]").fill("2018")
    page.locator("[name=to]").focus()
    expect(page).to_have_url(re.compile("from=2018"))
    button = page.locator(".more [data-later]")
    assert button.evaluate("node => node.firstChild.textContent.trim()") == "Show them all"
    assert button.evaluate("node => [...node.children].filter((one) => !one.hidden).length") == 0


def test_a_part_that_cannot_be_fetched_leaves_its_button_and_the_answer(visit):
    page = visit(DEMO, expected="ERR_FAILED")
    page.route("**/flows/form/**", lambda route: route.abort())
    pick(page, "target")
    expect(page.locator("[data-pick=target] [data-later]")).to_be_visible()
    expect(page.locator("#answer .notice-bad")).to_have_count(0)
    page.unroute("**/flows/form/**")
    page.locator("[data-pick=target] [data-later]").press("Enter")
    expect(page.get_by_role("checkbox", name="Austria").first).to_be_focused()


def test_the_whole_form_is_usable_by_keyboard(visit):
    page = visit("/flows/")
    page.locator("[data-pick=investor] > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("[data-pick=investor] input").first).to_be_focused()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile(r"\?target=CN$"))
    page.get_by_label("from", exact=True).focus()
    page.keyboard.type("2020")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("from=2020$"))


def test_a_new_reader_gets_from_the_front_page_to_a_sentence_that_can_be_quoted(visit):
    """Which share had a German or French investor, how sure, what changed, and a lasting link."""
    page = visit("/")
    page.get_by_role("link", name="Flows", exact=True).click()
    page.get_by_label("counted in").select_option("demo")
    pick(page, "investor")
    boxes = page.locator("[data-pick=investor]")
    boxes.get_by_label("Germany", exact=True).check()
    boxes.get_by_label("France", exact=True).check()
    page.keyboard.press("Escape")
    page.get_by_label("from", exact=True).fill("2017")
    page.get_by_label("to", exact=True).fill("2022")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("[data-finding]")).to_contain_text("from Germany or France in 2017–2022")
    expect(page.locator(".main-figure")).to_contain_text("deals")
    expect(page.locator(".range").first).to_be_visible()
    page.get_by_role("link", name="Policy events", exact=True).click()
    expect(page.locator(".around")).to_contain_text("Screening applies")
    page.get_by_role("link", name="Over time", exact=True).click()
    expect(page.get_by_role("link", name="PNG", exact=True)).to_be_visible()
    expect(page.locator("#cite-text")).to_contain_text("as_of=")


def test_the_interactive_chart_is_loaded_only_when_asked_for(visit):
    page = visit(DEMO)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    assert not any("plotly" in url for url in asked)
    page.get_by_role("button", name="Interactive chart").first.click()
    # The script has megabytes; a busy machine takes its time to read it.
    expect(page.locator(".plot .main-svg").first).to_be_visible(timeout=30_000)
    assert any(url.endswith("plotly.min.js") for url in asked)
    expect(page.locator("svg.chart-fluid").first).to_be_hidden()


def test_the_interactive_chart_follows_the_theme(visit):
    page = visit(DEMO)
    page.get_by_role("button", name="Interactive chart").first.click()
    title = page.locator(".plot .ytitle").first
    expect(title).to_be_visible(timeout=30_000)
    before = title.evaluate("node => getComputedStyle(node).fill")
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(title).not_to_have_css("fill", before)


def test_paper_shows_the_number_and_the_citation_without_the_form(visit):
    page = visit(DEMO, theme="dark")
    page.emulate_media(media="print")
    expect(page.locator("#question")).to_be_hidden()
    expect(page.locator("#cite-text")).to_be_visible()
    expect(page.locator("svg.chart-fluid").first).to_be_visible()
    # Dark text on white paper, whatever the screen was.
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
