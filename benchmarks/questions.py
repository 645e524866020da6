"""The share by year from one narrow table, beside the same question joined over versions."""

from django.db import connection

from benchmarks.clock import best_of, line
from benchmarks.register import fill, publish_all
from deals.flows.conditions import COUNTED
from deals.flows.cube import cube
from deals.flows.listing import Wanted, listing
from deals.flows.query import FlowQuery
from deals.flows.scope import resolve

# What the question costs without the fact table: versions joined to participations.
JOINED = """
SELECT extract(year FROM v.date_first)::int AS year, count(DISTINCT v.id) AS counted,
       count(DISTINCT v.id) FILTER (WHERE p.country = ANY(%(from_x)s)) AS flow
FROM deals_dealversion v
JOIN deals_organization t ON t.id = v.target_id
LEFT JOIN deals_participation p ON p.version_id = v.id
LEFT JOIN deals_organization i ON i.id = p.investor_id
WHERE v.published_seq IS NOT NULL AND v.superseded_seq IS NULL
  AND v.target_country = 'CN' AND v.kind = 'funding_round' AND v.ai = 'yes'
  AND v.status IN ('completed', 'divestment_ordered', 'unwound')
  AND v.date_first >= '2017-01-01' AND v.date_last <= '2022-12-31'
GROUP BY 1 ORDER BY 1
"""


def run(size: int) -> None:
    print(f"\nQuestions over {size:,} generated deals")
    ids = fill(size)
    seconds, _ = best_of(1, lambda: publish_all(ids))
    line(
        "publish prepared versions, facts and documents included",
        seconds,
        f"{size / seconds:,.0f} deals/s",
    )
    query = FlowQuery(investor=("europe",), target=("CN",), from_="2017", to="2022")
    scope = resolve(query)
    fast, cells = best_of(5, lambda: cube(query, scope))
    slow, rows = best_of(5, lambda: _joined(query))
    n = cells.at("flow").count()
    assert (n, cells.at(*COUNTED).count()) == (
        sum(row[2] for row in rows),
        sum(row[1] for row in rows),
    )
    line("share by year with composition and value, fact table", fast, f"n = {n:,}")
    line("n and N by year only, joined over versions", slow, f"{slow / fast:.1f} × the time")
    first, page = best_of(5, lambda: listing(query, scope, Wanted(place="counted"), count=False))
    deep = page
    while deep.next:
        last, deep = (
            deep,
            listing(query, scope, Wanted(place="counted", cursor=deep.next), count=False),
        )
    cursor = last.next or ""
    far, _ = best_of(
        5, lambda: listing(query, scope, Wanted(place="counted", cursor=cursor), count=False)
    )
    line("first page of 100 deals behind it", first, "")
    line("last page of them", far, f"{far / first:.2f} × the first")


def _joined(query: FlowQuery) -> list[tuple[int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(JOINED, {"from_x": sorted(query.investor_side.always)})
        return cursor.fetchall()
