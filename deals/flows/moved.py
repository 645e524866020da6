"""The deals behind one bar of a bridge: in one question's flow and not in the other's."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from deals.flows.answer import snapshot
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.flows.scope import resolve
from deals.flows.together import placed_as

PAGE_SIZE = 50
# A file has at most so many deals, of which so many are in memory at a time.
EVERYTHING, BATCH = 100_000, 500
CURSOR = re.compile(r"(\d{4}-\d{2}-\d{2})\.(\d{1,18})")
MOVED = """
WITH here AS ({here}), there AS ({there}), moved AS (
    SELECT h.deal_id, h.version_id, coalesce(h.date_last, '0001-01-01'::date) AS at
    FROM here h
    WHERE h.place = 'flow'
      AND NOT EXISTS (SELECT 1 FROM there t WHERE t.deal_id = h.deal_id AND t.place = 'flow')
)
"""
ROWS = f"""{MOVED}
SELECT x.at, x.deal_id, d.json FROM (
    SELECT * FROM moved
    WHERE %(at)s::date IS NULL OR (at, deal_id) < (%(at)s::date, %(deal)s::bigint)
    ORDER BY at DESC, deal_id DESC LIMIT %(limit)s
) x JOIN deals_dealdocument d USING (version_id) ORDER BY x.at DESC, x.deal_id DESC
"""
VERSIONS = f"{MOVED} SELECT version_id FROM moved ORDER BY at DESC, deal_id DESC LIMIT %(limit)s"
DOCUMENTS = """
SELECT d.json FROM unnest(%s::bigint[]) WITH ORDINALITY AS v(version_id, place)
JOIN deals_dealdocument d USING (version_id) ORDER BY v.place
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """Documents of deals, newest first; `next` is None on the last page."""

    deals: list[dict[str, Any]]
    next: str | None


def moved(here: FlowQuery, there: FlowQuery, cursor: str = "", size: int = PAGE_SIZE) -> Moved:
    """A page of the deals in the flow of `here` that are not in that of `there`.

    Raises `BadParameters` for a cursor that is none, and for codes that are not there.
    """
    at, deal = _read(cursor)
    with snapshot():
        rows = _asked(ROWS, here, there, {"at": at, "deal": deal, "limit": size + 1})
    more = len(rows) > size
    rows = rows[:size]
    documents = [json.loads(text) for *_, text in rows]
    return Moved(documents, f"{rows[-1][0].isoformat()}.{rows[-1][1]}" if more else None)


def every_moved(here: FlowQuery, there: FlowQuery) -> Iterator[dict[str, Any]]:
    """All of them in the same order, a few in memory at a time; at most `EVERYTHING`."""
    with snapshot():
        versions = [row[0] for row in _asked(VERSIONS, here, there, {"limit": EVERYTHING})]
        for start in range(0, len(versions), BATCH):
            with connection.cursor() as found:
                found.execute(DOCUMENTS, [versions[start : start + BATCH]])
                yield from (json.loads(row[0]) for row in found.fetchall())


def _asked(
    text: str, here: FlowQuery, there: FlowQuery, params: dict[str, Any]
) -> list[tuple[Any, ...]]:
    texts = []
    for mark, query in (("h", here), ("t", there)):
        placed, given = placed_as(query, resolve(query), mark)
        texts.append(placed)
        params |= given
    with connection.cursor() as found:
        found.execute(text.format(here=texts[0], there=texts[1]), params)
        return list(found.fetchall())


def _read(cursor: str) -> tuple[date | None, int]:
    if not cursor:
        return None, 0
    found = CURSOR.fullmatch(cursor)
    try:
        return (date.fromisoformat(found[1]), int(found[2])) if found else _refuse()
    except ValueError:
        return _refuse()


def _refuse() -> tuple[date | None, int]:
    message = _("This is not a cursor of this list. Follow the link to the next page as given.")
    raise BadParameters([Problem("cursor", message)])
