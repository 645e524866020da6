"""Deals that may be one in a real browser: by keyboard, on a phone, and without scripts."""

import re
from functools import partial

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from deals import actions
from deals.models import DealSuggestion, Suggestion
from tests.desk.runs import make_person
from tests.factories import make_deals, make_organization

QUEUE = "/desk/duplicates/"
pytestmark = pytest.mark.django_db(transaction=True)
FACTS = {
    "target": "Horizon Robotics",
    "date": "2019-05-13",
    "amount": "10",
    "round_type": "series_a",
}


@pytest.fixture
def desk(open_as):
    """`desk("/desk/duplicates/", width=360)`: the page as Rita, a reviewer, sees it."""
    return partial(open_as, make_person("rita", "reviewer"))


@pytest.fixture
def pair(db):
    one, other = make_deals(
        [
            FACTS | {"investors": [("Bosch", "DE")], "sources": ("One",)},
            FACTS
            | {
                "amount": "12",
                "investors": [("A fund of a very long name " * 6, "US")],
                "sources": ("Other",),
                "notes": "Unbroken" * 40,
            },
        ]
    )
    reasons = [
        {"code": "same_target", "values": {}},
        {"code": "no_common_investor", "values": {}},
    ]
    return DealSuggestion.objects.create(
        one=one.deal, other=other.deal, score=84, reasons=reasons, created_at=timezone.now()
    )


def seen(page, name, width, assert_accessible, screenshot):
    closed = page.locator("main details:not([open]) > summary:visible")
    while closed.count():
        closed.first.click()
    assert_accessible(page)
    screenshot(page, name)
    assert page.locator("html").evaluate("node => node.scrollWidth") <= width, name


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 1440), ("light", 360)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    desk, assert_accessible, screenshot, pair, theme, width
):
    page = desk(QUEUE, theme=theme, width=width, expected="400")
    origin = page.url.partition("/desk/")[0]
    one, two = make_organization("Fosun", "CN"), make_organization("Fosun Group", "CN")
    Suggestion.objects.create(one=one, other=two, score=95, reasons=[], created_at=timezone.now())
    deal = f"/desk/deals/{pair.one.public_id}"
    for name, path in {
        "queue": QUEUE,
        "pair": f"{QUEUE}{pair.pk}/",
        "any": f"{deal}/merge/",
        "unknown": f"{deal}/merge/?with=D-ZZZZZZZZ",
        "retract": f"{deal}/retract/",
        "groups": "/desk/organizations/groups/",
        "organization": f"/desk/organizations/{one.public_id}/merge/",
    }.items():
        page.goto(origin + path)
        seen(page, f"desk-duplicates-{name}-{theme}-{width}", width, assert_accessible, screenshot)
    page.goto(f"{origin}{QUEUE}{pair.pk}/")
    page.get_by_label("Reason").fill("One round")
    page.get_by_role("button", name="One deal: merge").click()
    page.get_by_role("link", name=re.compile("^Undo")).click()
    seen(page, f"desk-duplicates-undo-{theme}-{width}", width, assert_accessible, screenshot)


def test_a_pair_is_merged_by_keyboard_alone_and_the_preview_follows(desk, pair):
    page = desk(QUEUE)
    page.locator(f"#pair-{pair.pk}").focus()
    page.keyboard.press("m")
    page.wait_for_url(f"**{QUEUE}{pair.pk}/")
    page.locator(".choosing").focus()
    page.keyboard.press("2")
    expect(page.locator("#preview-title")).to_have_text(f"What {pair.other.public_id} would say")
    amounts = page.get_by_role("group", name="Amount")
    while not amounts.get_by_role("radio", checked=True).evaluate(
        "n => n === document.activeElement"
    ):
        page.keyboard.press("j")
    page.keyboard.press("2")
    expect(page.locator("#preview")).to_contain_text("USD 12")
    page.keyboard.press("m")
    expect(page.get_by_label("Reason")).to_be_focused()
    page.keyboard.type("jdm: one round")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"is part of {pair.other.public_id} now")
    facts = actions.facts_of(pair.other.versions.live().get())
    assert facts["amount"]["low"] == "12.00"
    assert len(facts["investors"]) == 2


def test_two_are_kept_apart_by_one_key(desk, pair):
    page = desk(QUEUE)
    page.keyboard.press("d")
    page.keyboard.press("j")
    expect(page.locator(f"#pair-{pair.pk}")).to_be_focused()
    assert pair.state == "open", "Only j leads in; other keys do nothing outside."
    page.keyboard.press("d")
    expect(page.get_by_role("status")).to_contain_text("stay two deals")
    pair.refresh_from_db()
    assert pair.state == "distinct"


def test_without_scripts_a_pair_is_previewed_merged_and_split_again(desk, pair):
    page = desk(f"{QUEUE}{pair.pk}/", scripts=False)
    page.get_by_role("group", name="Amount").get_by_role("radio").nth(1).check()
    page.get_by_role("button", name="Show what it would be").click()
    expect(page.locator("#preview")).to_contain_text("USD 12")
    page.get_by_label("Reason").fill("One round")
    page.get_by_role("button", name="One deal: merge").click()
    page.get_by_role("link", name=re.compile("^Undo")).click()
    page.get_by_label("Reason").fill("Two rounds")
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_role("status")).to_contain_text("are two deals again")
    assert pair.one.versions.live().exists()
    assert pair.other.versions.live().exists()
