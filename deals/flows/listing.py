"""The deals behind a number: the same question, listed page by page.

Pages are found by key, never by offset, so a deep page costs what the first one does and no row is
missed or shown twice while others change.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from deals.flows.answer import as_sent, one_statement
from deals.flows.conditions import BESIDE, COUNTED, Sql, countries_column, filters, placed
from deals.flows.legs import in_years
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.flows.scope import Scope
from deals.flows.search import search
from deals.models.documents_at import document_at

# Which of the deals around a number are meant. "counted" is N; the others are single places.
PLACES = ("flow", "counted", *COUNTED[1:], *BESIDE)
# Finer lists that a sentence on a page points to.
# An investor in `p` that is from X; with no investor side, anybody.
FROM_X = (
    "(%(anyone)s::boolean OR string_to_array(t.countries, '+')::varchar[] && p.investor_members)"
)
NARROWED = {
    "partial": "p.place IN ('target_side_only', 'other_foreign_only')"
    " AND p.investor_list = 'partial'",
    "undisclosed": "p.place = 'flow' AND p.amount_state = 'undisclosed'",
    "range": "p.place = 'flow' AND p.amount_state = 'range'",
    # Money that was stated, as an amount or as a contribution from X, and has no rate.
    "not_convertible": "p.place = 'flow' AND p.per_unit IS NULL"
    " AND (p.amount_state <> 'undisclosed' OR EXISTS (SELECT 1"
    " FROM unnest(p.parts, p.contributions) AS t(countries, given)"
    " WHERE given > 0 AND string_to_array(countries, '+')::varchar[] && p.investor_members))",
    # Rows of charts: deals of the flow that a filter of the question cannot name.
    "as_target": "p.place = 'flow' AND p.target_id = ANY(%(organizations)s::bigint[])",
    "as_investor": "p.place = 'flow' AND EXISTS (SELECT 1"
    " FROM unnest(p.parts, p.investors) AS t(countries, investor)"
    f" WHERE t.investor = ANY(%(organizations)s::bigint[]) AND {FROM_X})",
    "unnamed": "p.place = 'flow' AND EXISTS (SELECT 1"
    " FROM unnest(p.parts, p.investors) AS t(countries, investor)"
    f" WHERE t.investor IS NULL AND {FROM_X})",
    "no_sector": "p.place = 'flow' AND cardinality(p.sectors) = 0",
    "no_round": "p.place = 'flow' AND p.round_type = ''",
    "no_country": "p.place = 'flow' AND cardinality(p.{countries}) = 0",
    "no_target_country": "p.place = 'flow' AND p.target_country IS NULL",
    "no_date": "p.place = 'flow' AND p.date_first IS NULL",
    # How much is known: the columns of `deals.flows.coverage`.
    "with_amount": "p.place = 'flow' AND p.amount_state <> 'undisclosed'",
    "all_known": "p.place = 'flow' AND p.investor_list = 'complete' AND NOT p.investors_unknown",
    "two_sources": "p.place = 'flow' AND EXISTS (SELECT 1 FROM deals_citation a"
    " JOIN deals_citation b ON b.version_id = a.version_id AND b.source_id > a.source_id"
    " WHERE a.version_id = p.version_id)",
    **{
        f"several_{by}s": f"p.place = 'flow' AND date_trunc('{by}', p.date_first::timestamp)"
        f" <> date_trunc('{by}', p.date_last::timestamp)"
        for by in ("year", "quarter", "month")
    },
}
DEAL = "p.deal_id"
ORDERS = {
    # The order in which deals came in, and the only one whose key no correction changes.
    "id": (DEAL, "ASC", "bigint"),
    "-id": (DEAL, "DESC", "bigint"),
    "-date": ("coalesce(p.date_last, '0001-01-01'::date)", "DESC", "date"),
    "date": ("coalesce(p.date_last, '9999-12-31'::date)", "ASC", "date"),
    "-amount": ("coalesce(p.amount_mid * p.per_unit, -1)", "DESC", "numeric"),
    "amount": ("coalesce(p.amount_mid * p.per_unit, 'Infinity')", "ASC", "numeric"),
    "-updated": ("p.published_seq", "DESC", "bigint"),
    "updated": ("p.published_seq", "ASC", "bigint"),
}
LARGEST_PAGE = 500
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class Page:
    """`documents` are JSON texts (UTF-8), one a deal; the cursors are None at either end."""

    documents: list[bytes]
    total: int
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a page or endpoint asks for beside the question."""

    place: str = ""
    q: str = ""
    order: str = "-date"
    cursor: str = ""
    size: int = 100
    updated_since: datetime | None = None

    def problems(self) -> Collection[Problem]:
        found = []
        allowed = [*PLACES, *NARROWED]
        if self.place and self.place not in allowed:
            found.append(Problem("place", _allowed(allowed), tuple(allowed)))
        if self.order not in ORDERS:
            found.append(Problem("ordering", _allowed(ORDERS), tuple(ORDERS)))
        if not 1 <= self.size <= LARGEST_PAGE:
            said = _("This must be from 1 to %(largest)s.") % {"largest": LARGEST_PAGE}
            found.append(Problem("page_size", said))
        if len(self.q) > LONGEST_SEARCH:
            said = _("A search has at most %(most)s characters.") % {"most": LONGEST_SEARCH}
            found.append(Problem("q", said))
        return found


def _allowed(words: Collection[str]) -> str:
    return _("Allowed are: %(words)s.") % {"words": ", ".join(words)}


def matching(query: FlowQuery, scope: Scope, wanted: Wanted) -> Sql:
    """A subquery `p` of the fact rows that are meant, without order or page."""
    if query.investor or query.target or wanted.place or any(query.window):
        place = wanted.place or "flow"
        flow_only = place == "flow" or "p.place = 'flow'" in NARROWED.get(place, "")
        sql = placed(query, scope, flow_only=flow_only)
        if place in NARROWED:
            countries = countries_column(query).removeprefix("f.")
            which = NARROWED[place].format(countries=countries)
            anyone, organizations = not query.investor, list(scope.organizations)
            sql.params |= {"anyone": anyone, "organizations": organizations}
        elif place == "counted":
            which = f"p.place IN {COUNTED}"
        else:
            which = "p.place = %(place)s"
            sql.params["place"] = place
        sql.where = [f"SELECT * FROM ({sql.where[0]}) p WHERE {which}"]
    else:
        # The register itself: an umbrella stands beside its parts, since nothing is added up.
        sql = filters(query, scope, counted=False)
        unit = {"EUR": "eur_per_unit", "USD": "usd_per_unit", "CNY": "cny_per_unit"}[query.currency]
        sql.where = [f"SELECT f.*, f.{unit} AS per_unit FROM deals_dealfact f WHERE {sql.text()}"]
    search(sql, wanted.q, scope)
    if wanted.updated_since:
        sql.params["updated_since"] = wanted.updated_since
        sql.where = [
            f"SELECT p.* FROM ({sql.where[0]}) p JOIN deals_change c"
            " ON c.seq = p.published_seq AND c.version_id = p.version_id"
            " WHERE c.at >= %(updated_since)s"
        ]
    return sql


def listing(query: FlowQuery, scope: Scope, wanted: Wanted, *, count: bool = True) -> Page:
    """One page. Raises `BadParameters` for a bad place, order, size, search or cursor."""
    problems = [*wanted.problems()]
    if wanted.place in ("as_target", "as_investor") and not query.organization:
        said = _("“%(place)s” needs an organization.") % {"place": wanted.place}
        problems.append(Problem("place", said))
    if problems:
        raise BadParameters(problems)
    back, after = _read_cursor(query, wanted)
    rows = _rows(query, scope, wanted, back=back, after=after)
    more = len(rows) > wanted.size
    rows = rows[: wanted.size]
    if back:
        rows.reverse()
    return Page(
        [row[2] for row in rows],
        total(query, scope, wanted) if count else -1,
        _cursor(query, wanted, rows[-1], back=False) if rows and (more or back) else None,
        _cursor(query, wanted, rows[0], back=True)
        if rows and (more if back else after is not None)
        else None,
    )


# So many of the newest facts are looked through for a page of a flow, before all of the flow is
# found and put in order; in a large register most pages are full after a part of them.
NEAR = 2000
NEWEST = f"""(
    SELECT * FROM deals_dealfact p WHERE published_seq IS NOT NULL AND superseded_seq IS NULL
        AND {{beyond}} ORDER BY {ORDERS["-date"][0]} DESC, {DEAL} DESC LIMIT %(near)s
)"""


# Of the two branches only one is ever run.
NEAR_OR_ALL = """
WITH near AS MATERIALIZED ({near})
SELECT * FROM near WHERE (SELECT count(*) FROM near) = %(limit)s
UNION ALL SELECT * FROM ({all}) a WHERE (SELECT count(*) FROM near) < %(limit)s
"""


def _rows(
    query: FlowQuery, scope: Scope, wanted: Wanted, *, back: bool, after: tuple[str, int] | None
) -> list[Any]:
    """Key, deal and document of the rows of a page and of one beyond."""
    sql = _page(matching(query, scope, wanted), scope, wanted, back=back, after=after)
    plain = not (wanted.q or wanted.updated_since or scope.ever or back)
    is_newest = wanted.order == "-date" and wanted.place in ("", "flow") and scope.seq is None
    if not (plain and is_newest and in_years(query)):
        return as_sent(sql.text(), sql.params)
    key = ORDERS["-date"][0]
    beyond = f"{key} <= %(last)s::date" if query.window[1] else "true"
    if after is not None:
        beyond += f" AND ({key}, {DEAL}) < (%(after)s::date, %(after_id)s)"
    among = placed(query, scope, flow_only=True, among=NEWEST.format(beyond=beyond))
    near = _page(among, scope, wanted, back=False, after=after)
    text = NEAR_OR_ALL.format(near=near.text(), all=sql.text())
    return as_sent(text, sql.params | near.params | {"near": NEAR})


def _page(
    sql: Sql, scope: Scope, wanted: Wanted, *, back: bool, after: tuple[str, int] | None
) -> Sql:
    """The statement of one page of what `sql` means."""
    key, direction, cast = ORDERS[wanted.order]
    way = direction if not back else ("ASC" if direction == "DESC" else "DESC")
    step = "<" if way == "DESC" else ">"
    order = f"1 {way}" if key == DEAL else f"1 {way}, 2 {way}"
    beyond = "true"
    if after is not None:
        sql.params |= {"after": after[0], "after_id": after[1]}
        beyond = f"({key}, p.deal_id) {step} (%(after)s::{cast}, %(after_id)s)"
        if key == DEAL:
            beyond = f"p.deal_id {step} %(after_id)s"
    sql.params["limit"] = wanted.size + 1
    sql.where = [
        f"""SELECT x.key, x.deal_id, {document_at("d", scope.seq)} FROM (
            SELECT {key} AS key, p.deal_id, p.version_id FROM ({sql.where[0]}) p
            WHERE {beyond} ORDER BY {order} LIMIT %(limit)s
        ) x JOIN deals_dealdocument d USING (version_id) ORDER BY x.key {way}, x.deal_id {way}"""
    ]
    return sql


def total(query: FlowQuery, scope: Scope, wanted: Wanted) -> int:
    """How many deals the listing has over all its pages."""
    sql = matching(query, scope, wanted)
    return int(one_statement(f"SELECT count(*) FROM ({sql.where[0]}) p", sql.params)[0][0])


def _fingerprint(query: FlowQuery, wanted: Wanted) -> str:
    since = wanted.updated_since.isoformat() if wanted.updated_since else ""
    parts = [query.to_params(), wanted.place, wanted.q, wanted.order, since]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]


def _cursor(query: FlowQuery, wanted: Wanted, row: Any, *, back: bool) -> str:
    value = [_fingerprint(query, wanted), int(back), row[0].decode(), int(row[1])]
    return signing.dumps(value, salt="deals.listing", compress=True)


def _read_cursor(query: FlowQuery, wanted: Wanted) -> tuple[bool, tuple[str, int] | None]:
    if not wanted.cursor:
        return False, None
    problem = _(
        "This is not a cursor of this question. Follow the links next and previous as given."
    )
    try:
        mark, back, value, deal = signing.loads(wanted.cursor, salt="deals.listing")
    except (signing.BadSignature, ValueError, TypeError):
        raise BadParameters([Problem("cursor", problem)]) from None
    if mark != _fingerprint(query, wanted):
        raise BadParameters([Problem("cursor", problem)])
    return bool(back), (value, deal)
