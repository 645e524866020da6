"""Reviewing in a real browser: with the keyboard only, without scripts, on a phone."""

import re
from functools import partial

import pytest
from playwright.sync_api import expect

from deals import tasks
from deals.feeds.sampling import sample
from deals.models import DealVersion, Review, SampleCheck
from tests.desk.runs import make_person, make_run, stage
from tests.desk.waiting import amount, hand_in, hand_in_new
from tests.factories import make_deal, make_deals

QUEUE = "/desk/review/"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(open_as):
    """`desk("/desk/review/", width=360)`: the page as Rita, a reviewer, sees it."""
    return partial(open_as, make_person("rita", "reviewer"))


@pytest.fixture
def waiting(db) -> list[Review]:
    """Three things that wait: an amount and an investor, a new deal, a long note."""
    anna = make_person("anna")
    make_deals([{"population": "p", "investors": [("Dragon", "CN")]} for _ in range(3)])
    fund = {"id": "", "name": "Northzone", "country": "SE", "basis": "stated", "lead": True,
            "contribution": None, "stake": "12.50"}  # fmt: skip
    live = make_deal(target="Horizon", population="p", investors=[("Dragon", "CN")])
    return [
        hand_in(
            anna, deal=live, amount=amount("120000000.00", text="¥1.2亿"),
            change=lambda facts: facts["investors"].append(fund),
        ),
        hand_in_new(anna),
        hand_in(anna, deal=make_deal(target="Agile Robots", notes="Six took part."),
                notes="Seven took part."),
    ]  # fmt: skip


def state_of(review: Review) -> str:
    return DealVersion.objects.get(review=review).state


def test_a_reviewer_decides_with_the_keyboard_only(desk, waiting) -> None:
    page = desk(QUEUE)
    first, second, third = waiting
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Horizon")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{QUEUE}{first.pk}/")
    page.keyboard.press("j")
    expect(page.locator("[data-row]").first).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator("[data-key=a]")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("Press Enter to publish")
    assert state_of(first) == "submitted", "A letter alone publishes nothing."
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{QUEUE}{second.pk}/")
    expect(page.get_by_text("Published: Horizon. 2 left.")).to_be_visible()
    assert state_of(first) == "published"
    page.keyboard.press("r")
    expect(page.get_by_label("Reason")).to_be_focused()
    page.keyboard.type("a j r: no source says so.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{QUEUE}{third.pk}/")
    assert state_of(second) == "rejected"
    assert DealVersion.objects.get(review=second).reason == "a j r: no source says so."
    page.keyboard.press("q")
    expect(page.get_by_label("Question")).to_be_focused()
    page.keyboard.type("Which page?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{QUEUE}")
    third.refresh_from_db()
    assert third.waiting_for == "answer"


def test_keys_are_heard_only_alone_and_outside_fields(desk, waiting) -> None:
    page = desk(f"{QUEUE}{waiting[0].pk}/")
    for key in ("Control+a", "Alt+a", "Meta+a"):
        page.keyboard.press(key)
        expect(page.locator("[data-key=a]")).not_to_be_focused()
    page.keyboard.press("c")
    expect(page.locator("#comment")).to_be_focused()
    page.keyboard.type("mark a question?")
    expect(page.locator("#comment")).to_have_value("mark a question?")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator("[data-key=a]")).not_to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    expect(page.get_by_text("Assigned to you.")).to_be_visible()
    page.keyboard.press("u")
    page.wait_for_url(f"**{QUEUE}")


def test_all_of_it_works_without_scripts(desk, waiting) -> None:
    page = desk(f"{QUEUE}{waiting[0].pk}/", scripts=False)
    expect(page.locator(".review-bar kbd").first).to_be_hidden()
    expect(page.get_by_text("CNY 120,000,000").first).to_be_visible()
    page.locator("[data-key=a]").click()
    expect(page.get_by_text("Published: Horizon.")).to_be_visible()
    page.get_by_label("Reason").fill("No.")
    page.get_by_role("button", name="Reject", exact=True).click()
    expect(page.get_by_text(re.compile("^Rejected: Black Sesame"))).to_be_visible()
    assert [state_of(one) for one in waiting] == ["published", "rejected", "submitted"]


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_the_pages_fit_and_axe_finds_nothing(
    desk, waiting, theme, width, assert_accessible, screenshot
) -> None:
    page = desk(QUEUE, theme=theme, width=width)
    addresses = [QUEUE, f"{QUEUE}?kind=imports", *(f"{QUEUE}{one.pk}/" for one in waiting[:2])]
    for number, address in enumerate(addresses):
        page.goto(page.url.partition("/desk/")[0] + address)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        screenshot(page, f"review-{number}-{theme}-{width}")


def test_a_sample_is_looked_at_with_the_keyboard(desk, monkeypatch, assert_accessible) -> None:
    monkeypatch.setattr(tasks, "ring", lambda _: None)
    run = make_run("review", created_by=make_person("anna"), deals_created=6)
    for number in range(6):
        stage(run, "created", target_name=f"Company {number}")
    page = desk(f"/desk/imports/{run.pk}/sample/")
    assert_accessible(page)
    page.keyboard.press("j")
    for number, pk in enumerate(sample(run).drawn):
        expect(page.locator(f"#deal-{pk}")).to_be_focused()
        page.keyboard.press("n" if number == 2 else "y")
        expect(page.get_by_role("status").last).to_contain_text(f"{number + 1} of 6 looked at")
    assert list(SampleCheck.objects.order_by("pk").values_list("verdict", flat=True)) == [
        "right", "right", "wrong", "right", "right", "right",
    ]  # fmt: skip
    page.get_by_role("link", name="To the decision").click()
    page.get_by_role("button", name="Publish").click()
    run.refresh_from_db()
    assert run.state == "queued"
