"""The documents that a question means, streamed out of the database.

`COPY` sends about a hundred documents in one message, since a message costs the client more than a
document does. The whole register is walked along the numbers of deals, so that its first documents
leave at once; a narrower question is answered first, and its documents are then fetched in order.
"""

import struct
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from deals.exports.holes import Holes
from deals.flows.answer import snapshot
from deals.flows.listing import ORDERS, Wanted, matching
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.flows.scope import Scope
from deals.models.documents_at import document_at

BY_ID = "id"
EVERY_DEAL = Wanted(order=BY_ID)
PER_MESSAGE = 100
# A file of everything may take long, and slow readers longer; the limit of a question is not meant.
LONGEST_SECONDS = 3600
# In binary COPY: a signature once, then rows of a count of fields, and fields with their length.
SIGNATURE = b"PGCOPY\n\xff\r\n\x00"
BEFORE_ROWS = 19
ROW = struct.Struct("!hiqi")

ALONG_THE_REGISTER = """
SELECT x.n, x.lines FROM generate_series(
    (SELECT min(id) FROM deals_deal), (SELECT max(id) FROM deals_deal), %(step)s) AS start,
LATERAL (
    SELECT count(*) AS n, string_agg({document}, E'\\n' ORDER BY p.deal_id) AS lines
    FROM ({matching}) p JOIN deals_dealdocument d USING (version_id)
    WHERE p.deal_id >= start AND p.deal_id < start + %(step)s
) x WHERE x.n > 0
"""
AS_ANSWERED = """
WITH found AS MATERIALIZED (
    SELECT array_agg(p.version_id ORDER BY {order}) AS ids FROM ({matching}) p
)
SELECT x.n, x.lines FROM found, generate_series(1, cardinality(found.ids), %(step)s) AS start,
LATERAL (
    SELECT count(*) AS n, string_agg({document}, E'\\n' ORDER BY one.place) AS lines
    FROM unnest(found.ids[start : start + %(step)s - 1]) WITH ORDINALITY AS one(version_id, place)
    JOIN deals_dealdocument d USING (version_id)
) x
"""


@dataclass(frozen=True, slots=True)
class Lines:
    """Some documents, each on a line of its own, the last with a line feed, too."""

    count: int
    text: bytes


def check(query: FlowQuery, wanted: Wanted) -> None:
    """Raise `BadParameters` for what a list of deals would refuse, too."""
    problems = [*wanted.problems()]
    if wanted.place in ("as_target", "as_investor") and not query.organization:
        said = _("“%(place)s” needs an organization.") % {"place": wanted.place}
        problems.append(Problem("place", said))
    if problems:
        raise BadParameters(problems)


def documents(
    query: FlowQuery,
    scope: Scope,
    wanted: Wanted = EVERY_DEAL,
    least: int = 1 << 17,
) -> Generator[Lines, None, None]:
    """All documents of the question as of the scope, in blocks of at least so many bytes.

    The first block comes as soon as there is one. The rows are those of `scope.change_seq`, also
    where more was published since the scope was resolved. Closing the iterator ends the statement
    in the database.
    """
    text, params = _statement(query, scope, wanted)
    count, held, size = 0, list[memoryview | bytes](), 0
    first, holes = True, Holes()
    with _unhurried(), connection.cursor() as cursor, _copy(cursor, text, params) as copy:
        for message in copy:
            for n, lines in _rows(message):
                count, size = count + n, size + len(lines)
                held.append(lines)
            if held and (first or size >= least):
                yield Lines(count, b"\n".join([*held, b""]))
                holes.passed(size)
                first, count, held, size = False, 0, [], 0
        if held:
            yield Lines(count, b"\n".join([*held, b""]))


@contextmanager
def _unhurried() -> Iterator[None]:
    with snapshot():
        with connection.cursor() as cursor:
            limit = str(LONGEST_SECONDS * 1000)
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [limit])
        yield


@contextmanager
def _copy(cursor: Any, text: str, params: dict[str, Any]) -> Iterator[Iterable[Any]]:
    """`COPY` on the driver's own cursor: Django's, when it counts statements, takes no values."""
    with connection.wrap_database_errors, cursor.cursor.copy(text, params) as copy:
        yield copy


def _statement(query: FlowQuery, scope: Scope, wanted: Wanted) -> tuple[str, dict[str, Any]]:
    # Held to the point that the answer names, whatever is published before the statement runs.
    sql = matching(query, replace(scope, seq=scope.change_seq), wanted)
    document = document_at("d", scope.seq)
    if wanted.order == BY_ID and _is_wide(query, wanted):
        text = ALONG_THE_REGISTER.format(document=document, matching=sql.where[0])
    else:
        key, way, _cast = ORDERS[wanted.order]
        by = f"{key} {way}, p.deal_id {way}"
        text = AS_ANSWERED.format(document=document, matching=sql.where[0], order=by)
    return f"COPY ({text}) TO STDOUT (FORMAT binary)", sql.params | {"step": PER_MESSAGE}


def _is_wide(query: FlowQuery, wanted: Wanted) -> bool:
    """Whether nothing narrows the question to what an index would find faster."""
    narrow = (query.investor, query.target, *query.window, query.organization)
    return not any((*narrow, wanted.place, wanted.q.strip(), wanted.updated_since))


def _rows(message: Any) -> Iterator[tuple[int, memoryview]]:
    """The rows of a message of binary COPY: how many documents, and their lines, not copied."""
    data = memoryview(message)
    at = BEFORE_ROWS if data[: len(SIGNATURE)] == SIGNATURE else 0
    while at + ROW.size <= len(data):
        _fields, _eight, count, length = ROW.unpack_from(data, at)
        at += ROW.size
        yield count, data[at : at + length]
        at += length
