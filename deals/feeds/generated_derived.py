"""Facts and documents of generated deals as SQL writes them, a chunk of the load tables at once.

`deals.models.facts` and `deals.models.documents` say what they hold and are what everybody else
uses; ten million deals are too many for a row at a time. A test computes all of them again the
ordinary way and finds no difference. Texts are plain: nothing generated needs more than to_json.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection

from deals.models.bulk import copy_rows
from deals.models.documents import SCHEMA, dumps, rate_shown
from deals.models.facts import conversion
from deals.rules.counting import EVER_COMPLETED_STATUSES

RATES = """
CREATE TEMPORARY TABLE load_rate (
    currency text, date_first date, date_last date, precision text, eur numeric, usd numeric,
    cny numeric, provisional boolean, shown text
) ON COMMIT DROP
"""
RATE = ("currency", "date_first", "date_last", "precision", "eur", "usd", "cny", "provisional",
        "shown")  # fmt: skip
NEW_RATES = """
SELECT DISTINCT currency, date_first, date_last, date_precision
FROM load_version WHERE currency <> ''
"""
# Written so that the join can hash the days, which IS NOT DISTINCT FROM cannot.
RATED = """
LEFT JOIN load_rate r ON r.currency = v.currency AND r.precision = v.date_precision
    AND coalesce(r.date_first, '-infinity') = coalesce(v.date_first, '-infinity')
    AND coalesce(r.date_last, 'infinity') = coalesce(v.date_last, 'infinity')
"""
FACTS = f"""
WITH parts AS (
    SELECT version_id, array_agg(DISTINCT country ORDER BY country)
            FILTER (WHERE country IS NOT NULL) AS hq,
        bool_or(country IS NULL) AS unknown,
        array_agg(coalesce(country, '') ORDER BY position) AS hq_parts,
        array_agg(array_to_string(ultimate, '+') ORDER BY position) AS ultimate_parts,
        array_agg(contribution ORDER BY position) AS contributions,
        array_agg(investor_id ORDER BY position) AS investors,
        bool_or(state_linked) AS state_linked
    FROM load_part GROUP BY version_id
), owners AS (
    SELECT version_id, array_agg(DISTINCT country ORDER BY country) AS ultimate
    FROM (SELECT version_id, unnest(ultimate) AS country FROM load_part) u GROUP BY version_id
)
INSERT INTO deals_dealfact (version_id, deal_id, population_id, generated, published_seq, target_id,
    target_country, date_first, date_last, kind, round_type, status, ever_completed, ai, sectors,
    part_of_id, recorded_on, investor_list, hq, ultimate, investors_unknown, hq_parts,
    ultimate_parts, contributions, investors, state_linked, amount_state, currency, amount_low,
    amount_mid, amount_high, eur_per_unit, usd_per_unit, cny_per_unit, rate_provisional)
SELECT v.id, v.deal_id, %(population)s, true, %(head)s + v.i, v.target_id,
    v.target_country, v.date_first, v.date_last, v.kind, v.round_type, v.status,
    v.status = ANY(%(completed)s), v.ai, v.sectors,
    v.part_of_id, v.recorded_on, v.investor_list, coalesce(hq, '{{}}'), coalesce(ultimate, '{{}}'),
    coalesce(unknown, true), coalesce(hq_parts, '{{}}'), coalesce(ultimate_parts, '{{}}'),
    coalesce(contributions, '{{}}'), coalesce(investors, '{{}}'), coalesce(state_linked, false),
    v.amount_state, v.currency, v.amount_low,
    -- With so many digits that rounding twice is rounding once.
    CASE v.amount_state WHEN 'range'
        THEN round(sqrt((v.amount_low * v.amount_high)::numeric(48, 20)), 2)
        ELSE v.amount_low END,
    v.amount_high, r.eur, r.usd, r.cny, coalesce(r.provisional, false)
FROM load_version v LEFT JOIN parts p ON p.version_id = v.id
LEFT JOIN owners o ON o.version_id = v.id {RATED}
ORDER BY v.i
"""


def _text(column: str) -> str:
    """A text or list as JSON; null for nothing."""
    return f"coalesce(to_json({column})::text, 'null')"


def _converted(code: str) -> str:
    return f"""CASE WHEN r.{code} IS NULL OR v.amount_low IS NULL THEN 'null' ELSE
        concat('{{"low":"', round(v.amount_low * r.{code}, 2),
               '","high":"', round(v.amount_high * r.{code}, 2), '"}}') END"""


def _object(**members: str) -> str:
    """An object's text from its members' SQL, in this order."""
    parts = [f"""'{"," if at else "{"}"{name}":', {sql}""" for at, (name, sql) in
             enumerate(members.items())]  # fmt: skip
    return f"concat({', '.join(parts)}, '}}')"


NULL = "'null'"
INVESTOR = _object(
    id=_text("investor_public_id"),
    name=_text("nullif(investor_name, '')"),
    country=_text("country"),
    country_basis=_text("country_basis"),
    ultimate_countries=_text("ultimate"),
    ultimate_basis=_text("ultimate_basis"),
    state_linked=_text("state_linked"),
    lead=NULL,
    contribution=_text("contribution::text"),
    stake_percent=NULL,
)
CITED = _object(
    field=NULL,
    title="to_json(s.title)",
    url="to_json(s.url)",
    publisher="to_json(s.publisher)",
    published_on=NULL,
    accessed_on=NULL,
    quote=NULL,
    locator="to_json('row ' || v.i)",
    stated=NULL,
)
DOCUMENT = _object(
    id=_text("v.public_id"),
    version="1",
    target=_object(
        id=_text("v.target_public_id"),
        name=_text("v.target_name"),
        country=_text("v.target_country"),
        country_basis=_text("v.target_country_basis"),
    ),
    kind=_text("v.kind"),
    round_type=_text("nullif(v.round_type, '')"),
    status=_text("v.status"),
    status_history="'[]'",
    date=_object(
        first=_text("v.date_first"),
        last=_text("v.date_last"),
        precision=_text("v.date_precision"),
        basis="to_json('announced'::text)",
    ),
    recorded_on=_text("v.recorded_on"),
    amount=_object(
        state=_text("v.amount_state"),
        low=_text("v.amount_low::text"),
        high=_text("v.amount_high::text"),
        currency=_text("nullif(v.currency, '')"),
        text="to_json(''::text)",
        eur=_converted("eur"),
        usd=_converted("usd"),
        cny=_converted("cny"),
        rate="coalesce(r.shown, 'null')",
    ),
    investor_list=_text("v.investor_list"),
    investors="'[', p.investors, ']'",
    ai=_text("v.ai"),
    ai_basis="to_json('drawn'::text)",
    sectors=_text("v.sectors"),
    part_of=_text("v.part_of_public_id"),
    population="to_json(%(code)s::text)",
    generated="'true'",
    external_id="to_json('load-' || v.deal_id)",
    notes=NULL,
    choices="'{}'",
    sources=f"'[', {CITED}, ']'",
    published_at="to_json(%(published_at)s::text)",
    reason=NULL,
    import_id=NULL,
)
DOCUMENTS = f"""
INSERT INTO deals_dealdocument (version_id, schema, json)
SELECT v.id, {SCHEMA}, {DOCUMENT}
FROM load_version v JOIN deals_source s ON s.id = %(source)s
LEFT JOIN (SELECT version_id, string_agg({INVESTOR}, ',' ORDER BY position) AS investors
           FROM load_part GROUP BY version_id) p ON p.version_id = v.id {RATED}
ORDER BY v.i
"""


def write(params: dict[str, Any], *, today: date, documents: bool) -> None:
    """Facts, and documents if wanted, of the deals in the load tables.

    `params` are the chunk's; `today` decides only whether a mean rate is still provisional.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEW_RATES)
        asked = cursor.fetchall()
        cursor.execute("TRUNCATE load_rate")
        copy_rows("load_rate", RATE, _rates(asked, today))
        cursor.execute("ANALYZE load_rate")
        cursor.execute(FACTS, params | {"completed": sorted(EVER_COMPLETED_STATUSES)})
        if documents:
            cursor.execute(DOCUMENTS, params)


def _rates(asked: list[tuple[Any, ...]], today: date) -> Iterator[tuple[Any, ...]]:
    names = ("currency", "date_first", "date_last", "date_precision")
    for key in asked:
        rates = conversion(dict(zip(names, key, strict=True)), today)
        if rates:
            yield *key, rates.eur, rates.usd, rates.cny, rates.provisional, dumps(rate_shown(rates))
