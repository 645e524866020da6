"""Pairs of organizations and the health of feeds in a real browser, by mouse and by keyboard."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from deals.feeds.receive import receive
from deals.models import FeedSchedule, FeedSlot, Identifier, ImportRun, Organization, Suggestion
from tests.desk.runs import make_person, make_run
from tests.factories import make_deal, make_organization
from tests.feeds.scheduled import feed, rows, scheduled

ORGANIZATIONS, FEEDS = "/desk/organizations/", "/desk/feeds/"
State = FeedSlot.State
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(open_as):
    """`desk("/desk/feeds/", width=360)`: the page as Mona, a feed manager, sees it."""
    return partial(open_as, make_person("mona", "manager"))


def suggested(one: Organization, other: Organization, score: int, *reasons: str) -> Suggestion:
    first, second = sorted((one, other), key=lambda o: o.pk)
    return Suggestion.objects.create(
        one=first, other=second, score=score, reasons=list(reasons), created_at=timezone.now(),
        import_run=make_run("published"),
    )  # fmt: skip


@pytest.fixture
def pairs(db):
    """Three pairs: in one script, in two, and with long names."""
    for number in range(12):
        make_deal(target=f"Target {number}", investors=[("Bosch Ventures", "DE")])
    make_deal(investors=[("Robert Bosch Venture Capital GmbH", "DE")])
    make_deal(target="Tencent Holdings Ltd", target_country="KY", investors=[("Naspers", "ZA")])
    make_deal(target="腾讯", investors=[("Prosus", "NL")])
    bosch = make_organization("Robert Bosch Venture Capital GmbH", "DE")
    tencent = make_organization("Tencent Holdings Ltd", "KY")
    tencent.names.create(name="騰訊控股有限公司", key="x", script="Hant")
    tencent.names.create(name="Tengxun Konggu", key="y", script="Latn")
    Identifier.objects.create(organization=tencent, scheme="lei", value="254900N4SLUMW4XUYY11")
    Organization.objects.filter(pk=tencent.pk).update(kind="company")
    return [
        suggested(bosch, make_organization("Bosch Ventures", "DE"), 94,
                  "The names are spelled alike: “Robert Bosch Venture Capital GmbH” and “Bosch "
                  "Ventures”.", "Both are in Germany."),
        suggested(tencent, make_organization("腾讯", "CN"), 88,
                  "The Chinese name is read like the other is written: “腾讯” and “Tengxun”.",
                  "They are in Cayman Islands and China, where one group is often registered "
                  "twice."),
        suggested(make_organization("Kommanditgesellschaft für Halbleiterbeteiligungen-" * 2, None),
                  make_organization("KfH", "DE"), 80, "One name is made of the other's initials.",
                  "The country of one is not known."),
    ]  # fmt: skip


def slot(schedule: FeedSchedule, hours: int, state: State, **facts: Any) -> FeedSlot:
    due = schedule.first_at + timedelta(hours=40 - hours)
    ended = {"started_at": due, "finished_at": due + timedelta(seconds=4)}
    facts = {"attempt": 1, **(ended if state != State.DUE else {}), **facts}
    return FeedSlot.objects.create(schedule=schedule, due_at=due, state=state, **facts)


@pytest.fixture
def held(db):
    """Four feeds: one held, one failing, one that goes well, and one that nobody fetches."""
    start = timezone.now() - timedelta(hours=40, minutes=1)
    odd = scheduled(
        feed=feed("crunchbase-weekly"), first_at=start, rows=4_120,
        url="https://exports.example.org/feeds/rounds.csv?key=9d2c",
        held="The file has shrunk by 52 %: it has 10 rows, and the one taken before had 4,120.",
    )  # fmt: skip
    done = make_run("published", feed=odd.feed, channel="schedule", rows_used=4_100,
                    rows_rejected=20, deals_created=12, deals_updated=3, deals_unchanged=3_900,
                    finished_at=timezone.now() - timedelta(hours=7))  # fmt: skip
    for hours in range(30, 0, -1):
        state = State.FAILED if hours in (11, 12) else State.UNCHANGED
        state = State.IMPORTED if hours in (7, 20, 26) else state
        said = {"failed": "The server answered 503.", "imported": "Taken: 4,120 rows."}
        slot(odd, hours, state, said=said.get(state, "The same file."),
             import_run=done if hours == 7 else None,
             http_status={"failed": 503, "unchanged": 304}.get(state, 200),
             rows=None if state == State.FAILED else 4_120, bytes=812_300)  # fmt: skip
    file = receive("rounds.csv", rows(10).encode())
    waiting = slot(odd, 0, State.HELD, said=odd.held, file_name=file.name, rows=10,
                   file_sha256=file.sha256, bytes=file.size, http_status=200)  # fmt: skip
    failing = scheduled(feed=feed("it-juzi-daily"), first_at=start)
    slot(failing, 1, State.DISCARDED)
    slot(failing, 0, State.FAILED, said="The name “feeds.example.org” was not found.", attempt=4)
    fine = scheduled(feed=feed("statistics-office"), first_at=start)
    slot(fine, 0, State.UNCHANGED, said="The file is the one that was taken before.")
    bad = feed("brought-by-hand")
    make_run("failed", feed=bad, problem="The file has no column “amount”: choose another.")
    return waiting


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 1440), ("light", 360)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    desk, assert_accessible, screenshot, pairs, held, theme, width
):
    page = desk(ORGANIZATIONS, theme=theme, width=width, expected="400")
    origin = page.url.partition("/desk/")[0]
    code = held.schedule.feed.code
    page.get_by_role("button", name="The same: merge").first.click()
    merged = Organization.objects.get(merged_into__isnull=False).public_id
    names = {
        "pairs": ORGANIZATIONS, "feeds": FEEDS, "feed": f"{FEEDS}{code}/",
        "schedule": f"{FEEDS}{code}/schedule/",
        "split": f"{ORGANIZATIONS}{merged}/split/",
        "new-schedule": f"{FEEDS}brought-by-hand/schedule/",
    }  # fmt: skip
    for name, path in names.items():
        page.goto(origin + path)
        if name == "new-schedule":
            page.get_by_label("Every").select_option("other")
            page.get_by_role("button", name="Save the schedule").click()
        seen(page, f"desk-queues-{name}-{theme}-{width}", width, assert_accessible, screenshot)


def test_axe_finds_nothing_wrong_with_a_pair_that_is_refused(
    desk, assert_accessible, screenshot, pairs
):
    page = desk(ORGANIZATIONS, width=360, expected="400")
    page.get_by_label("Reason").first.fill(" ")
    page.get_by_role("button", name="The same: merge").first.click()
    expect(page).to_have_title(re.compile("^Error: "))
    seen(page, "desk-queues-pair-360", 360, assert_accessible, screenshot)
    page.get_by_role("link", name=re.compile("Say why")).click()
    expect(page.get_by_label("Reason")).to_be_focused()


def seen(page, name, width, assert_accessible, screenshot):
    closed = page.locator("main details:not([open]) > summary:visible")
    while closed.count():
        closed.first.click()
    assert_accessible(page)
    screenshot(page, name)
    assert page.locator("html").evaluate("node => node.scrollWidth") <= width, name


def test_pairs_are_decided_on_by_keyboard_alone(desk, pairs):
    page = desk(ORGANIZATIONS)
    first, second, third = (page.locator(f"#pair-{pair.pk}") for pair in pairs)
    first.focus()
    page.keyboard.press("j")
    expect(second).to_be_focused()
    page.keyboard.press("k")
    expect(first).to_be_focused()
    # The one with more deals is proposed; Enter at it sends the form's first button.
    first.get_by_role("radio", checked=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#pair-*")
    expect(page.get_by_role("status")).to_contain_text("is now “Bosch Ventures”")
    expect(page.get_by_role("status")).to_be_in_viewport()
    expect(second).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(second.get_by_role("link").first).to_be_focused()
    second.get_by_role("button", name="Different: keep apart").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("stay two")
    expect(second).to_have_count(0)
    expect(third).to_be_in_viewport()
    states = Suggestion.objects.order_by("-score").values_list("state", flat=True)
    assert list(states) == ["merged", "distinct", "open"]


def test_letters_typed_into_a_reason_stay_there(desk, pairs):
    page = desk(ORGANIZATIONS)
    reason = page.get_by_label("Reason").first
    reason.fill("")
    reason.type("jk")
    expect(reason).to_be_focused()
    expect(reason).to_have_value("jk")


def test_a_merge_is_split_again_with_a_reason(desk, pairs):
    page = desk(ORGANIZATIONS)
    page.get_by_role("button", name="The same: merge").first.click()
    page.get_by_role("link", name=re.compile("Split again")).click()
    page.get_by_label("Reason").fill("The fund and its manager are two.")
    page.get_by_role("button", name="Split them").click()
    expect(page.get_by_role("status")).to_contain_text("are two organizations again")
    assert not Organization.objects.filter(merged_into__isnull=False).exists()


def test_a_held_file_is_looked_at_and_released(desk, held):
    page = desk(FEEDS)
    page.get_by_text("How the file begins").click()
    expect(page.get_by_role("region", name="First lines of the file")).to_contain_text("Company 0")
    page.get_by_role("button", name="Take it all the same").click()
    expect(page.get_by_role("status")).to_contain_text("The file is taken all the same")
    run = ImportRun.objects.latest("pk")
    assert (run.state, run.file_sha256) == ("queued", held.file_sha256)
    turns = page.get_by_role("table", name="Latest turns of the feed")
    expect(turns.get_by_role("row").nth(1)).to_contain_text("Taken all the same by mona.")
    assert FeedSchedule.objects.get(pk=held.schedule_id).held == ""


def test_a_feed_is_put_on_a_schedule_without_scripts(desk, held):
    page = desk(f"{FEEDS}brought-by-hand/", scripts=False, expected="400")
    page.get_by_role("link", name="Fetch it on a schedule…").click()
    page.get_by_role("button", name="Save the schedule").click()
    expect(page.get_by_text("Give the address of the feed’s file.").first).to_be_visible()
    page.get_by_label("Address of the file").fill("https://feeds.example.org/rounds.csv")
    page.get_by_label("Every").select_option(label="6 hours")
    page.get_by_role("button", name="Save the schedule").click()
    expect(page.get_by_text("The schedule is saved.")).to_be_visible()
    assert FeedSchedule.objects.get(feed__code="brought-by-hand").minutes == 360
