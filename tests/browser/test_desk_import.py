"""An import at the desk in a real browser: the bar moves and ends, errors, decision, conflicts."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from deals import tasks
from deals.feeds import queue
from deals.models import FeedRecord, ImportRun
from tests.desk.runs import FACTS, make_person, make_run, row_error, stage
from tests.factories import make_deal
from tests.feeds.supplier import csv_of, file, profile

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(open_as):
    """`desk("/desk/imports/", width=360)`: the page as Rita, a reviewer, sees it."""
    return partial(open_as, make_person("rita", "reviewer"))


def impact_of(title: str, before: tuple[int, int, str], after: tuple[int, int, str]) -> Any:
    sides = [dict(zip(("n", "N", "share"), side, strict=True)) for side in (before, after)]
    page = "/flows/?investor=europe&target=CN"
    return {"title": title, "page": page, "before": sides[0], "after": sides[1]}


@pytest.fixture
def reviewed(db):
    """An import in review with a bit of everything."""
    anna = make_person("anna")
    run = make_run(
        "review", created_by=anna, file_name="Finanzierungsrunden 2024 – Lieferung März.csv",
        rows_used=9_412, rows_skipped=120, rows_duplicate=88, rows_rejected=27,
        deals_created=4_310, deals_updated=2, deals_unchanged=1_204, deals_conflict=1,
        deals_held=1, deals_absent=1, participations=11_020, organizations_new=2_208,
        bytes_total=1_340_000,
        impact={
            "seq": 0, "deals": {"enter_flow": 14, "leave_flow": 1},
            "questions": [
                impact_of("Europe → China, funding rounds, 2017–2022",
                          (81, 2165, "0.037413"), (94, 2410, "0.039004")),
                impact_of("China → Europe, funding rounds, all years",
                          (30, 1800, "0.016667"), (30, 1800, "0.016667")),
            ],
        },
    )  # fmt: skip
    for row in range(2, 26):
        row_error(run, row, f"ca. {row} Mio")
    row_error(run, 40, "Ruritania", column="investor_country", code="unknown_country",
              message="There is no country “Ruritania”; use a code such as DE.")  # fmt: skip
    row_error(run, 41, "3/4/2024", column="month", code="ambiguous_date",
              message="This may be 3 April or 4 March; say which in the profile.")  # fmt: skip
    row_error(run, 42, "Drohnen", column="sectors", code="unknown_sector", fatal=False,
              message="There is no such sector; the row was used without it.")  # fmt: skip
    for number in range(25):
        stage(run, "created", f"n{number:02}", target_name=f"深度求索 {number:02}")
    for number in range(2):
        known = make_deal(target=f"Update {number}", amount="12300000", investors=[("X", "US")])
        stage(run, "updated", fields=["amount", "investors", "date"], deal=known.deal,
              target_name=f"Update {number}")  # fmt: skip
    edited = make_deal(target="Edited Robotics", amount="5000000")
    before = FACTS | {"amount": FACTS["amount"] | {"low": "4000000.00", "high": "4000000.00"}}
    FeedRecord.objects.create(feed=run.feed, key="edited", deal=edited.deal, facts=before)
    stage(run, "conflict", "edited", fields=["amount"], deal=edited.deal,
          target_name="Edited Robotics")  # fmt: skip
    gone = make_deal(target="智行者", date="2019-05-01")
    stage(run, "absent", "old", deal=gone.deal, rows=[])
    stage(run, "held", "new", fields=["key"])
    return run


@pytest.fixture
def running(db):
    return make_run("running", rows_used=10_000, bytes_read=10, bytes_total=100,
                    started_at=timezone.now() - timedelta(seconds=20),
                    file_name="A million rows.csv")  # fmt: skip


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 1440), ("light", 360)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    desk, assert_accessible, screenshot, reviewed, running, theme, width
):
    make_run("failed", problem="The disk was full at row 5,000.", rows_used=5_000)
    stage(make_run("published", deals_held=1), "held", fields=["newer"])
    ImportRun.objects.filter(pk=reviewed.pk).update(state="published")
    page = desk("/desk/conflicts/", theme=theme, width=width)
    names = {"conflicts": "/desk/conflicts/", "running": f"/desk/imports/{running.pk}/",
             "undo": f"/desk/imports/{reviewed.pk}/undo/"}  # fmt: skip
    looked_at(page, names, screenshot, assert_accessible, theme, width)
    ImportRun.objects.filter(pk=reviewed.pk).update(state="review")
    names = {"list": "/desk/imports/", "review": f"/desk/imports/{reviewed.pk}/",
             "updated": f"/desk/imports/{reviewed.pk}/deals/?outcome=updated",
             "decide": f"/desk/imports/{reviewed.pk}/decide/"}  # fmt: skip
    looked_at(page, names, screenshot, assert_accessible, theme, width)


def looked_at(page, names, screenshot, assert_accessible, theme, width):
    origin = page.url.partition("/desk/")[0]
    for name, path in names.items():
        page.goto(origin + path)
        closed = page.locator("main details:not([open]) > summary:visible")
        while closed.count():
            closed.first.click()
        assert_accessible(page)
        screenshot(page, f"desk-import-{name}-{theme}-{width}")
        assert page.locator("html").evaluate("node => node.scrollWidth") <= width, name


def test_the_bar_moves_and_gives_way_to_the_report(desk, running):
    page = desk(f"/desk/imports/{running.pk}/")
    bar = page.get_by_role("progressbar")
    expect(bar).to_be_visible()
    before = float(bar.get_attribute("value") or 0)
    ImportRun.objects.filter(pk=running.pk).update(
        rows_read=60_000, rows_used=60_000, bytes_read=60
    )
    expect(page.locator("#progress")).to_contain_text("60,000")
    assert float(page.get_by_role("progressbar").get_attribute("value") or 0) > before
    expect(page.locator("#progress-said")).not_to_be_empty()
    # A page that is loaded anew goes on where it was.
    page.reload()
    expect(page.locator("#progress")).to_contain_text("60,000")
    ImportRun.objects.filter(pk=running.pk).update(
        state="review", rows_read=100_000, rows_used=100_000, deals_in_file=5, deals_created=5
    )
    expect(page.get_by_role("heading", name="Nothing is published yet")).to_be_visible()
    expect(page).to_have_title(re.compile("^Waiting for a decision"))
    expect(page.get_by_role("progressbar")).to_have_count(0)


def test_without_scripts_the_page_looks_again_by_itself(desk, running):
    page = desk(f"/desk/imports/{running.pk}/", scripts=False)
    ImportRun.objects.filter(pk=running.pk).update(state="cancelled")
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()


def test_tabs_swap_the_deals_and_pages_follow(desk, reviewed):
    page = desk(f"/desk/imports/{reviewed.pk}/")
    page.locator("body").evaluate("node => node.dataset.kept = 'yes'")
    expect(page.locator("#deals")).to_contain_text("Edited Robotics")
    page.locator(".tabs").get_by_role("link", name="New").click()
    expect(page.locator("#deals")).to_contain_text("深度求索 00")
    page.locator("#deals").get_by_role("link", name="Next").click()
    expect(page.locator("#deals")).to_contain_text("深度求索 24")
    expect(page.locator("body")).to_have_attribute("data-kept", "yes")


def test_a_reviewer_rejects_with_a_reason_by_keyboard(desk, reviewed):
    page = desk(f"/desk/imports/{reviewed.pk}/", expected="400")
    page.get_by_role("link", name="Decide…").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Reject").click()
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_role("link", name=re.compile("Say why")).click()
    expect(page.get_by_label("Reason")).to_be_focused()
    page.keyboard.type("The amounts are in thousands.")
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("By rita: The amounts are in thousands.")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("^Rejected"))).to_be_visible()


def test_a_real_file_is_looked_through_mended_and_published(desk, settings, tmp_path, monkeypatch):
    settings.IMPORTS_DIR = tmp_path
    monkeypatch.setattr(tasks, "ring", lambda _: None)
    rows = ["Acme,CN,2019-05,5,USD,Fund,DE", "Beta,CN,2020-01,lots,USD,Fund,DE"]
    sent = file(csv_of([*rows, "Gamma,Ruritania,2021,1,USD,Fund,DE"]))
    run = queue.enqueue(sent, profile(), publish=False, by=None, ring=lambda _: None)
    tasks.run_import(run.pk)
    page = desk(f"/desk/imports/{run.pk}/")
    with page.expect_download() as started:
        page.get_by_role("link", name="Download the rejected rows").click()
    assert started.value.suggested_filename == "rounds-rejected.csv"
    assert "Ruritania" in started.value.path().read_text()
    page.get_by_role("link", name="Decide…").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    tasks.run_import(run.pk)
    expect(page.get_by_role("heading", name=re.compile("^Published"))).to_be_visible()
    expect(page.get_by_text("approved by rita")).to_be_visible()
