"""Holds the rows of a chart against the naive ones, and each row's link against its deals."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.db import connection
from django.utils import timezone

from deals.flows.asked import QUESTIONS
from deals.flows.listing import Wanted, matching, total
from deals.flows.query import FlowQuery
from deals.flows.scope import resolve
from deals.flows.top import MOST
from tests.flows.naive import Register
from tests.flows.naive_rows import Key, naive_rows

Answer = dict[str, Any]
NUMBERS = ("n", "N", "share", "low", "split", "high", "disclosed_n")
ROWS = tuple(name for name in QUESTIONS if name != "share")
# The list of these is of the deals that are in the flow and in no row; of others, of those beside.
IN_FLOW = ("several_", "no_")


def fast_rows(name: str, query: FlowQuery) -> Answer:
    """The product's answer, computed now; a top list with as many rows as it ever gives."""
    more = {"limit": MOST} if name.startswith("top-") else {}
    return QUESTIONS[name](query, resolve(query), **more)


def rows_of(name: str, answer: Answer) -> dict[Key, Answer]:
    """Rows, and for the diagram its nodes and links, by the keys of the naive ones."""
    if name.startswith("series"):
        return {row["period"]: row for row in answer["rows"] if row["N"]}
    if name == "matrix":
        return {(row["investor"], row["target"]): row for row in answer["rows"]}
    if name != "diagram":
        return {row["code"]: row for row in answer["rows"]}
    rows = {("row", r["investor"], r["target"], r["sector"]): r for r in answer["rows"]}
    for of, nodes in answer["nodes"].items():
        rows |= {("node", of, node["code"]): node for node in nodes}
    for of in ("investor_target", "target_sector"):
        rows |= {("link", row["a"], row["b"], of): row for row in answer["links"][of]}
    return rows


def assert_same_rows(name: str, query: FlowQuery, register: Register) -> Answer:
    """Both implementations have the same rows, totals and rest; returns the fast answer."""
    answer = fast_rows(name, query)
    naive = naive_rows(name, query, today=timezone.now().date(), register=register)
    rows = rows_of(name, answer)
    said = f"{name} of {query.to_params()}"
    shown = {key: {n: row[n] for n in NUMBERS if n in row} for key, row in rows.items()}
    assert shown == naive.rows, said
    assert {name: answer["total"][name] for name in naive.total} == naive.total, said
    beside = {place: (row["n"], row["N"]) for place, row in answer["beside"].items()}
    assert beside == naive.beside, said
    return answer


def assert_links(name: str, query: FlowQuery, register: Register) -> int:
    """Every link lists exactly its row's deals; returns how many links there were."""
    answer = fast_rows(name, query)
    naive = naive_rows(name, query, today=timezone.now().date(), register=register)
    rows = rows_of(name, answer)
    for key, row in rows.items():
        assert listed(row["deals"]) == naive.deals[key], f"{key}: {row['deals']}"
    for row in [row for row in answer["rows"] if not row.get("N", 1)][:2]:
        assert listed(row["deals"]) == set()
    for row in answer["beside"].values():
        wanted, _ = read(row["deals"])
        expected = row["n"] if wanted.place.startswith(IN_FLOW) else row["N"]
        assert len(listed(row["deals"])) == expected, row["deals"]
    for row in (*answer.get("investor_totals", ()), *answer.get("target_totals", ())):
        assert len(listed(row["deals"])) == row["n"], row["deals"]
    return len(rows)


def read(address: str) -> tuple[Wanted, FlowQuery]:
    """What a link asks for, read as the page reads it."""
    path, params = urlsplit(address).path, dict(parse_qsl(urlsplit(address).query))
    assert path == "/deals/"
    return Wanted(place=params.pop("place")), FlowQuery.from_params(params)


def listed(address: str) -> set[int]:
    """The deals behind a link, over all pages of the list."""
    wanted, query = read(address)
    scope = resolve(query)
    assert not wanted.problems()
    sql = matching(query, scope, wanted)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT p.deal_id FROM ({sql.where[0]}) p", sql.params)
        deals = [deal for (deal,) in cursor]
    assert len(deals) == len(set(deals)) == total(query, scope, wanted)
    return set(deals)
