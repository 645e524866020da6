"""Questions of readers at a million deals: joins, facts, cells and DuckDB in one run.

`DATABASE_URL=… python -m benchmarks.flows` asks the register that `manage.py generate_deals` made
there; inside `make bench` a small one is made first (FLOW_DEALS). TIMES is how often each is asked.
"""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import django

TIMES = int(os.environ.get("TIMES", "7"))
FLOW_DEALS = int(os.environ.get("FLOW_DEALS", "20000"))
# The promises, which are about a million deals: so many times faster than joins, and milliseconds.
CELLS_TIMES, FACTS_TIMES, SLOWEST_MS, PROMISED = 50, 5, 150, 1_000_000

PLAIN = {"investor": "europe", "target": "CN", "from": "2017", "to": "2022", "compare": "none"}
COVERED: dict[str, dict[str, str]] = {
    "share Europe → China by year, 2017–2022": PLAIN,
    "share China → Europe by year, 2017–2022": PLAIN | {"investor": "CN", "target": "europe"},
    "share United States → China, all years": {"investor": "US", "target": "CN"},
    "the same by ultimate owner, all kinds": PLAIN | {"attribution": "ultimate", "kind": "all"},
}
# Drawn once from all filters with a seed and kept, so that runs can be compared.
OTHERS: dict[str, dict[str, str]] = {
    "sector": PLAIN | {"sector": "robotics"},
    "two sectors, all years": {"investor": "europe", "target": "CN",
                               "sector": "robotics,ai_chips"},
    "round types": PLAIN | {"round": "series_a,series_b"},
    "months": PLAIN | {"from": "2018-05", "to": "2021-10"},
    "days, China → Europe": PLAIN | {"investor": "CN", "target": "europe", "from": "2019-03-15",
                                     "to": "2020-09-14"},
    "known by": PLAIN | {"known_by": "2021-06"},
    "stakes of states": PLAIN | {"state_linked": "yes"},
    "United States → Europe, sector": PLAIN | {"investor": "US", "target": "europe",
                                               "sector": "drug_discovery"},
    "all kinds and AI, a sector": PLAIN | {"kind": "all", "ai": "all", "sector": "ai_chips"},
    "ultimate owner, rounds, Japan": PLAIN | {"investor": "CN", "target": "JP",
                                              "attribution": "ultimate", "round": "seed"},
}  # fmt: skip


def timed(work: Callable[[], Any]) -> tuple[list[float], Any]:
    """Milliseconds of each of TIMES runs after a first one, and the last result."""
    result = work()
    taken = []
    for _ in range(TIMES):
        begun = perf_counter()
        result = work()
        taken.append((perf_counter() - begun) * 1000)
    return sorted(taken), result


def middle(taken: list[float]) -> float:
    return taken[len(taken) // 2]


def slowest(taken: list[float]) -> float:
    return quantiles(taken, n=20)[-1]


def run(size: int) -> None:
    """In the scratch database, which is left empty. `size` is not used here."""
    from benchmarks.imports import empty_register
    from deals.feeds.generated import generate

    empty_register()
    for _ in generate(FLOW_DEALS, 1):
        pass
    measure()
    empty_register()


def measure() -> None:
    from benchmarks.flow_peers import Duck
    from deals.flows.answer import snapshot
    from deals.models import DealFact, Population

    population = Population.objects.filter(code__startswith="load-").first()
    if population is None:
        print("There is no generated register here; see manage.py generate_deals.")
        return
    size = DealFact.objects.count()
    print(f"\nQuestions over {size:,} generated deals, p50 (p95) in ms")
    with TemporaryDirectory() as folder:
        duck = Duck.of(Path(folder) / "facts.parquet")
        with snapshot():
            for name, params in COVERED.items():
                _compare(name, params | {"population": population.code}, duck, size, cells=True)
            for name, params in OTHERS.items():
                _compare(name, params | {"population": population.code}, duck, size, cells=False)
            _whole(population.code)


def _compare(name: str, params: dict[str, str], duck: Any, size: int, *, cells: bool) -> None:
    """One question of all engines, which have to agree on n and N of every year."""
    from benchmarks.flow_peers import joined
    from deals.flows.query import FlowQuery
    from deals.flows.rollup import without_cells
    from deals.flows.scope import resolve

    query = FlowQuery.from_params(params)
    scope = resolve(query)
    taken, answers = {}, {}
    taken["joins"], answers["joins"] = timed(lambda: joined(query, scope))
    with without_cells():
        taken["facts"], answers["facts"] = timed(lambda: by_year(query, scope))
    if cells:
        taken["cells"], answers["cells"] = timed(lambda: by_year(query, scope))
    taken["DuckDB"], answers["DuckDB"] = timed(lambda: duck.count(query, scope))
    for engine, answer in answers.items():
        assert answer == answers["joins"], f"{engine} counts otherwise: {name}"
    ours = taken["cells" if cells else "facts"]
    times = middle(taken["joins"]) / middle(ours)
    kept = times >= (CELLS_TIMES if cells else FACTS_TIMES) and (
        cells or slowest(ours) <= SLOWEST_MS
    )
    verdict = f" ({'kept' if kept else 'MISSED'})" if size >= PROMISED else ""
    shown = "  ".join(f"{e} {middle(t):.1f} ({slowest(t):.1f})" for e, t in taken.items())
    duck_times = middle(taken["DuckDB"]) / middle(ours)
    print(
        f"{name:<42} {shown}   {times:.0f} × joins{verdict}, {duck_times:.1f} × DuckDB",
        flush=True,
    )


def by_year(query: Any, scope: Any) -> dict[int | None, tuple[int, int]]:
    """n and N of each year as the product counts them, without money."""
    from django.db import connection

    from deals.flows.conditions import COUNTED
    from deals.flows.rollup import counted

    sql = counted(query, scope)
    year = "extract(year FROM date_first)::int"
    text = f"""
        SELECT CASE WHEN {year} = extract(year FROM date_last) THEN {year} END,
            coalesce(sum(deals) FILTER (WHERE place = 'flow'), 0)::bigint, sum(deals)::bigint
        FROM ({sql.text()}) p WHERE place = ANY(%(counted)s) GROUP BY 1"""
    with connection.cursor() as cursor:
        cursor.execute(text, sql.params | {"counted": list(COUNTED)})
        return {found: (n, N) for found, n, N in cursor}


def _whole(population: str) -> None:
    """Whole answers as pages show them: composition, bands, comparator, distinct companies."""
    from django.core.cache import cache

    from deals.flows.asked import QUESTIONS
    from deals.flows.query import FlowQuery
    from deals.flows.rollup import without_cells
    from deals.flows.scope import resolve

    query = FlowQuery.from_params(PLAIN | {"population": population})
    scope = resolve(query)

    def ask(name: str) -> Any:
        # The share and the series keep what they are both made of.
        cache.clear()
        return QUESTIONS[name](query, scope)

    for name in ("share", "series", "matrix", "top-investors"):
        fast, answer = timed(partial(ask, name))
        with without_cells():
            slow, same = timed(partial(ask, name))
        assert answer == same, f"Cells and facts differ: {name}"
        print(
            f"{'whole answer: ' + name:<42} with cells {middle(fast):.1f} ({slowest(fast):.1f})"
            f"  facts {middle(slow):.1f}   {middle(slow) / middle(fast):.1f} ×",
            flush=True,
        )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
    django.setup()
    measure()
