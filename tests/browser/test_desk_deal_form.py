"""A new editor at the form of a deal, in a real browser: by keyboard, offline, in two windows."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from deals import actions
from deals.models import DealVersion, Draft
from tests.browser.conftest import sign_in
from tests.desk.runs import make_person
from tests.factories import make_deal

NEW = "/desk/deals/new/"
pytestmark = pytest.mark.django_db(transaction=True)
# What a browser logs by itself of a request that does not come through.
LOST = "Failed to load resource"
# What htmx says of a part that it had asked for when the page was left.
LEFT = "htmx:"


@dataclass(frozen=True, slots=True)
class Article:
    """A press text, invented, as somebody types it off: label of a field, text."""

    typed: tuple[tuple[str, str], ...]
    line: str
    target: str
    country: str
    investors: dict[str, str | None]
    amount: tuple[str, str, str]
    date: tuple[str, str]


# "Halle, 14 May 2024. Saalewerk Robotik has raised 30 to 50 million dollars. The Series B is led by
# Jadewind Capital (CN), with participation from Harzer Beteiligungen (DE)."
ENGLISH = Article(
    typed=(
        ("Address", "https://press.example/saalewerk"),
        ("Title", "Saalewerk Robotik raises Series B"),
        ("Publisher", "Example Wire"),
        ("Published on", "14 May 2024"),
        ("What it says", "has raised 30 to 50 million dollars"),
        ("Target", "Saalewerk Robotik"),
        ("Country", "Germany"),
        ("Round", "Series B"),
        ("Amount", "$30–50m"),
        ("Date", "14 May 2024"),
    ),
    line="The Series B is led by Jadewind Capital (CN), with participation from "
    "Harzer Beteiligungen (DE).",
    target="Saalewerk Robotik",
    country="DE",
    investors={"Jadewind Capital": "CN", "Harzer Beteiligungen": "DE"},
    amount=("30000000.00", "50000000.00", "USD"),
    date=("2024-05-14", "day"),
)
# 苏州，2021年9月9日：云帆智能宣布完成1.2亿元人民币A轮融资，江月资本领投，莱茵河创投跟投。
CHINESE = Article(
    typed=(
        ("Address", "https://news.example/yunfan"),
        ("Title", "云帆智能完成A轮融资"),
        ("Publisher", "示例日报"),
        ("Published on", "2021年9月9日"),
        ("What it says", "完成1.2亿元人民币A轮融资"),
        ("Target", "云帆智能"),
        ("Country", "China"),
        ("Round", "Series A"),
        ("Amount", "1.2亿元人民币"),
        ("Date", "2021年9月9日"),
    ),
    line="江月资本领投，莱茵河创投跟投",
    target="云帆智能",
    country="CN",
    investors={"江月资本": None, "莱茵河创投": None},
    amount=("120000000.00", "120000000.00", "CNY"),
    date=("2021-09-09", "day"),
)
# « Lyon, premier trimestre 2024. Garance IA annonce un tour de table non divulgué, mené par
# Lotus Bleu Ventures. »
FRENCH = Article(
    typed=(
        ("Address", "https://presse.example/garance"),
        ("Title", "Garance IA ouvre son capital"),
        ("Target", "Garance IA"),
        ("Country", "France"),
        ("Amount", "undisclosed"),
        ("Date", "Q1 2024"),
    ),
    line="led by Lotus Bleu Ventures",
    target="Garance IA",
    country="FR",
    investors={"Lotus Bleu Ventures": None},
    amount=("", "", ""),
    date=("2024-01-01", "quarter"),
)


@pytest.fixture
def eve(db):
    return make_person("eve", "contributor")


@pytest.fixture
def desk(open_as, eve):
    """`desk(path, width=360)`: a page as Eve, a contributor, sees it; takes what `visit` takes."""

    def open_page(path: str = NEW, **how: Any) -> Page:
        return open_as(eve, path, **how)

    return open_page


def look(page: Page, name: str) -> None:
    """A picture for people, where one was asked for: SCREENSHOTS=folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"form-{name}.png", full_page=True)


def fits(page: Page) -> bool:
    """Whether nothing but boxes that scroll inside themselves is wider than the window."""
    return page.locator("html").evaluate("node => node.scrollWidth <= node.clientWidth")


def settle(page: Page) -> None:
    """Wait for what the page has asked for; a browser complains of answers that nobody awaits."""
    # What is asked half a second after the last key has been asked by then.
    page.wait_for_timeout(1200)
    expect(page.locator(".htmx-request")).to_have_count(0)


FOCUSED = """() => {
  const node = document.activeElement;
  const label = node.labels?.[0]?.textContent ?? node.textContent ?? "";
  return [label.trim(), node.tagName];
}"""


def tab_to(page: Page, label: str, most: int = 60) -> str:
    """Press Tab until the field or button of that label has the focus; only ever forward."""
    for _ in range(most):
        found, tag = page.evaluate(FOCUSED)
        if found.startswith(label):
            return tag
        page.keyboard.press("Tab")
    raise AssertionError(f"{label} cannot be reached by Tab.")


def type_article(page: Page, article: Article) -> None:
    """From the top of the page to its last field, with no key but letters and Tab."""
    for label, text in article.typed:
        tag = tab_to(page, label)
        page.keyboard.type(text) if tag == "SELECT" else page.keyboard.insert_text(text)
    tab_to(page, "Or paste the sentence")
    page.keyboard.insert_text(article.line)
    page.keyboard.press("Enter")
    first = next(iter(article.investors))
    expect(page.locator("#investor-rows input[id$=-name]").first).to_have_value(first)
    # Where the sentence does not say from where an investor comes, somebody has to.
    lacking = next((n for n, code in enumerate(article.investors.values()) if not code), None)
    if lacking is not None:
        country = page.locator("#investor-rows select[id$=-country]").nth(lacking)
        expect(country).to_be_focused()
    tab_to(page, "Robotics")
    page.keyboard.press("Space")


@pytest.mark.parametrize("article", [ENGLISH, CHINESE, FRENCH], ids=["en", "zh", "fr"])
def test_an_article_becomes_a_submitted_deal_by_keyboard_only(desk, eve, article):
    page = desk(expected=LEFT)
    type_article(page, article)
    expect(page.locator("#meaning-amount")).not_to_be_empty()
    expect(page.locator("[data-state]")).to_have_text(re.compile("^Saved"))
    settle(page)
    look(page, article.country)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Submitted")).to_be_visible()

    version = DealVersion.objects.get()
    facts = actions.facts_of(version)
    assert (version.state, version.created_by) == ("submitted", eve)
    assert (facts["target"]["name"], facts["target"]["country"]) == (
        article.target, article.country,
    )  # fmt: skip
    assert {one["name"]: one["country"] for one in facts["investors"]} == article.investors
    assert facts["investors"][0]["lead"] is True
    amount = facts["amount"]
    assert (amount["low"] or "", amount["high"] or "", amount["currency"]) == article.amount
    assert (facts["date"]["first"], facts["date"]["precision"]) == article.date
    assert facts["sectors"] == ["robotics"]
    assert [one["url"] for one in facts["sources"]] == [article.typed[0][1]]
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft'))") == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("light", 360), ("dark", 1440)])
def test_every_state_of_the_form_is_accessible_and_fits(desk, eve, assert_accessible, theme, width):
    version = make_deal(target="Horizon", investors=[("Bosch", "DE")], amount="100")
    page = desk(theme=theme, width=width, expected=LOST)

    def seen(name: str) -> None:
        settle(page)
        look(page, f"{theme}-{width}-{name}")
        assert fits(page), name
        assert_accessible(page)

    page.get_by_label("Amount", exact=True).fill("a lot")
    expect(page.locator("#meaning-amount")).to_contain_text("a lot")
    page.keyboard.press("Alt+KeyI")
    page.keyboard.press("Alt+KeyS")
    expect(page.get_by_role("list").locator("[id$=-url]")).to_be_focused()
    expect(page.locator("[data-state]")).to_have_text(re.compile("^Saved"))
    seen("new")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".fault-summary")).to_be_focused()
    seen("faults")
    page.goto(
        page.url.split("/desk/")[0] + reverse("desk-deal-edit", args=[version.deal.public_id])
    )
    page.get_by_label("Amount", exact=True).fill("$120")
    expect(page.locator(".was[data-of=amount]")).to_be_visible()
    expect(page.locator("#meaning-amount")).to_contain_text("120")
    page.locator("#reason").fill("The company says so.")
    seen("edit")
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_role("heading", name="Submitted")).to_be_visible()
    seen("done")
    page.get_by_role("link", name="All my drafts").click()
    seen("drafts")


def test_what_is_typed_without_a_connection_is_kept_and_saved_later(desk):
    page = desk(expected=LOST)
    page.get_by_label("Title").first.fill("One")
    expect(page.locator("[data-state]")).to_have_text(re.compile("^Saved"))
    expect(page).to_have_url(re.compile(r"/desk/drafts/\d+/$"))
    page.context.set_offline(True)
    page.get_by_label("Title").first.fill("Two")
    expect(page.locator("[data-state]")).to_have_text(re.compile("No connection"))
    page.context.set_offline(False)
    expect(page.locator("[data-state]")).to_have_text(re.compile("^Saved"))
    assert Draft.objects.get().typed["sources"][0]["title"] == "Two"


def lost(route: Route) -> None:
    """What a page sends does not arrive; what it asks for does."""
    route.abort() if route.request.method == "POST" else route.fallback()


def test_what_was_not_saved_is_there_after_the_page_was_closed(desk):
    page = desk(expected=LOST)
    page.route("**/desk/deals/new/", lost)
    page.get_by_label("Target", exact=True).fill("Kept in the browser")
    page.keyboard.press("Alt+KeyI")
    page.keyboard.insert_text("A third investor")
    expect(page.locator("[data-state]")).to_have_text(re.compile("No connection"))
    page.goto(page.url)
    notice = page.locator("[data-kept]")
    expect(notice).to_contain_text("was not saved")
    assert not Draft.objects.exists()
    page.unroute("**/desk/deals/new/")
    notice.get_by_role("button", name="Use it").click()
    expect(page.get_by_label("Target", exact=True)).to_have_value("Kept in the browser")
    expect(page.locator("[data-state]")).to_have_text(re.compile("^Saved"))
    typed = Draft.objects.get().typed
    assert typed["target"]["name"] == "Kept in the browser"
    assert [row["name"] for row in typed["investors"]] == ["A third investor"]


def test_who_is_signed_out_while_typing_goes_on_after_signing_in_again(desk, live_server, eve):
    page = desk(expected=LOST)
    page.get_by_label("Title").first.fill("One")
    expect(page.locator("[data-state]")).to_have_text(re.compile("^Saved"))
    page.context.clear_cookies()
    page.get_by_label("Title").first.fill("Two")
    expect(page.locator("[data-state]")).to_contain_text("You are signed out")
    expect(page.get_by_role("link", name="Sign in in another window")).to_be_visible()
    sign_in(page, live_server.url, eve)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("[data-state]")).to_have_text(re.compile("^Saved"))
    assert Draft.objects.get().typed["sources"][0]["title"] == "Two"
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()


def test_of_two_windows_neither_writes_over_the_other_in_silence(desk):
    one = desk(expected=LOST)
    one.get_by_label("Target", exact=True).fill("From the first")
    expect(one.locator("[data-state]")).to_have_text(re.compile("^Saved"))
    other = one.context.new_page()
    other.goto(one.url)
    other.get_by_label("Target", exact=True).fill("From the second")
    expect(other.locator("[data-state]")).to_have_text(re.compile("^Saved"))
    one.get_by_label("Target", exact=True).fill("From the first again")
    notice = one.locator("[data-conflict]")
    expect(notice).to_be_visible()
    assert Draft.objects.get().typed["target"]["name"] == "From the second"
    notice.get_by_role("button", name="Keep this one").click()
    expect(one.locator("[data-state]")).to_have_text(re.compile("^Saved"))
    assert Draft.objects.get().typed["target"]["name"] == "From the first again"
    # The second is told in its turn, and loads what the first has saved.
    other.get_by_label("Target", exact=True).fill("From the second again")
    other.locator("[data-conflict]").get_by_role("button", name="Load that one").click()
    expect(other.get_by_label("Target", exact=True)).to_have_value("From the first again")


def test_the_whole_way_without_scripts(desk):
    page = desk(scripts=False)
    page.get_by_label("Address", exact=True).fill("https://press.example/plain")
    page.get_by_label("Target", exact=True).fill("Plainwerk")
    page.get_by_label("Amount", exact=True).fill("€5m")
    page.get_by_label("Investor", exact=True).first.fill("Jadewind Capital")
    page.get_by_role("button", name="Save, and show more rows").click()
    expect(page.get_by_label("Investor", exact=True)).to_have_count(6)
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_role("heading", name="Submitted")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    page.get_by_label("Amount", exact=True).fill("€6m")
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_role("heading", name="Submitted")).to_be_visible()
    version = DealVersion.objects.get()
    assert (version.number, version.state, version.amount_low) == (1, "submitted", 6_000_000)
