"""Every page behind a door, in both themes on a phone and once on a wide screen, names as attacks.

Addresses are those of the URL tables, so that a new page is looked at by itself. One world and one
walk for all, as in tests/browser/test_every_page.py; what is wrong is collected by page.
"""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from deals.accounts.keys import make_key
from deals.models import Organization
from deals.webhooks import acts, making
from tests.browser.test_every_page import faults
from tests.desk.full import make_full_desk
from tests.desk.routes import DESK
from tests.desk.routes_elsewhere import ACCOUNT, DOORS
from tests.desk.runs import make_person
from tests.desk.test_every_other_route import account_patterns

PASSWORD = "a long password"
# A script, a formula, a direction turned round, Chinese, and a word longer than a phone is wide.
HOSTILE = '"><script>window.ran=1</script>=1+1\u202e近亿元' + 25 * "é"
# What is no page, by how its address answers: files, and parts that a script puts into a page.
NO_PAGES = {
    "desk-template", "desk-file-profile", "desk-import-errors", "desk-import-profile",
    "desk-import-progress", "desk-feed-profile", "desk-lookup", "desk-lookup-similar",
}  # fmt: skip
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 800}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(live_server: LiveServer):
    person = make_person("ada", "administrator")
    person.email = "ada@example.org"
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, color_scheme="light")
    context.set_default_navigation_timeout(120_000)
    yield context.new_page()
    context.close()


def sign_in(page: Page, origin: str) -> None:
    page.goto(f"{origin}/account/login/?next=/desk/")
    page.get_by_label("Name or e-mail address").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/desk/")


def shaped(page: Page) -> list[str]:
    """What is wrong with the outline of a page, or with its width on a wide screen."""
    said = []
    if not page.title().endswith(" – InvestTrack"):
        said.append(f"its title is “{page.title()}”")
    if (headings := page.locator("h1").count()) != 1:
        said.append(f"{headings} headings of the first level")
    page.set_viewport_size(WIDE)
    if (width := page.evaluate("document.documentElement.scrollWidth")) > WIDE["width"]:
        said.append(f"{width} px wide on a wide screen")
    page.set_viewport_size(PHONE)
    return said


def opened(page: Page) -> None:
    """Everything that is folded is looked at, too."""
    page.evaluate("document.querySelectorAll('main details').forEach((d) => { d.open = true; })")


def looked_at(page: Page, addresses: dict[str, str]) -> dict[str, list[str]]:
    """Faults by the name of each page; a name is missing where its address leads elsewhere."""
    found, titles = {}, Counter()
    for name, address in addresses.items():
        said = faults(page, address, before=opened)
        if page.url.split("#")[0] == address:
            found[name] = said + shaped(page)
            titles[page.title()] += 1
    twice = [title for title, times in titles.items() if times > 1]
    return found | {"titles": [f"{title} is no title of one page" for title in twice]}


def test_every_page_of_the_desk_is_accessible_fits_a_phone_and_runs_no_name(
    phone, live_server, ada, monkeypatch
):
    made = make_full_desk(monkeypatch, ada, HOSTILE)
    assert Organization.objects.filter(name__contains="<script>").exists()
    pages = {
        name: f"{live_server.url}{path}"
        for name, path in made.items()
        if name not in NO_PAGES and "GET" in DESK.get(name.partition(" ")[0], ("", ""))[1]
    }
    sign_in(phone, live_server.url)
    found = looked_at(phone, pages)
    assert pages.keys() - found.keys() == set()
    assert {name: said for name, said in found.items() if said} == {}
    # On paper stands what is decided on and what was said of it, and nothing to press.
    phone.emulate_media(media="print")
    phone.goto(pages["desk-review"])
    expect(phone.get_by_role("heading", name="What changes")).to_be_visible()
    expect(phone.locator("#thread .kicker").first).to_be_visible()
    for pressed in (".desk-head", ".review-bar", ".review-decide"):
        expect(phone.locator(pressed)).to_be_hidden()


def test_every_page_about_an_account_is_accessible_and_fits_a_phone(phone, live_server, ada):
    pages = {name: f"{live_server.url}{path}" for name, path in account_patterns()}
    doors = {name: pages[name] for name in DOORS if DOORS[name][0] == 200}
    found = looked_at(phone, doors)
    assert doors.keys() - found.keys() == set()
    assert {name: said for name, said in found.items() if said} == {}
    sign_in(phone, live_server.url)
    inside = {
        name: pages[name]
        for name, (by_get, _) in ACCOUNT.items()
        # A file, and what is there only for somebody with a second factor.
        if by_get not in (404, 405) and name != "mfa_download_recovery_codes"
    }
    key, _ = make_key(name=HOSTILE, power="read", days="30", after=0, by=ada)
    hook = acts.add(name=HOSTILE, url="https://example.org/hook", wanted="", by=ada)
    making.make_test(hook, timezone.now())
    inside |= {
        "account-key": f"{live_server.url}{reverse('account-key', args=[key.pk])}",
        "account-webhook": f"{live_server.url}{reverse('account-webhook', args=[hook.public_id])}",
    }
    found = looked_at(phone, inside)
    assert {"account-key", "account-webhook"} <= found.keys()
    shown = {name for name in inside if ACCOUNT[name][0] == 200}
    assert shown - found.keys() == set()
    assert {name: said for name, said in found.items() if said} == {}
