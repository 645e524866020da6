"""Every page for readers, in both themes on a phone, in a register whose names are attacks.

One world and one walk for all pages: making them anew for each page would take most of the time.
What is wrong is collected by page, so that one run names every page that has a fault.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from deals.models import Organization
from tests.browser.conftest import PATIENCE_MS
from tests.web.pages import INSIDE, QUESTION, VARIANTS, addresses, make_world, visited

# What a supplier's file can hold: a script, a picture that cannot load, a formula, a long word.
HOSTILE = '"><script>window.ran=1</script><img src=x onerror="window.ran=1">=1+1' + 25 * "é"
MORE = (
    *(f"/flows/?{INSIDE}&tab={tab}" for tab in ("network", "events")),
    f"/flows/?{INSIDE}",
    f"/flows/?{QUESTION}&tab=organizations",
    "/flows/?from=abc",
    "/nothing/",
    "/flows/?investor=IS&target=CN&tab=map",
    "/flows/bridge/?a=merics-2023&b=control-stakes&population=demo",
    f"/flows/freeze/?{INSIDE}",
    f"/flows/since/?{INSIDE}&as_of=3",
    *(f"/embed/{code}/?{INSIDE}" for code in ("map", "diagram", "organizations")),
    "/embed/nothing/",
    "/countries/BT/",
)
# Axe leaves the size of what a thumb has to hit out unless it is asked for it.
LIGHT = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# Themes differ by colours alone.
DARK = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
# Texts that stand out of their drawing, which a phone would cut off. They have their width when the
# typeface has come.
CUT_OFF = """() => document.fonts.ready.then(() =>
[...document.querySelectorAll("main svg, .embed svg")].flatMap((svg) => {
  const box = svg.getBoundingClientRect(), style = getComputedStyle(svg);
  // The numbers of an axis stand in the drawing's margin, which is kept free for them.
  const margin = style.overflow === "visible" ? parseFloat(style.marginLeft) : 0;
  return [...svg.querySelectorAll("text")].filter((text) => {
    const own = text.getBoundingClientRect();
    return own.width && (own.left < box.left - margin - 3 || own.right > box.right + 3);
  }).map((text) => text.textContent);
}))"""


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 800}, color_scheme="light")
    context.set_default_navigation_timeout(2 * PATIENCE_MS)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def world(live_server: LiveServer, client: Any) -> list[str]:
    """Addresses of all pages that are HTML."""
    made = make_world(lambda text: f"{text} {HOSTILE}" if text else text)
    plain = [path for path in addresses(made) if path not in VARIANTS]
    paths = [*plain, *MORE]
    return list(dict.fromkeys(path for path, _ in visited(client, paths)))


def found_by_axe(page: Page, options: dict[str, Any]) -> list[str]:
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def faults(page: Page, address: str, before: Callable[[Page], None] = lambda _: None) -> list[str]:
    """What is wrong with one page: what ran or was refused, what is too wide, what axe finds.

    `before` is done with the page when it is there, and ahead of any look at it.
    """
    said: list[str] = []

    def log(message: ConsoleMessage) -> None:
        # The answer to the address itself may be a 400 or a 404, and the browser says so.
        if message.type in ("error", "warning") and message.location["url"] != address:
            said.append(message.text)

    def refuse(error: object) -> None:
        said.append(str(error))

    page.on("console", log)
    page.on("pageerror", refuse)
    page.emulate_media(color_scheme="light")
    page.goto(address)
    before(page)
    if page.evaluate("window.ran"):
        said.append("a name ran as a script")
    if (width := page.evaluate("document.documentElement.scrollWidth")) > 360:
        said.append(f"{width} px wide")
    said += [f"cut off: {text}" for text in page.evaluate(CUT_OFF)]
    page.evaluate(Axe().axe_script)
    said += found_by_axe(page, LIGHT)
    page.emulate_media(color_scheme="dark")
    said += found_by_axe(page, DARK)
    page.remove_listener("console", log)
    page.remove_listener("pageerror", refuse)
    return said


def test_every_page_is_accessible_fits_a_phone_and_runs_no_name(phone, live_server, world):
    wrong = {path: faults(phone, f"{live_server.url}{path}") for path in world}
    assert len(wrong) > 45
    assert {path: said for path, said in wrong.items() if said} == {}


def test_no_name_runs_in_an_interactive_chart_or_its_hover_texts(phone, live_server, world):
    assert Organization.objects.filter(name__contains="<script>").exists()
    phone.set_viewport_size({"width": 1280, "height": 900})
    phone.goto(f"{live_server.url}/flows/?{INSIDE}&tab=organizations")
    phone.get_by_role("button", name="Interactive chart").first.click()
    plot = phone.locator(".plot").first
    plot.locator(".main-svg").first.wait_for()
    plot.locator(".nsewdrag").first.hover()
    plot.locator(".hoverlayer text").first.wait_for()
    assert plot.locator("script, img, foreignObject").count() == 0
    assert phone.evaluate("window.ran") is None
