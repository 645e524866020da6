"""A reader reports an error, an editor answers it, everybody reads the answer; and pages around."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from deals import actions, journal
from deals.actions import reports
from deals.models import Report
from tests.desk.runs import make_person
from tests.factories import make_deal

pytestmark = pytest.mark.django_db(transaction=True)
HOSTILE = "<script>window.ran=1</script>\u202e" + 40 * "é"


@pytest.fixture
def ada(db):
    user = make_person("ada", "administrator")
    user.is_staff, user.email = True, "ada@example.org"
    user.save()
    return user


@pytest.fixture
def desk(visit, live_server, ada, client):
    """`desk("/desk/reports/", width=360)`: the page as Ada, an administrator, sees it."""

    def open_page(path: str, **how: Any) -> Page:
        page = visit("/glossary/", **how)
        client.force_login(ada)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(f"{live_server.url}{path}")
        return page

    return open_page


def look(page: Page, name: str) -> None:
    """A picture for people, where one was asked for: SCREENSHOTS=folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_report_goes_from_a_reader_to_an_editor_and_back_in_public(
    visit, desk, live_server, scripts
):
    version = make_deal(target="Horizon")
    page = visit(f"/deals/{version.deal.public_id}/", scripts=scripts)
    page.get_by_role("link", name="Report an error").first.click()
    page.get_by_label("Which fact is wrong").select_option(label="The amount")
    page.get_by_label("What is wrong, and what would be right").fill("It was 12 million.")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your report has been received")
    report = Report.objects.get()
    editor = desk("/desk/", scripts=scripts)
    editor.get_by_role("link", name="Horizon").first.click()
    expect(editor.get_by_text("It was 12 million.")).to_be_visible()
    editor.get_by_label("What came of it").fill("The filing says 8 million; see the source.")
    editor.get_by_role("button", name="Decline").click()
    expect(editor.get_by_text("The answer is public now.")).to_be_visible()
    page.goto(f"{live_server.url}/reports/{report.token}/")
    expect(page.get_by_text("The filing says 8 million; see the source.")).to_be_visible()
    expect(page.get_by_text("It was 12 million.")).to_have_count(0)


def make_world(ada: Any) -> Report:
    """Something in every list, with names that are attacks."""
    version = make_deal(
        target=HOSTILE, target_country="CN", investors=[(HOSTILE, "DE")], sources=("One",)
    )
    report = reports.send(
        deal=version.deal, field="amount", text=f"{HOSTILE}\nsecond line", address="::1",
        source_url="https://news.example/a", contact="r@example.org",
    )  # fmt: skip
    reports.assign(report=report, to=ada, by=make_person(f"eve{version.pk}", "editor"))
    actions.begin_draft(by=ada, typed={"target": {"name": HOSTILE}})
    journal.record("published", by=ada, version=version, text=HOSTILE)
    return report


PAGES = {
    "home": "/desk/", "reports": "/desk/reports/", "notifications": "/desk/notifications/",
    "activity": "/desk/activity/", "quality": "/desk/quality/",
    "single-source": "/desk/quality/single-source/",
    "owners": "/desk/quality/owner-not-researched/",
}  # fmt: skip


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("light", 1440), ("dark", 1440)])
def test_every_page_is_accessible_and_fits(desk, ada, live_server, assert_accessible, theme, width):
    report = make_world(ada)
    own = {
        "report": f"/desk/reports/{report.pk}/",
        "report-form": f"/deals/{report.deal.public_id}/report/",
        "ticket": f"/reports/{report.token}/",
    }
    page = desk("/desk/", theme=theme, width=width)
    for name, address in (PAGES | own).items():
        page.goto(f"{live_server.url}{address}")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert page.evaluate("window.ran") is None, name
        look(page, f"{name}-{theme}-{width}")
    if width == 360:
        page.goto(f"{live_server.url}/desk/")
        page.get_by_text("Desk menu", exact=True).click()
        expect(page.get_by_role("link", name="Quality", exact=True)).to_be_visible()
        look(page, "menu-360")


def test_the_admin_works_under_our_policy(desk, live_server):
    page = desk("/admin/")
    page.get_by_role("link", name="Policy events").first.click()
    page.get_by_role("link", name="Add policy event").click()
    page.get_by_role("link", name="Today").first.click()
    page.get_by_label("Jurisdiction").fill("eu")
    page.get_by_label("Title").fill("Screening applies")
    page.get_by_label("Kind").fill("screening")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    look(page, "admin")
