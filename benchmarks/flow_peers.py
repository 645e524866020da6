"""The questions of benchmarks.flows asked of others: joins over the normalised tables, and DuckDB.

Both count only n and N by year, the least that can be asked; our own answers come with composition,
bands and deals that are set beside. DuckDB reads a Parquet file with the columns of the facts.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

from deals.flows.query import FlowQuery
from deals.flows.scope import Scope

Rows = dict[int | None, tuple[int, int]]
COMPLETED = "('completed', 'divestment_ordered', 'unwound')"
JOINS = """
SELECT CASE WHEN extract(year FROM v.date_first) = extract(year FROM v.date_last)
            THEN extract(year FROM v.date_first)::int END AS year,
    count(DISTINCT v.deal_id) FILTER (WHERE {from_x}), count(DISTINCT v.deal_id)
FROM deals_dealversion v
JOIN deals_organization t ON t.id = v.target_id
LEFT JOIN deals_participation p ON p.version_id = v.id
LEFT JOIN deals_organization i ON i.id = p.investor_id
WHERE v.published_seq IS NOT NULL AND v.superseded_seq IS NULL AND {where}
    AND NOT EXISTS (SELECT FROM deals_dealversion part WHERE part.part_of_id = v.deal_id
                    AND part.published_seq IS NOT NULL AND part.superseded_seq IS NULL)
GROUP BY 1
"""
DUCK = """
SELECT CASE WHEN year(date_first) = year(date_last) THEN year(date_first) END AS year,
    count(*) FILTER (WHERE {from_x}), count(*)
FROM facts f WHERE {where} AND deal_id NOT IN (SELECT part_of_id FROM facts
                                               WHERE part_of_id IS NOT NULL)
GROUP BY 1
"""
COLUMNS = (
    "deal_id", "population_id", "target_id", "target_country", "date_first", "date_last", "kind",
    "round_type", "status", "ever_completed", "ai", "sectors", "part_of_id", "recorded_on",
    "investor_list", "hq", "ultimate", "investors", "state_linked", "amount_state", "amount_low",
    "eur_per_unit",
)  # fmt: skip


def _conditions(query: FlowQuery, scope: Scope, has: str) -> tuple[str, dict[str, Any]]:
    """Conditions that both dialects understand; `has` writes that two lists overlap."""
    where = ["v.population_id = %(population)s", "v.target_country = ANY(%(targets)s)"]
    params: dict[str, Any] = {
        "population": scope.population and scope.population.pk,
        "targets": sorted(query.target_side.always),
    }
    first, last = query.window
    for name, value, condition in (
        ("first", first, "v.date_first >= %(first)s"),
        ("last", last, "v.date_last <= %(last)s"),
        ("kind", query.kind != ("all",) and list(query.kind), "v.kind = ANY(%(kind)s)"),
        ("ai", query.ai != ("all",) and list(query.ai), "v.ai = ANY(%(ai)s)"),
        ("round", list(query.round), "v.round_type = ANY(%(round)s)"),
        ("sector", list(query.sector), has.format("v.sectors", "sector")),
        ("known_by", query.known_by and query.but(to=query.known_by).window[1],
         "v.recorded_on <= %(known_by)s"),
    ):  # fmt: skip
        if value:
            where.append(condition)
            params[name] = value
    return " AND ".join(where), params


def joined(query: FlowQuery, scope: Scope) -> Rows:
    """n and N by year from versions, participations and organizations."""
    where, params = _conditions(query, scope, "{} && %({})s::varchar[]")
    where += f" AND v.status IN {COMPLETED}"
    params["from_x"] = sorted(query.investor_side.always)
    from_x = "p.country = ANY(%(from_x)s)"
    if query.attribution == "ultimate":
        from_x = "p.ultimate && %(from_x)s::varchar[]"
    if query.state_linked == "yes":
        where += (
            " AND EXISTS (SELECT FROM deals_participation s"
            " WHERE s.version_id = v.id AND s.state_linked)"
        )
    with connection.cursor() as cursor:
        cursor.execute(JOINS.format(from_x=from_x, where=where), params)
        return {year: (n, N) for year, n, N in cursor}


@dataclass(slots=True)
class Duck:
    """DuckDB over a file, with as many threads as there are cores."""

    connection: duckdb.DuckDBPyConnection

    @classmethod
    def of(cls, path: Path) -> "Duck":
        write_parquet(path)
        opened = duckdb.connect()
        opened.execute(f"CREATE VIEW facts AS SELECT * FROM read_parquet('{path}')")
        return cls(opened)

    def count(self, query: FlowQuery, scope: Scope) -> Rows:
        where, params = _conditions(query, scope, "list_has_any({}, %({})s)")
        column = "ultimate" if query.attribution == "ultimate" else "hq"
        params["from_x"] = sorted(query.investor_side.always)
        where = where.replace("v.", "f.") + " AND f.ever_completed"
        if query.state_linked == "yes":
            where += " AND f.state_linked"
        text = DUCK.format(from_x=f"list_has_any({column}, %(from_x)s)", where=where)
        for name in params:
            text = text.replace(f"%({name})s", f"${name}")
        found = self.connection.execute(text, params).fetchall()
        return {year: (n, N) for year, n, N in found}


def write_parquet(path: Path) -> None:
    """The live facts as a columnar file, in row groups as DuckDB likes them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(COLUMNS)} FROM deals_dealfact"
            " WHERE published_seq IS NOT NULL AND superseded_seq IS NULL"
        )
        writer = None
        while rows := cursor.fetchmany(100_000):
            columns = [list(values) for values in zip(*rows, strict=True)]
            if writer is None:
                schema = _schema()
                writer = pq.ParquetWriter(path, schema, compression="zstd")
            arrays = [
                pa.array(values, type=field.type)
                for values, field in zip(columns, schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
        if writer is not None:
            writer.close()


def _schema() -> pa.Schema:
    texts = {"target_country", "kind", "round_type", "status", "ai", "investor_list",
             "amount_state"}  # fmt: skip
    types = {
        **dict.fromkeys(texts, pa.string()),
        **dict.fromkeys(("deal_id", "population_id", "target_id", "part_of_id"), pa.int64()),
        **dict.fromkeys(("date_first", "date_last", "recorded_on"), pa.date32()),
        **dict.fromkeys(("ever_completed", "state_linked"), pa.bool_()),
        **dict.fromkeys(("sectors", "hq", "ultimate"), pa.list_(pa.string())),
        "investors": pa.list_(pa.int64()),
        "amount_low": pa.decimal128(20, 2),
        "eur_per_unit": pa.decimal128(30, 18),
    }
    return pa.schema([(name, types[name]) for name in COLUMNS])
