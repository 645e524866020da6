"""The statements of `deals.feeds.generated`: what a generated deal looks like.

Drawn with the server's random(), which a seed makes repeatable. Skewed as registers are: most money
stays at home, a few organizations do most deals, and each year has more deals than the one before.
"""

PLACES = """
DROP TABLE IF EXISTS pg_temp.load_place;
CREATE TEMPORARY TABLE load_place (
    role text, country text, place int, of int, id bigint, PRIMARY KEY (role, country, place)
)
"""
PLACE = """
INSERT INTO load_place
SELECT %(role)s, country, row_number() OVER (PARTITION BY country ORDER BY id),
       count(*) OVER (PARTITION BY country), id
FROM deals_organization WHERE id = ANY(%(ids)s)
"""

# One of several words, by weight: edges of the cumulated shares.
COUNTRY = "(%(codes)s::text[])[1 + width_bucket(random(), %(edges)s::float8[])]"


def _word(draw: str, *weighted: tuple[float, str]) -> str:
    """A CASE over one drawn column that gives each text its share."""
    edge, cases = 0.0, ""
    for share, word in weighted[:-1]:
        edge += share
        cases += f" WHEN {draw} < {edge:.4f} THEN {word}"
    return f"CASE{cases} ELSE {weighted[-1][1]} END"


KIND = _word(
    "r1",
    (0.78, "'funding_round'"), (0.09, "'acquisition'"), (0.02, "'joint_venture'"),
    (0.02, "'listed_stake'"), (0.02, "'secondary'"), (0.02, "'debt'"), (0.02, "'grant'"),
    (0.01, "'ipo'"), (0.01, "'partnership'"), (0.01, "'exit'"),
)  # fmt: skip
ROUND = _word(
    "r2",
    (0.3, "'seed'"), (0.1, "'angel'"), (0.22, "'series_a'"), (0.12, "'series_b'"),
    (0.06, "'series_c'"), (0.2, "''"),
)  # fmt: skip
STATUS = _word(
    "r3",
    (0.93, "'completed'"), (0.03, "'announced'"), (0.01, "'withdrawn'"), (0.005, "'blocked'"),
    (0.01, "'terminated'"), (0.005, "'unwound'"), (0.01, "'rumoured'"),
)  # fmt: skip
AI = _word("r4", (0.82, "'yes'"), (0.11, "'no'"), (0.07, "'unknown'"))
SECTORS = _word(
    "r5",
    (0.2, "'{}'"), (0.2, "'{computer_vision}'"), (0.15, "'{robotics}'"),
    (0.15, "'{autonomous_driving}'"), (0.1, "'{drug_discovery}'"), (0.1, "'{ai_chips}'"),
    (0.1, "'{computer_vision,robotics}'"),
)  # fmt: skip
MONEY = _word(
    "r8", (0.56, "'exact'"), (0.05, "'approximate'"), (0.04, "'range'"), (0.35, "'undisclosed'")
)
CURRENCY = _word(
    "r6",
    (0.6, "'USD'"), (0.14, "'EUR'"), (0.16, "'CNY'"), (0.07, "'GBP'"), (0.02, "'JPY'"),
    (0.01, "'TWD'"),
)  # fmt: skip
PRECISION = _word(
    "r7",
    (0.72, "'day'"), (0.15, "'month'"), (0.04, "'quarter'"), (0.05, "'year'"), (0.02, "'range'"),
    (0.02, "'none'"),
)  # fmt: skip
INVESTORS = _word("r9", (0.03, "0"), (0.35, "1"), (0.27, "2"), (0.18, "3"), (0.1, "4"), (0.07, "6"))

DRAWN = f"""
CREATE TEMPORARY TABLE load_deal ON COMMIT DROP AS
SELECT deal_id, version_id, i, {COUNTRY} AS country, power(random(), 2) AS who,
    make_date(1998 + floor(27 * power(random(), 0.4))::int, 1, 1) + floor(random() * 365)::int
        AS day,
    {PRECISION} AS precision, {KIND} AS kind, {ROUND} AS round_type, {STATUS} AS status, {AI} AS ai,
    {SECTORS} AS sectors, {MONEY} AS money, {CURRENCY} AS currency, {INVESTORS} AS investors,
    round((20000 * exp(random() * 9))::numeric, 2) AS amount, random() AS list,
    random() AS known_target, random() AS recorded, random() AS part, random() AS stated
FROM (
    SELECT *, {", ".join(f"random() AS r{n}" for n in range(1, 10))}
    FROM unnest(%(deals)s::bigint[], %(versions)s::bigint[])
        WITH ORDINALITY d(deal_id, version_id, i)
) d
ORDER BY i
"""
SPAN = """
CASE precision WHEN 'none' THEN NULL WHEN 'day' THEN day WHEN 'range' THEN day
    ELSE date_trunc(precision, day)::date END AS first,
CASE precision WHEN 'none' THEN NULL WHEN 'day' THEN day WHEN 'range' THEN day + 40
    ELSE (date_trunc(precision, day) + CASE precision WHEN 'year' THEN interval '1 year'
          WHEN 'quarter' THEN interval '3 months' ELSE interval '1 month' END)::date - 1 END AS last
"""
VERSIONS = f"""
INSERT INTO deals_dealversion (id, deal_id, number, state, target_id, target_name, target_country,
    target_country_basis, kind, round_type, status, status_history, date_first, date_last,
    date_precision, date_basis, recorded_on, amount_state, amount_low, amount_high, currency,
    amount_text, investor_list, ai, ai_basis, sectors, part_of_id, population_id, external_id,
    notes, created_at, self_approved, reason)
SELECT version_id, deal_id, 1, 'submitted', o.id, o.name,
    CASE WHEN known_target > 0.015 THEN x.country END,
    CASE WHEN known_target > 0.015 THEN 'stated' ELSE 'unknown' END,
    x.kind, CASE WHEN x.kind = 'funding_round' THEN round_type ELSE '' END, status, '[]',
    first, last, precision, 'announced',
    CASE WHEN recorded < 0.7 THEN day + floor(400 * power(recorded, 3))::int END,
    money, CASE WHEN money <> 'undisclosed' THEN amount END,
    CASE money WHEN 'undisclosed' THEN NULL WHEN 'range' THEN amount * 5 ELSE amount END,
    CASE WHEN money <> 'undisclosed' OR investors > 0 AND stated < 0.08 THEN currency ELSE '' END,
    '', CASE WHEN investors = 0 THEN 'none' WHEN list < 0.12 THEN 'partial' ELSE 'complete' END,
    ai, 'drawn', sectors::varchar[], umbrella, %(population)s, 'load-' || deal_id, '', now(), false,
    ''
FROM (SELECT *, {SPAN},
        -- One deal in five hundred is a tranche of the one made before it.
        CASE WHEN part < 0.002 THEN lag(deal_id) OVER (ORDER BY i) END AS umbrella
      FROM load_deal) x
JOIN load_place p ON p.role = 'target' AND p.country = x.country
    AND p.place = 1 + floor(who * (SELECT of FROM load_place q WHERE q.role = 'target'
                                   AND q.country = x.country AND q.place = 1))::int
JOIN deals_organization o ON o.id = p.id
"""
# Seven of ten investors come from the target's country; a few are not named, or not placed.
PARTICIPATIONS = f"""
INSERT INTO deals_participation (version_id, position, investor_id, investor_name, country,
    country_basis, ultimate, ultimate_basis, state_linked, contribution)
SELECT version_id, slot, CASE WHEN known > 0.03 THEN o.id END,
    CASE WHEN known > 0.03 THEN o.name ELSE '' END,
    CASE WHEN known > 0.05 THEN origin END,
    CASE WHEN known > 0.05 THEN 'stated' ELSE 'unknown' END,
    CASE WHEN known <= 0.05 THEN '{{}}' WHEN owned < 0.05 THEN ARRAY[owner]
         WHEN owned < 0.055 THEN ARRAY(SELECT DISTINCT c FROM unnest(ARRAY[owner, origin]) c
                                       ORDER BY c)
         ELSE ARRAY[origin] END,
    CASE WHEN known > 0.05 AND owned < 0.055 THEN 'evidence' ELSE 'owner_not_researched' END,
    known > 0.05 AND owned > 0.96,
    CASE WHEN stated < 0.08 AND slot %% 2 = 1 THEN round(amount * 0.9 / investors, 2) END
FROM (
    SELECT d.*, slot, CASE WHEN random() < 0.7 THEN d.country ELSE {COUNTRY} END AS origin,
        {COUNTRY} AS owner, random() AS known, random() AS owned, power(random(), 2) AS chosen
    FROM load_deal d, generate_series(1, d.investors) slot
) x
JOIN load_place first ON first.role = 'investor' AND first.country = origin AND first.place = 1
JOIN load_place p ON p.role = 'investor' AND p.country = origin
    AND p.place = 1 + floor(chosen * first.of)::int
JOIN deals_organization o ON o.id = p.id
"""
SOURCE = """
INSERT INTO deals_source (kind, url, title, publisher)
VALUES ('page', 'https://example.org/', 'Generated to measure with', 'InvestTrack')
ON CONFLICT DO NOTHING
"""
CITATIONS = """
INSERT INTO deals_citation (version_id, source_id, field, quote, locator)
SELECT version_id, s.id, '', '', 'row ' || i
FROM load_deal, deals_source s WHERE s.title = 'Generated to measure with'
"""
STEPS = (
    "SELECT setseed(%(seed)s)", DRAWN, "ANALYZE load_deal", VERSIONS, PARTICIPATIONS, SOURCE,
    CITATIONS, "DROP TABLE load_deal",
)  # fmt: skip
