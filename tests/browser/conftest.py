"""Real pages in a real Chromium, as Debian packages it; skipped where there is none."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from deals.models import PolicyEvent, PublishedFigure
from tests.browser.answering import Answering
from tests.factories import make_deals, make_population

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
Visit = Callable[..., Page]
# Several browsers share a small machine; what is expected comes, and when is not what is tested.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM.exists():
                reason = f"{CHROMIUM} is not installed (Debian's package chromium)."
                item.add_marker(pytest.mark.skip(reason=reason))


def sign_in(page: Page, url: str, person: Any) -> None:
    """Give the page's browser a session of this person."""
    client = Client()
    client.force_login(person)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": str(CHROMIUM), "args": FLAGS}


@pytest.fixture(scope="session", autouse=True)
def delete_output_dir() -> None:
    """Pictures are written over: of several processes, one would delete those of another."""


@pytest.fixture(scope="session", autouse=True)
def _orm_beside_playwright() -> Iterator[None]:
    """Playwright runs an event loop in this thread; the ORM would refuse to work beside it."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Visit]:
    """`visit("/flows/", theme="dark", width=360)`: an open page of the live server.

    At the end of the test no page may have logged an error, a refused resource or a breach of the
    content security policy. `expected` names texts that may be logged.
    """
    contexts, complaints = [], []
    # A form that is changed twice lets the later question take the place of the one under way.
    allowed = ["htmx:sendAbort"]

    def log(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def open_page(
        path: str,
        *,
        theme: str = "light",
        width: int = 1280,
        scripts: bool = True,
        expected: str = "",
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
            java_script_enabled=scripts,
        )
        # The first page of a run waits for every template and address to be read.
        context.set_default_navigation_timeout(2 * PATIENCE_MS)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        if expected:
            allowed.append(expected)
        page = context.new_page()
        page.on("console", log)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{live_server.url}{path}")
        return page

    with Answering() as answering:
        yield open_page
        for context in contexts:
            context.close()
        # The database is emptied next, and what reads it would stand in the way.
        answering.wait()
    assert [text for text in complaints if not any(word in text for word in allowed)] == []


@pytest.fixture
def open_as(visit: Visit, live_server: LiveServer) -> Callable[..., Page]:
    """`open_as(person, "/desk/", width=360)`: the page as that person sees it, signed in without
    typing; takes what `visit` takes."""

    def open_page(person: Any, path: str, **how: Any) -> Page:
        page = visit("/status/", **how)
        sign_in(page, live_server.url, person)
        page.goto(f"{live_server.url}{path}")
        return page

    return open_page


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[[Page], None]:
    """Fails with axe's own report when axe finds anything on a page."""

    def check(page: Page) -> None:
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()

    return check


@pytest.fixture(scope="session")
def screenshot() -> Callable[[Page, str], None]:
    """A picture of the whole page for people, where one was asked for: SCREENSHOTS=folder."""

    def save(page: Page, name: str) -> None:
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return save


@pytest.fixture
def register(live_server: LiveServer) -> None:
    """A small register: both directions, an invented population, an event, a published figure."""
    population = make_population("demo", generated=True)
    invented = [
        {
            "target": f"Demo Company {number}",
            "investors": [("Demo Fund", "DE" if number % 5 == 0 else "CN"), ("Demo Bank", "US")],
            "date": f"{2017 + number % 6}-03-0{1 + number % 9}",
            "amount": f"{number}000000" if number % 3 else None,
            "population": population,
        }
        for number in range(1, 31)
    ]
    documented = [
        {"target": "Horizon", "investors": [("Baillie", "GB")], "date": "2021-02-09",
         "amount": "900000000", "sectors": ["ai_chips"]},
        {"target": "智行者", "investors": [("Bosch", "DE"), (None, None)], "date": "2018-06"},
        {"target": "Agile Robots", "target_country": "DE", "investors": [("Hillhouse", "CN")],
         "date": "2019-07-03", "investor_list": "partial"},
        {"target": "Elmos fab", "target_country": "DE", "investors": [("Silex", "CN")],
         "date": "2022-11-09", "kind": "acquisition", "status": "blocked"},
    ]  # fmt: skip
    make_deals([*invented, *documented])
    PolicyEvent.objects.create(
        date="2020-10-11", jurisdiction="EU", title="Screening applies", kind="screening"
    )
    PublishedFigure.objects.create(
        code="F01", title="European share", value="3.7", unit="percent", measure="share",
        numerator="81", denominator="2165", period_from="2017", period_to="2022",
        source_title="MERICS", source_date="2023-11-16", source_url="https://merics.org/en",
        shelf="figure",
    )  # fmt: skip
