"""The statements of `deals.feeds.generated`: what a generated deal looks like.

Drawn with the server's random(), which a seed makes repeatable. Skewed as registers are: most money
stays at home, a few organizations do most deals, and each year has more deals than the one before.
A chunk is drawn into three temporary tables, of which everything else is a copy: deals, versions
with their targets, and the investors that take part.
"""

# Organizations by their place among those of their role and country, targets before investors.
PLACES = """
CREATE TEMPORARY TABLE load_place (place int PRIMARY KEY, id bigint, public_id text, name text)
ON COMMIT DROP
"""
PLACE = """
INSERT INTO load_place
SELECT %(before)s + p, o.id, o.public_id, o.name
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY x(id, p) JOIN deals_organization o USING (id)
"""

# One of several words, by weight: edges of the cumulated shares.
COUNTRY = "(%(codes)s::text[])[1 + width_bucket(random(), %({edges})s::float8[])]"
TARGET, ABROAD = COUNTRY.format(edges="edges"), COUNTRY.format(edges="abroad")
# What is kept by country, for the country in a column.
BY_COUNTRY = "(%({what})s::{type}[])[array_position(%(codes)s::text[], {column})]"


def _place(role: str, column: str, chosen: str) -> str:
    """The place of an organization of that role and country, by a number from 0 to 1."""
    before = BY_COUNTRY.format(what=f"{role}_before", type="int", column=column)
    many = BY_COUNTRY.format(what=f"{role}_many", type="int", column=column)
    return f"{before} + 1 + floor({chosen} * {many})::int"


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
SELECT deal_id, version_id, public_id, i, {TARGET} AS country, power(random(), 2) AS who,
    make_date(1998 + floor(27 * power(random(), 0.4))::int, 1, 1) + floor(random() * 365)::int
        AS day,
    {PRECISION} AS precision, {KIND} AS kind, {ROUND} AS round_type, {STATUS} AS status, {AI} AS ai,
    {SECTORS}::varchar[] AS sectors, {MONEY} AS money, {CURRENCY} AS currency,
    {INVESTORS} AS investors,
    round((20000 * exp(random() * 9))::numeric, 2) AS amount, random() AS list,
    random() AS known_target, random() AS recorded, random() AS part, random() AS stated
FROM (
    SELECT *, {", ".join(f"random() AS r{n}" for n in range(1, 10))}
    FROM unnest(%(deals)s::bigint[], %(versions)s::bigint[], %(public_ids)s::text[])
        WITH ORDINALITY d(deal_id, version_id, public_id, i)
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
# Named as the columns of deals_dealversion are, with what documents show beside.
MADE = f"""
SELECT version_id AS id, deal_id, i, x.public_id, p.id AS target_id, p.name AS target_name,
    p.public_id AS target_public_id,
    CASE WHEN known_target > 0.015 THEN x.country END AS target_country,
    CASE WHEN known_target > 0.015 THEN 'stated' ELSE 'unknown' END AS target_country_basis,
    x.kind, CASE WHEN x.kind = 'funding_round' THEN round_type ELSE '' END AS round_type, status,
    first AS date_first, last AS date_last, precision AS date_precision,
    CASE WHEN recorded < 0.7 THEN day + floor(400 * power(recorded, 3))::int END AS recorded_on,
    money AS amount_state, CASE WHEN money <> 'undisclosed' THEN amount END AS amount_low,
    CASE money WHEN 'undisclosed' THEN NULL WHEN 'range' THEN amount * 5 ELSE amount END
        AS amount_high,
    CASE WHEN money <> 'undisclosed' OR investors > 0 AND stated < 0.08 THEN currency ELSE '' END
        AS currency,
    CASE WHEN investors = 0 THEN 'none' WHEN list < 0.12 THEN 'partial' ELSE 'complete' END
        AS investor_list,
    ai, sectors, umbrella AS part_of_id, umbrella_public_id AS part_of_public_id
FROM (SELECT *, {SPAN},
        -- One deal in five hundred is a tranche of the one made before it.
        CASE WHEN part < 0.002 THEN lag(deal_id) OVER (ORDER BY i) END AS umbrella,
        CASE WHEN part < 0.002 THEN lag(public_id) OVER (ORDER BY i) END AS umbrella_public_id
      FROM load_deal) x
JOIN load_place p ON p.place = {_place("target", "x.country", "who")}
"""
# Most investors come from the target's country; a few are not named, or not placed.
TAKING_PART = f"""
SELECT version_id, slot::smallint AS position, CASE WHEN known > 0.03 THEN p.id END AS investor_id,
    CASE WHEN known > 0.03 THEN p.public_id END AS investor_public_id,
    CASE WHEN known > 0.03 THEN p.name ELSE '' END AS investor_name,
    CASE WHEN known > 0.05 THEN origin END AS country,
    CASE WHEN known > 0.05 THEN 'stated' ELSE 'unknown' END AS country_basis,
    CASE WHEN known <= 0.05 THEN '{{}}' WHEN owned < 0.05 THEN ARRAY[owner]
         WHEN owned < 0.055 AND owner <> origin
         THEN ARRAY[least(owner, origin), greatest(owner, origin)]
         ELSE ARRAY[origin] END::varchar[] AS ultimate,
    CASE WHEN known > 0.05 AND owned < 0.055 THEN 'evidence' ELSE 'owner_not_researched' END
        AS ultimate_basis,
    known > 0.05 AND owned > 0.96 AS state_linked,
    CASE WHEN stated < 0.08 AND slot %% 2 = 1 THEN round(amount * 0.9 / investors, 2) END
        AS contribution
FROM (
    SELECT d.*, slot,
        CASE WHEN random() < {BY_COUNTRY.format(what="home", type="float8", column="d.country")}
            THEN d.country ELSE {ABROAD} END AS origin,
        {TARGET} AS owner, random() AS known, random() AS owned, power(random(), 2) AS chosen
    FROM load_deal d, generate_series(1, d.investors) slot
) x
JOIN load_place p ON p.place = {_place("investor", "origin", "chosen")}
"""
# In this order; each is emptied and filled again for every chunk.
CHUNK_TABLES = {"load_deal": DRAWN, "load_version": MADE, "load_part": TAKING_PART}
SEED = "SELECT setseed(%(seed)s)"
DEALS = "INSERT INTO deals_deal (id, public_id) SELECT deal_id, public_id FROM load_deal ORDER BY i"
VERSIONS = """
INSERT INTO deals_dealversion (id, deal_id, number, state, target_id, target_name, target_country,
    target_country_basis, kind, round_type, status, status_history, date_first, date_last,
    date_precision, date_basis, recorded_on, amount_state, amount_low, amount_high, currency,
    amount_text, investor_list, ai, ai_basis, sectors, part_of_id, population_id, external_id,
    notes, created_at, decided_at, self_approved, reason, published_seq)
SELECT id, deal_id, 1, 'published', target_id, target_name, target_country,
    target_country_basis, kind, round_type, status, '[]', date_first, date_last,
    date_precision, 'announced', recorded_on, amount_state, amount_low, amount_high, currency,
    '', investor_list, ai, 'drawn', sectors, part_of_id, %(population)s, 'load-' || deal_id,
    '', %(at)s, %(at)s, false, '', %(head)s + i
FROM load_version ORDER BY i
"""
PARTICIPATIONS = """
INSERT INTO deals_participation (version_id, position, investor_id, investor_name, country,
    country_basis, ultimate, ultimate_basis, state_linked, contribution)
SELECT version_id, position, investor_id, investor_name, country,
    country_basis, ultimate, ultimate_basis, state_linked, contribution
FROM load_part ORDER BY version_id, position
"""
CITATIONS = """
INSERT INTO deals_citation (version_id, source_id, field, quote, locator)
SELECT id, %(source)s, '', '', 'row ' || i FROM load_version ORDER BY i
"""
ENTRIES = """
INSERT INTO deals_change (seq, kind, deal_id, version_id, fields, reason, by, at)
SELECT %(head)s + i, 'published', deal_id, id, '[]', 'Generated to measure with.', 'system', %(at)s
FROM load_version ORDER BY i
"""
STEPS = (DEALS, VERSIONS, PARTICIPATIONS, CITATIONS, ENTRIES)
