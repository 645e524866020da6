"""The reference tables row by row: what codes in deals, addresses and answers stand for."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from django.db import connection

from deals.models import PolicyEvent, Population, PublishedFigure
from deals.rules.counting import EVER_COMPLETED_STATUSES, KINDS, STATUSES, VALUE_KINDS
from deals.rules.countries import COUNTRIES
from deals.rules.regions import REGIONS
from deals.rules.vocab import ROUND_STAGES, ROUND_TYPES, SECTORS

Rows = Iterable[Sequence[object]]
# Names of columns, and what makes the rows.
Table = tuple[tuple[str, ...], Callable[[], Rows]]
FIGURE = (
    "code", "title", "value", "unit", "measure", "numerator", "denominator", "period_from",
    "period_to", "definition", "source_title", "source_date", "source_url", "evidence", "query",
    "why_no_query", "shelf",
)  # fmt: skip
# One row for each rate that converts a deal of the register as of `seq`, with how many use it.
RATES = """
SELECT f.currency, d.json::jsonb #>> '{amount,rate,on}' AS day,
       d.json::jsonb #>> '{amount,rate,kind}' AS kind, f.eur_per_unit, f.usd_per_unit,
       f.cny_per_unit, CASE WHEN f.rate_provisional THEN 'yes' ELSE 'no' END, count(*)
FROM deals_dealfact f JOIN deals_dealdocument d ON d.version_id = f.version_id
WHERE f.published_seq <= %(seq)s AND (f.superseded_seq IS NULL OR f.superseded_seq > %(seq)s)
  AND f.eur_per_unit IS NOT NULL AND f.amount_low IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
"""
RATE = (
    "currency", "on", "kind", "eur_per_unit", "usd_per_unit", "cny_per_unit", "provisional",
    "deals",
)  # fmt: skip


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _regions() -> Rows:
    for region in REGIONS.values():
        for member in region.members:
            yield (
                region.code, region.title, region.definition, region.source, member.country,
                COUNTRIES[member.country].name, _day(member.first), _day(member.last),
            )  # fmt: skip


def _statuses() -> Rows:
    for code, title in STATUSES.items():
        yield code, title, "yes" if code in EVER_COMPLETED_STATUSES else "no"


def _kinds() -> Rows:
    for code, title in KINDS.items():
        yield code, title, "yes" if code in VALUE_KINDS else "no"


def _populations() -> Rows:
    for one in Population.objects.order_by("generated", "code"):
        generated = "yes" if one.generated else "no"
        yield one.code, one.title, _day(one.accessed_on), one.ai_definition, generated


def _events() -> Rows:
    for event in PolicyEvent.objects.all():
        yield (
            _day(event.date), _day(event.applies_from), event.jurisdiction, event.title,
            event.kind, event.note, event.evidence,
        )  # fmt: skip


TABLES: dict[str, Table] = {
    "regions": (
        ("region", "title", "definition", "source", "country", "country_name", "from", "to"),
        _regions,
    ),
    "countries": (
        ("code", "alpha3", "name"),
        lambda: ((one.alpha2, one.alpha3, one.name) for one in COUNTRIES.values()),
    ),
    "sectors": (("code", "title"), SECTORS.items),
    "round-types": (
        ("code", "title", "stage"),
        lambda: ((code, title, ROUND_STAGES[code]) for code, title in ROUND_TYPES.items()),
    ),
    "kinds": (("code", "title", "has_value"), _kinds),
    "statuses": (("code", "title", "counts"), _statuses),
    "populations": (
        ("code", "title", "accessed_on", "ai_definition", "generated"), _populations,
    ),
    "published-figures": (FIGURE, lambda: PublishedFigure.objects.values_list(*FIGURE)),
    "policy-events": (
        ("date", "applies_to_deals_from", "jurisdiction", "title", "kind", "note", "evidence"),
        _events,
    ),
}  # fmt: skip


def rates_used(seq: int) -> Rows:
    """The rates that convert amounts of deals as of `seq`; columns `RATE`."""
    with connection.cursor() as cursor:
        cursor.execute(RATES, {"seq": seq})
        return [
            [format(cell, "f") if hasattr(cell, "as_tuple") else cell for cell in row]
            for row in cursor.fetchall()
        ]
