"""What a reader waits for: `/` and `/flows/` in a headless Chromium, and in the server.

`DATABASE_URL=… python -m benchmarks.pages` shows the register there. Cold cache, processor slowed
to a quarter; style sheets and scripts compressed as `collectstatic` leaves them. Needs Chromium.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Any
from urllib.request import urlopen

import django

LCP_MS, CLS, HTML_KB, SCRIPT_KB, SERVER_MS, UNCHANGED_MS = 1_500, 0.02, 60, 450, 120, 10
TIMES = int(os.environ.get("TIMES", "5"))
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


def pages() -> list[str]:
    from deals.models import Population

    population = Population.objects.filter(code__startswith="load-").first()
    inside = f"&population={population.code}" if population else ""
    return ["/", f"/flows/?investor=europe&target=CN&from=2017&to=2022{inside}"]


def in_the_server(path: str) -> None:
    """Milliseconds in the server: nothing kept, and unchanged since the browser's last visit."""
    from django.conf import settings
    from django.core.cache import cache
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.get(path)
    fresh, unchanged, mark = [], [], ""
    for _ in range(TIMES):
        cache.clear()
        begun = perf_counter()
        mark = client.get(path).headers.get("ETag", "")
        fresh.append((perf_counter() - begun) * 1000)
        begun = perf_counter()
        answer = client.get(path, headers={"if-none-match": mark} if mark else {})
        unchanged.append((perf_counter() - begun) * 1000)
    said = f"unchanged ({answer.status_code}) {min(unchanged):.1f} ms (≤ {UNCHANGED_MS})"
    print(f"  server: nothing kept {min(fresh):.0f} ms (≤ {SERVER_MS} at 1 M deals), {said}")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The web server on a free port with collected files; ended afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
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
        for _ in range(100):
            try:
                urlopen(f"http://127.0.0.1:{port}/healthz").close()
                break
            except OSError:
                sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def in_a_browser(browser: Any, address: str) -> None:
    """Largest paint, layout shift and bytes of one visit, the median of TIMES."""
    visits = sorted((visit(browser, address) for _ in range(TIMES)), key=lambda one: one["lcp"])
    seen = visits[len(visits) // 2]
    print(
        f"  browser: largest paint {seen['lcp']:.0f} ms (≤ {LCP_MS}), layout shift"
        f" {seen['cls']:.3f} (≤ {CLS}), HTML {seen['html'] / 1000:.1f} kB, unpacked"
        f" {seen['unpacked'] / 1000:.0f} kB (≤ {HTML_KB}), script {seen['script'] / 1000:.1f} kB"
        f" (≤ {SCRIPT_KB}), styles {seen['style'] / 1000:.1f} kB",
        flush=True,
    )


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
    }


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    django.setup()
    from playwright.sync_api import sync_playwright

    paths = pages()
    with (
        TemporaryDirectory() as folder,
        served(Path(folder)) as base,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        for path in paths:
            print(f"\n{path}")
            in_the_server(path)
            in_a_browser(browser, base + path)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
