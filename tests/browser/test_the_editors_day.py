"""The day of a new editor and a reviewer, with keys only: a Chinese press text becomes a deal that
is asked about, answered, rejected, mended and published."""

import re
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from deals import actions
from deals.models import DealVersion
from tests.desk.runs import make_person
from tests.factories import make_organization

pytestmark = pytest.mark.django_db(transaction=True)
# Invented: 北京，2024年3月28日，人工智能公司云帆智能宣布 …
TEXT = "2024年第一季度完成近亿元B轮融资，由高瓴资本领投，莱茵河创投跟投。"
FOCUSED = """() => {
  const node = document.activeElement;
  return [node.id, (node.labels?.[0] ?? node).textContent.trim()];
}"""
# What Chromium logs of requests that a page gives up when it is left.
LEFT = "htmx:"


@pytest.fixture
def person(visit, live_server):
    """`person("anna", "editor")`: a window of somebody who has signed in."""

    def open_window(name: str, role: str) -> Page:
        client = Client()
        client.force_login(make_person(name, role))
        page = visit("/status/", expected=LEFT)
        session = client.cookies["sessionid"].value
        url = live_server.url
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        page.goto(f"{url}/desk/")
        return page

    return open_window


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def tab_to(page: Page, wanted: str, most: int = 70) -> None:
    """Tab until the field of that id, or what begins with that text, has the focus."""
    for _ in range(most):
        id_, text = page.evaluate(FOCUSED)
        if id_ == wanted or text.startswith(wanted):
            return
        keys(page, "Tab")
    raise AssertionError(f"{wanted} cannot be reached by Tab.")


def write(page: Page, **texts: str) -> None:
    for field, text in texts.items():
        tab_to(page, field.replace("__", "-"))
        page.keyboard.insert_text(text)


def choose(page: Page, field: str, text: str) -> None:
    tab_to(page, field)
    page.keyboard.type(text)


def settle(page: Page) -> None:
    expect(page.locator("[data-state]")).to_have_text(re.compile("^Saved"))
    page.wait_for_timeout(1200)
    page.wait_for_function("!document.querySelector('.htmx-request')")


def type_off(page: Page) -> None:
    """The press text, from the field in which the page begins to its last fact."""
    expect(page.locator("#sources-0-url")).to_be_focused()
    write(
        page,
        sources__0__url="https://xinwen.example/yunfan",
        sources__0__title="云帆智能完成B轮融资",
        sources__0__quote=TEXT,
        target__name="云帆智能",
    )
    choose(page, "target-country", "China")
    choose(page, "round_type", "Series B")
    write(page, amount="近亿元", date="2024年第一季度")
    expect(page.locator("#meaning-amount")).to_contain_text("about CNY 100,000,000")
    tab_to(page, "investor-line")
    page.keyboard.insert_text(TEXT)
    keys(page, "Enter")
    # The register knows the one; where the other is from, somebody has to say.
    expect(page.locator("#investor-rows select[id$=-country]").first).to_have_value("CN")
    expect(page.locator("#investor-rows select[id$=-country]").nth(1)).to_be_focused()
    page.keyboard.type("Germany")
    settle(page)


def decide(page: Page, key: str, field: str, text: str) -> None:
    """The reviewer opens the oldest from the queue, presses a letter, says something, sends it."""
    page.goto(re.sub("/desk/.*", "/desk/review/", page.url))
    keys(page, "j", "Enter")
    page.wait_for_url(re.compile(r"/desk/review/\d+/"))
    keys(page, key)
    expect(page.get_by_label(field, exact=True)).to_be_focused()
    page.keyboard.type(text)
    keys(page, "Tab", "Enter")
    expect(page.get_by_role("status").first).to_be_visible()


def open_at(page: Page, address: str, name: str) -> None:
    page.goto(re.sub("/desk/.*", address, page.url))
    tab_to(page, name)
    keys(page, "Enter")
    page.wait_for_url(re.compile(r"/desk/review/\d+/"))


def test_a_press_text_is_asked_about_rejected_mended_and_published_by_keys(person):
    make_organization("高瓴资本", "CN")
    anna, rita = person("anna", "editor"), person("rita", "reviewer")
    anna.goto(re.sub("/desk/.*", "/desk/deals/new/", anna.url))
    type_off(anna)
    keys(anna, "Control+Enter")
    expect(anna.get_by_role("heading", name="Submitted")).to_be_visible()

    decide(rita, "q", "Question", "Is the round closed?")
    open_at(anna, "/desk/", "云帆智能")
    tab_to(anna, "comment")
    anna.keyboard.type("The article says so: 完成.")
    keys(anna, "Tab", "Enter")
    expect(anna.locator(".review-thread")).to_contain_text("The article says so")

    decide(rita, "r", "Reason", "Name the sector.")
    open_at(anna, "/desk/notifications/", "云帆智能")
    tab_to(anna, "Mend it and submit it again")
    keys(anna, "Enter")
    anna.wait_for_url(re.compile(r"/desk/drafts/\d+/"))
    tab_to(anna, "Mend it and submit it again")
    keys(anna, "Enter")
    expect(anna.locator("#deal-form")).to_be_visible()
    tab_to(anna, "Robotics")
    keys(anna, "Space")
    settle(anna)
    keys(anna, "Control+Enter")
    expect(anna.get_by_role("heading", name="Submitted")).to_be_visible()

    rita.goto(re.sub("/desk/.*", "/desk/review/", rita.url))
    keys(rita, "j", "Enter")
    rita.wait_for_url(re.compile(r"/desk/review/\d+/"))
    impact = rita.get_by_role("row").filter(has_text="Europe → China, all years")
    expect(impact).to_contain_text("+1 deal")
    keys(rita, "a", "Enter")
    expect(rita.get_by_text("Published: 云帆智能.")).to_be_visible()

    version = DealVersion.objects.live().get()
    facts: dict[str, Any] = actions.facts_of(version)
    assert (facts["date"]["first"], facts["date"]["precision"]) == ("2024-01-01", "quarter")
    assert [(one["country"], one["lead"]) for one in facts["investors"]] == [
        ("CN", True), ("DE", False),
    ]  # fmt: skip
    assert facts["sectors"] == ["robotics"]
    assert facts["sources"][0]["quote"] == TEXT
    anna.goto(re.sub("/desk/.*", f"/deals/{version.deal.public_id}/", anna.url))
    expect(anna.get_by_role("heading", level=1)).to_contain_text("云帆智能")
