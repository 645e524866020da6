"""Lists of deals first and deep, look-ups of names, pages of lists, and the digest of copies."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from benchmarks.clock import Timed, over, timed
from benchmarks.pages import in_the_server
from benchmarks.report import Figure, at_most
from benchmarks.went import Say

# A deep page may cost a tenth more than the first; what is looked up is there while one types.
DEEP, LOOK_UP_MS = 1.1, 150


def measure(say: Say, size: int) -> None:
    from deals.feeds.generated import code_of
    from deals.flows.query import FlowQuery
    from deals.flows.scope import resolve

    query = FlowQuery.from_params({"population": code_of(size), "kind": "all", "ai": "all"})
    scope = resolve(query)
    _pages(say, query, scope)
    _search(say, query, scope, f"target {size // 20}")
    _in_the_server(say, code_of(size), size)
    _digest(say, query, scope, size)


def _pages(say: Say, query: Any, scope: Any) -> None:
    """The first hundred deals and a hundred in the middle, found by a cursor."""
    from deals.flows.listing import Wanted, listing

    def page(cursor: str) -> Any:
        wanted = Wanted(place="counted", order="id", cursor=cursor)
        return listing(query, scope, wanted, count=False)

    first = timed(partial(page, ""))
    cursor = first.result.next
    for _ in range(200):
        wanted = Wanted(place="counted", order="id", cursor=cursor, size=500)
        following = listing(query, scope, wanted, count=False).next
        if following is None:
            break
        cursor = following
    deep = timed(partial(page, cursor))
    say(_figure("page of 100 deals", first, "list page, first"))
    ratio = over(deep.p50, first.p50)
    figure = _figure("page of 100 deals, up to 100,000 deep", deep, "list page, deep")
    kept = bool(ratio and ratio <= DEEP)
    say(
        Figure(
            "", figure.what, figure.value, "ms", "the first page", ratio,
            over(deep.work, first.work), f"≤ {DEEP} ×", kept, curve=figure.curve, cost=figure.cost,
        )
    )  # fmt: skip


def _search(say: Say, query: Any, scope: Any, words: str) -> None:
    """By a part of a name, as somebody types it."""
    from deals.flows.listing import Wanted, listing

    found = timed(lambda: listing(query, scope, Wanted(q=words), count=False))
    figure = _figure("search for a part of a name", found, "search for a name")
    say(at_most(figure, LOOK_UP_MS))


def _in_the_server(say: Say, population: str, size: int) -> None:
    """Whole pages that sum over all of a register."""
    pages: dict[str, dict[str, str]] = {
        "/deals/": {},
        "/deals/ of a question": {"investor": "europe", "target": "CN", "from": "2017"},
        "/deals/ of a search": {"q": f"target {size // 20}"},
        "/countries/": {},
        "/status/": {},
    }
    for name, asked in pages.items():
        path = name.split(" ")[0]
        address = f"{path}?{urlencode({**asked, 'population': population})}"
        in_the_server(say, name, address, promised=False)


def _digest(say: Say, query: Any, scope: Any, size: int) -> None:
    from django.core.cache import cache

    from deals.flows.digest import deals_digest
    from deals.flows.scope import Scope

    assert isinstance(scope, Scope)

    def anew() -> Any:
        cache.clear()
        return deals_digest(scope.population)

    fresh = timed(anew, runs=1)
    kept = timed(lambda: deals_digest(scope.population))
    rate = size / fresh.p50 * 1000
    say(Figure("", "digest of all documents", rate, "deals/s"))
    say(_figure("digest, nothing changed since", kept, "digest, nothing changed"))


def _figure(what: str, run: Timed, curve: str) -> Figure:
    return Figure("", what, run.p50, "ms", curve=curve, cost=run.work)
