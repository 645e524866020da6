"""What a reader waits for: `/` and `/flows/` in a headless Chromium, and in the server.

`DATABASE_URL=… python -m benchmarks.one pages 1000000` shows the register there. Cold cache,
processor slowed to a quarter; style sheets and scripts compressed as `collectstatic` leaves them.
Without Chromium only what the server takes is measured.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any
from urllib.request import urlopen

from benchmarks.clock import TIMES, timed
from benchmarks.ports import free_port
from benchmarks.report import Figure, at_most
from benchmarks.went import Say

PROMISED = 1_000_000
LCP_MS, CLS, HTML_KB, SCRIPT_KB, SERVER_MS, UNCHANGED_MS = 1_500, 0.02, 60, 450, 120, 10
SLOWER = 4
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Collects what the browser itself measures, from before the first byte.
OBSERVER = """
window.seen = {lcp: 0, cls: 0};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.seen.lcp = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.seen.cls += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


def measure(say: Say, size: int) -> None:
    # Playwright has a loop of its own in this thread, which nothing here waits in.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    from deals.feeds.generated import code_of

    flows = f"/flows/?investor=europe&target=CN&from=2017&to=2022&population={code_of(size)}"
    pages = {"/": "/", "/flows/": flows}
    for name, path in pages.items():
        in_the_server(say, name, path, promised=name == "/flows/" and size >= PROMISED)
    if not Path(CHROMIUM).exists():
        say(Figure("", f"left out: no Chromium at {CHROMIUM}", None, ""))
        return
    from playwright.sync_api import sync_playwright

    with (
        TemporaryDirectory() as folder,
        served(Path(folder)) as base,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        for name, path in pages.items():
            in_a_browser(say, name, browser, base + path)
        browser.close()


def in_the_server(say: Say, name: str, path: str, *, promised: bool) -> None:
    """Milliseconds in the server: nothing kept, and unchanged since the browser's last visit."""
    from django.conf import settings
    from django.core.cache import cache
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    mark = client.get(path).headers.get("ETag", "")

    def fresh() -> None:
        cache.clear()
        client.get(path)

    def unchanged() -> Any:
        return client.get(path, headers={"if-none-match": mark} if mark else {})

    for what, work, most in (
        ("nothing kept", fresh, SERVER_MS),
        (f"unchanged ({unchanged().status_code})", unchanged, UNCHANGED_MS),
    ):
        run = timed(work)
        what = f"{name} in the server, {what}"
        figure = Figure("", what, run.taken[0], "ms", main=promised, curve=what, cost=run.work)
        say(at_most(figure, most) if promised else figure)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The web server on a free port with collected files; ended afterwards."""
    port = free_port()
    environment = os.environ | {"STATIC_ROOT": str(folder), "PYTHONUNBUFFERED": "1"}
    # Plotly's bundle is fetched only when a reader asks for it, and takes long to compress.
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0", "--skip-checks"]
    unseen = ("*plotly.min.js", "admin", "rest_framework", "django_celery_beat")
    skipped = [word for name in unseen for word in ("-i", name)]
    subprocess.run([*collect, *skipped], check=True, env=environment)
    command = [sys.executable, "-m", "gunicorn", "investtrack.wsgi", f"--bind=127.0.0.1:{port}"]
    server = subprocess.Popen(
        [*command, "--workers=1", "--threads=4", "--worker-class=gthread", "--log-level=error"],
        env=environment,
    )
    try:
        for _ in range(600):
            try:
                urlopen(f"http://127.0.0.1:{port}/healthz").close()
                break
            except OSError:
                sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def in_a_browser(say: Say, name: str, browser: Any, address: str) -> None:
    """Largest paint, layout shift and bytes of one visit, the median of TIMES."""
    visits = sorted((visit(browser, address) for _ in range(TIMES)), key=lambda one: one["lcp"])
    seen = visits[len(visits) // 2]
    for what, value, unit, most, main in (
        ("largest paint", seen["lcp"], "ms", LCP_MS, True),
        ("layout shift", seen["cls"], "", CLS, True),
        ("HTML as sent", seen["html"] / 1000, "kB", None, False),
        ("HTML unpacked", seen["unpacked"] / 1000, "kB", HTML_KB, True),
        ("script before interaction", seen["script"] / 1000, "kB", SCRIPT_KB, False),
        ("styles", seen["style"] / 1000, "kB", None, False),
        ("first request answered", seen["first"], "ms", None, False),
    ):
        figure = Figure("", f"{name}, {what}", value, unit, main=main)
        say(at_most(figure, most) if most else figure)


def visit(browser: Any, address: str) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    kinds: dict[str, str] = {}
    sizes = {"Document": 0.0, "Script": 0.0, "Stylesheet": 0.0}
    devtools.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))

    def add(event: Any) -> None:
        kind = kinds.get(event["requestId"], "")
        if kind in sizes:
            sizes[kind] += event["encodedDataLength"]

    devtools.on("Network.loadingFinished", add)
    page.add_init_script(OBSERVER)
    response = page.goto(address, wait_until="load")
    unpacked = len(response.body())
    page.wait_for_timeout(1_000)
    seen = page.evaluate("window.seen")
    context.close()
    return {
        "lcp": seen["lcp"],
        "cls": seen["cls"],
        "html": sizes["Document"],
        "unpacked": unpacked,
        "script": sizes["Script"],
        "style": sizes["Stylesheet"],
        "first": response.request.timing["responseStart"],
    }
