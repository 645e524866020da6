"""The API beside its peers in one run: lists, deep pages, unchanged answers.

`DATABASE_URL=… python -m benchmarks.one api 1000000` asks the register that `manage.py
generate_deals` made there. ROUNDS and SECONDS are how often and how long each is asked. Two workers
answer eight connections that last.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from benchmarks.clock import over
from benchmarks.report import Figure, at_least
from benchmarks.went import Say

ROUNDS = int(os.environ.get("ROUNDS", "2"))
SECONDS = float(os.environ.get("SECONDS", "1"))
# The promises: of the speed of DRF, of the bare view, of the first page, of the empty view.
DRF_TIMES, BARE_TIMES, DEEP_TIMES, UNCHANGED_TIMES = 30, 0.6, 0.9, 0.5
DEEP_PAGE, PAGE = 5_000, 100
# Enough never to be reached, so that every request is counted and none refused.
COUNTED = "100000000"
DRF, BARE = "DRF with prefetch", "bare psycopg, stored texts"
OURS, EMPTY, UNCHANGED = f"list of {PAGE} deals", "empty view", "unchanged answer (304)"
CURVES = {OURS: "API: first page", UNCHANGED: "API: unchanged (304)"}
EVERYTHING = "kind=all&ai=all&status=all"


def measure(say: Say, size: int) -> None:
    from benchmarks.api_web import web
    from deals.feeds.generated import code_of

    question = f"{EVERYTHING}&population={code_of(size)}"
    with ExitStack() as stack:
        counting = stack.enter_context(web(API_PER_HOUR_OPEN=COUNTED))
        plain = stack.enter_context(web(API_PER_HOUR_OPEN="0"))
        _lists(say, plain, counting, question, size)


def _lists(say: Say, plain: Any, counting: Any, question: str, size: int) -> None:
    path = f"/api/v1/deals/?{question}&page_size={PAGE}"
    deep = _deep(plain, question, min(DEEP_PAGE * PAGE, size * 9 // 10))
    etag = plain.get(path).headers["ETag"]
    same: dict[str, Any] = {"headers": {"If-None-Match": etag}, "wanted": 304}
    far = f"list of {PAGE} deals, page {deep[0]:,}"
    asked: dict[str, Callable[[], Any]] = {
        DRF: plain.load("/api/peers/drf"),
        "django-ninja with prefetch": plain.load("/api/peers/ninja/deals"),
        BARE: plain.load("/api/peers/bare"),
        OURS: plain.load(path),
        far: plain.load(deep[1]),
        f"{OURS}, each request counted": counting.load(path),
        f"{OURS}, packed by gzip": plain.load(path, headers={"Accept-Encoding": "gzip"}),
        f"{OURS}, packed by Brotli": plain.load(path, headers={"Accept-Encoding": "br"}),
        EMPTY: plain.load("/api/peers/empty"),
        UNCHANGED: plain.load(path, **same),
        f"{EMPTY}, counted": counting.load("/api/peers/empty"),
        f"{UNCHANGED}, counted": counting.load(path, **same),
    }
    best = best_of_rounds(asked)
    promised = {
        OURS: (DRF, DRF_TIMES),
        far: (OURS, DEEP_TIMES),
        UNCHANGED: (EMPTY, UNCHANGED_TIMES),
    }
    for name, load in best.items():
        peer, least = promised.get(name, (DRF, None))
        figure = replace(
            _beside(name, load, peer, best[peer]), curve=CURVES.get(name, ""), cost=load.cost
        )
        if name == far:
            figure = replace(figure, curve="API: a deep page", cost=load.cost)
        say(replace(at_least(figure, least), main=True) if least else figure)
    bare = _beside(f"{OURS}, beside the bare view", best[OURS], BARE, best[BARE])
    say(replace(at_least(bare, BARE_TIMES), main=True))


def _beside(name: str, load: Any, peer: str, other: Any) -> Figure:
    """Answers a second, and how many times those of the peer they are."""
    note = f"p50 {load.p50:.1f} ms, p95 {load.p95:.1f} ms, {load.bytes / 1000:.1f} kB"
    return Figure(
        "", name, load.a_second, "/s", "" if load is other else peer,
        over(load.a_second, other.a_second), over(other.cost, load.cost), note=note,
    )  # fmt: skip


def best_of_rounds(asked: dict[str, Callable[[], Any]]) -> dict[str, Any]:
    """Everybody in turn, several times; of each the round that was least disturbed."""
    best: dict[str, Any] = {}
    for _ in range(ROUNDS):
        for name, load in asked.items():
            found = load()
            cost = min(found.cost, best[name].cost if name in best else found.cost)
            if name not in best or found.a_second > best[name].a_second:
                best[name] = found
            best[name].cost = cost
    return best


def _deep(server: Any, question: str, rows: int) -> tuple[int, str]:
    """Number and address of a page so many deals away, found by following `next`."""
    path, step = f"/api/v1/deals/?{question}&page_size=500", 500
    passed = 0
    while passed < rows and (found := server.json(path)["next"]):
        passed, path = passed + step, found
    return passed // PAGE + 1, path.replace(f"page_size={step}", f"page_size={PAGE}")
