"""A stranger's file goes from upload to a started import in a real browser."""

import os
import re
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from deals.feeds.profile_toml import load_profile
from deals.models import Feed, ImportRun
from tests.desk.runs import make_person

GERMAN = """Auswertung der Beteiligungen;;;;;;
Stand: 31.03.2024;;;;;;

Zielunternehmen;Land;Datum;Betrag (Mio. EUR);Runde;Investor;Branche
Müller Robotik;Deutschland;03.04.2021;12,5;Serie A;Hillhouse;Robotik, KI
Müller Robotik;Deutschland;03.04.2021;12,5;Serie A;Sequoia China;Robotik, KI
Weiß KI GmbH;Deutschland;17.05.2022;1.234,5;Frühphase Plus;Tencent;Künstliche Intelligenz
Grün Daten AG;Österreich;28.02.2023;k. A.;Serie B;Hillhouse;Daten
Straßen KI;Schweiz;05.06.2023;7,25;Frühphase Plus;Baidu;Künstliche Intelligenz
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Beteiligungen 2024.csv"
    path.write_bytes(GERMAN.encode("cp1252"))
    return path


@pytest.fixture
def desk(open_as, monkeypatch):
    """`desk(…)` is the desk's first page as Ada, an editor, sees it; takes what `visit` takes."""
    monkeypatch.setattr("deals.tasks.ring", lambda run_id: None)
    Feed.objects.create(code="dealroom", name="Dealroom, quarterly export", profile="")
    return partial(open_as, make_person("ada", "editor"), "/desk/")


def upload(page: Page, file: Path) -> None:
    page.get_by_role("link", name="Import a file").first.click()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Go on").click()


def fits(page: Page) -> bool:
    """Whether nothing but boxes that scroll inside themselves is wider than the window."""
    return page.locator("html").evaluate("node => node.scrollWidth <= node.clientWidth")


def look(page: Page, name: str) -> None:
    """A picture for people, where one was asked for: SCREENSHOTS=folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("theme", "width", "scripts"),
    [("light", 1440, True), ("dark", 1440, True), ("light", 360, True), ("light", 1280, False)],
)
def test_a_strangers_file_from_upload_to_the_started_import(
    desk, file, assert_accessible, theme, width, scripts
):
    page = desk(theme=theme, width=width, scripts=scripts)
    shot = f"{theme}-{width}{'' if scripts else '-plain'}"

    def seen(step: str) -> None:
        look(page, f"{shot}-{step}")
        assert fits(page), step
        if scripts:
            assert_accessible(page)

    seen("0-queue")
    page.get_by_role("link", name="Import a file").first.click()
    seen("1-upload")
    page.goto(page.url.replace("imports/new/", ""))
    upload(page, file)

    expect(page.get_by_role("heading", name="How the file is read")).to_be_visible()
    expect(page.get_by_role("cell", name="Weiß KI GmbH")).to_be_visible()
    seen("2-reading")
    page.get_by_role("button", name="Go on to the columns").click()

    expect(page.get_by_role("heading", name="Which column is which fact")).to_be_visible()
    expect(page.get_by_label("Fact of Zielunternehmen", exact=True)).to_have_value("target_name")
    expect(page.get_by_label("Fact of Datum", exact=True)).to_have_value("announced_on")
    seen("3-columns")
    page.get_by_role("button", name="Go on to the check").click()

    expect(page.get_by_role("heading", name="Check the file")).to_be_visible()
    page.get_by_label("Meaning of Frühphase Plus").select_option("seed")
    page.get_by_label("Name of the format").fill("Müllers Liste")
    seen("4-check")
    page.get_by_role("button", name="Check the file").click()

    expect(page).to_have_url(re.compile(r"/desk/imports/\d+/$"))
    run = ImportRun.objects.get()
    assert (run.state, run.publish, run.feed.name) == ("queued", False, "Müllers Liste")
    profile = load_profile(run.profile)
    assert profile.rows == "participation"
    assert profile.columns["ai"] == "Branche"


def test_a_wrong_encoding_shows_at_once_what_comes_of_it(desk, file):
    page = desk()
    upload(page, file)
    page.locator("body").evaluate("node => node.dataset.kept = 'yes'")
    page.get_by_label("Encoding", exact=True).select_option("cp1251")
    expect(page.get_by_role("cell", name="Mьller Robotik").first).to_be_visible()
    page.get_by_label("Encoding", exact=True).select_option("utf-8")
    expect(page.locator(".fault-summary")).to_be_visible()
    expect(page.get_by_text("Auswertung der Beteiligungen").first).to_be_visible()
    expect(page.get_by_role("button", name="Go on to the columns")).to_have_count(0)
    page.get_by_label("Encoding", exact=True).select_option("")
    expect(page.get_by_role("cell", name="Müller Robotik").first).to_be_visible()
    # The page was not loaded anew.
    expect(page.locator("body")).to_have_attribute("data-kept", "yes")


def test_what_is_wrong_is_said_first_and_leads_to_its_field(desk, file, assert_accessible):
    page = desk(width=360)
    upload(page, file)
    page.get_by_role("button", name="Go on to the columns").click()
    page.get_by_label("Fact of Land", exact=True).select_option("target_name")
    page.get_by_role("button", name="Go on to the check").click()
    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.locator(".fault-summary")
    expect(summary).to_be_focused()
    look(page, "light-360-fault")
    assert_accessible(page)
    summary.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("#fact-1$"))


def test_the_whole_way_can_be_gone_with_the_keyboard(desk, file):
    page = desk()
    upload(page, file)
    button = page.get_by_role("button", name="Go on to the columns")
    button.focus()
    page.keyboard.press("Enter")
    first = page.get_by_label("Fact of Zielunternehmen", exact=True)
    first.focus()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_be_visible()
    page.get_by_role("button", name="Go on to the check").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check the file")).to_be_visible()
