"""Questions of readers: joins, facts, cells and DuckDB in one run.

`DATABASE_URL=… python -m benchmarks.one flows 1000000` asks the register that `manage.py
generate_deals` made there. TIMES is how often each is asked.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.clock import Timed, over, timed
from benchmarks.report import Figure, at_least, at_most, promised_from
from benchmarks.went import Say

# The promises, which are about a million deals: so many times faster than joins, and milliseconds.
CELLS_TIMES, FACTS_TIMES, DUCK_TIMES, SLOWEST_MS, PROMISED = 50, 5, 1, 150, 1_000_000

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


CURVES = {
    "share Europe → China by year, 2017–2022": "share by year, from cells",
    "sector": "share of a sector, from facts",
    "two sectors, all years": "two sectors, all years, from facts",
    "known by": "share as known by 2021-06, from facts",
}


def measure(say: Say, size: int) -> None:
    """All questions; every engine has to agree on n and N of every year."""
    from benchmarks.flow_peers import Duck
    from deals.feeds.generated import code_of
    from deals.flows.answer import snapshot

    with TemporaryDirectory() as folder:
        duck = Duck.of(Path(folder) / "facts.parquet")
        with snapshot():
            for name, params in (COVERED | OTHERS).items():
                asked = params | {"population": code_of(size)}
                for figure in _compare(name, asked, duck, cells=name in COVERED):
                    # Milliseconds are promised of a million; of more, what they are beside others.
                    beside = figure.against or size == PROMISED
                    say(promised_from(figure, size if beside else 0, PROMISED))
            _whole(say, code_of(size))


def _compare(name: str, params: dict[str, str], duck: Any, *, cells: bool) -> list[Figure]:
    """One question of all engines: against the joins, at worst, and against DuckDB."""
    from benchmarks.flow_peers import joined
    from deals.flows.query import FlowQuery
    from deals.flows.rollup import without_cells
    from deals.flows.scope import resolve

    query = FlowQuery.from_params(params)
    scope = resolve(query)
    runs = {"joins": timed(lambda: joined(query, scope))}
    with without_cells():
        runs["facts"] = timed(lambda: by_year(query, scope))
    if cells:
        runs["cells"] = timed(lambda: by_year(query, scope))
    runs["DuckDB"] = timed(lambda: duck.count(query, scope))
    for engine, run in runs.items():
        assert run.result == runs["joins"].result, f"{engine} counts otherwise: {name}"
    engine = "cells" if cells else "facts"
    ours, said = runs[engine], f"{name}, from {engine}"
    least = CELLS_TIMES if cells else FACTS_TIMES
    main = name in CURVES
    against = Figure(
        "", said, ours.p50, "ms", main=main, curve=CURVES.get(name, ""), cost=ours.work
    )
    figures = [
        at_least(_beside(against, ours, runs["joins"], "joins"), least),
        at_least(
            _beside(Figure("", said, ours.p50, "ms"), ours, runs["DuckDB"], "DuckDB"), DUCK_TIMES
        ),
    ]
    if not cells:
        figures.append(at_most(Figure("", f"{said}, p95", ours.p95, "ms"), SLOWEST_MS))
    return figures


def _beside(figure: Figure, ours: Timed, other: Timed, name: str) -> Figure:
    """How many times longer the other takes."""
    return replace(
        figure,
        against=name,
        ratio=over(other.p50, ours.p50),
        work_ratio=over(other.work, ours.work),
    )


def by_year(query: Any, scope: Any) -> dict[int | None, tuple[int, int]]:
    """n and N of each year as the product counts them, without money."""
    from django.db import connection

    from deals.flows.conditions import COUNTED, YEAR
    from deals.flows.rollup import counted

    sql = counted(query, scope)
    text = f"""
        SELECT {YEAR}, coalesce(sum(deals) FILTER (WHERE place = 'flow'), 0)::bigint,
            sum(deals)::bigint
        FROM ({sql.text()}) f WHERE place = ANY(%(counted)s) GROUP BY 1"""
    with connection.cursor() as cursor:
        cursor.execute(text, sql.params | {"counted": list(COUNTED)})
        return {found: (n, N) for found, n, N in cursor}


def _whole(say: Say, population: str) -> None:
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
        fast = timed(partial(ask, name))
        with without_cells():
            slow = timed(partial(ask, name))
        assert fast.result == slow.result, f"Cells and facts differ: {name}"
        figure = Figure(
            "", f"whole answer: {name}", fast.p50, "ms", curve=f"whole answer: {name}",
            cost=fast.work,
        )  # fmt: skip
        say(_beside(figure, fast, slow, "facts alone"))
