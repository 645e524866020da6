"""A generated register of any size in the scratch database, made by SQL and published for real."""

from django.db import connection

from deals.feeds.publish import publish

# Countries of targets and investors, the frequent ones first; the power makes a skewed choice.
COUNTRIES = ["CN", "US", "GB", "DE", "FR", "IL", "SG", "JP", "SE", "CH", "NL", "HK", "IN", "KR"]
SKEWED = "floor(power(random(), 2.2) * cardinality(%(countries)s::text[]))::int"
PICK = f"(%(countries)s::text[])[1 + {SKEWED}]"
# A place among the organizations, the early ones far more often.
SOMEBODY = "1 + floor(power(random(), 2) * greatest(%(n)s::int / 8, 100))::int AS pick"

STEPS = [
    "SELECT setseed(0.42)",
    f"""INSERT INTO deals_organization (public_id, name, key, kind, country, generated)
        SELECT 'O-' || i, 'Bench Company ' || i, 'bench company ' || i, 'company', {PICK}, false
        FROM generate_series(1, greatest(%(n)s::int / 8, 100)) i""",
    """INSERT INTO deals_source (kind, url, title, publisher)
       VALUES ('page', 'https://example.org/', 'Generated for a benchmark', '')""",
    "INSERT INTO deals_deal (public_id) SELECT 'D-' || i FROM generate_series(1, %(n)s::int) i",
    f"""INSERT INTO deals_dealversion (deal_id, number, state, target_id, target_name,
           target_country, target_country_basis, kind, round_type, status, status_history,
           date_first, date_last, date_precision, date_basis, amount_state, amount_low,
           amount_high, currency, amount_text, investor_list, ai, ai_basis, sectors,
           external_id, notes, created_at, self_approved, reason)
       SELECT d.id, 1, 'submitted', o.id, o.name, o.country, 'stated', 'funding_round', 'series_a',
           'completed', '[]'::jsonb, day, day, 'day', 'announced',
           CASE WHEN paid THEN 'exact' ELSE 'undisclosed' END,
           CASE WHEN paid THEN sum END, CASE WHEN paid THEN sum END, 'USD', '', 'complete', 'yes',
           '', '{{}}'::varchar[], '', '', now(), false, ''
       FROM (SELECT d.id, date '2005-01-01' + floor(random() * 7600)::int AS day,
                    random() < 0.6 AS paid, round((10000 + random() * 1e8)::numeric, 2) AS sum,
                    {SOMEBODY}
             FROM deals_deal d) d
       JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM deals_organization) o
         ON o.place = d.pick""",
    f"""INSERT INTO deals_participation (version_id, position, investor_id, investor_name, country,
           country_basis, ultimate, ultimate_basis, state_linked)
       SELECT v.id, slot, o.id, o.name, o.country, 'stated', ARRAY[o.country],
              'owner_not_researched', false
       FROM (SELECT v.id, slot, {SOMEBODY}
             FROM deals_dealversion v, generate_series(1, 3) slot
             WHERE slot = 1 OR random() < 0.6) v
       JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM deals_organization) o
         ON o.place = v.pick""",
    """INSERT INTO deals_citation (version_id, source_id, field, quote, locator)
       SELECT v.id, s.id, '', '', '' FROM deals_dealversion v, deals_source s""",
]


def fill(deals: int) -> list[int]:
    """Make so many submitted versions; returns their ids, to be published."""
    with connection.cursor() as cursor:
        for step in STEPS:
            cursor.execute(step, {"n": deals, "countries": COUNTRIES})
        cursor.execute("SELECT id FROM deals_dealversion WHERE state = 'submitted' ORDER BY id")
        return [row[0] for row in cursor]


def publish_all(ids: list[int]) -> None:
    publish(ids, by="benchmark", reason="generated")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
