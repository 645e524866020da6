"""Masks of countries, pairs of countries, and cells of added-up facts, kept by the database."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import deals.models.masks

# The bit of a code is 26 * first letter + second letter, A = 0; see deals.models.masks.
MASKS = """
CREATE FUNCTION deals_country_mask(codes varchar[]) RETURNS bit(676)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    mask bit(676) := B'0'::bit(676);
    code text;
BEGIN
    FOREACH code IN ARRAY codes LOOP
        mask := set_bit(mask, (ascii(code) - 65) * 26 + ascii(right(code, 1)) - 65, 1);
    END LOOP;
    RETURN mask;
END $$;

-- "" among the parts is an investor whose country nobody knows.
CREATE FUNCTION deals_investors_unknown(list varchar, parts varchar[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN list = 'none' OR cardinality(parts) = 0 OR '' = ANY(parts);

-- Pairs of different countries, investor's and target's, as numbers; NULL where none crosses a
-- border, so that the index over them holds only deals that do.
CREATE FUNCTION deals_legs(hq varchar[], ultimate varchar[], target varchar) RETURNS int[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    legs int[];
    code text;
    base int := (ascii(target) - 65) * 26 + ascii(right(target, 1)) - 65;
BEGIN
    IF target IS NULL THEN
        RETURN NULL;
    END IF;
    FOREACH code IN ARRAY hq || ultimate LOOP
        IF code <> target THEN
            legs := legs || ((ascii(code) - 65) * 26 + ascii(right(code, 1)) - 65) * 676 + base;
        END IF;
    END LOOP;
    RETURN legs;
END $$;
"""
NO_MASKS = """
DROP FUNCTION deals_country_mask, deals_investors_unknown, deals_legs
"""

# Steps are years; where a region gained or lost members inside a year, what that leaves of it. The
# days are those of deals/data/region_members.csv; deals.flows.rollup asks the facts about others.
CHANGES = ("2004-05-01", "2013-07-01", "2020-02-01")
_FIRST = " ".join(
    f"WHEN day >= '{day}' AND day < '{int(day[:4]) + 1}-01-01' THEN date '{day}'" for day in CHANGES
)
_LAST = " ".join(
    f"WHEN day >= '{day[:4]}-01-01' AND day < '{day}' THEN date '{day}' - 1" for day in CHANGES
)
KEYS = (
    "population_id, generated, target_country, date_first, date_last, kind, status, ever_completed,"
    " ai, hq_mask, ultimate_mask, hq_unknown, ultimate_unknown"
)
CURRENCIES = ("eur", "usd", "cny")
SUMS = {
    "deals": "sum(sign)",
    "partial": "sum(sign) FILTER (WHERE investor_list = 'partial')",
    "singles": "sum(sign) FILTER (WHERE single)",
    "ranges": "sum(sign) FILTER (WHERE amount_state = 'range')",
    "provisional": "sum(sign) FILTER (WHERE rate_provisional)",
    **{
        f"priced_{c}": f"sum(sign) FILTER (WHERE single AND {c}_per_unit IS NOT NULL)"
        for c in CURRENCIES
    },
    **{
        f"unpriced_{c}": "sum(sign) FILTER (WHERE amount_state <> 'undisclosed'"
        f" AND {c}_per_unit IS NULL)"
        for c in CURRENCIES
    },
    **{
        f"total_{c}": f"sum(sign * round(amount_low * {c}_per_unit, 2)) FILTER (WHERE single)"
        for c in CURRENCIES
    },
}
# What of a fact row matters here, its days widened to steps.
NARROW = """
version_id, deal_id, part_of_id, population_id, generated, target_country,
deals_step_first(date_first) AS date_first, deals_step_last(date_last) AS date_last, kind, status,
ever_completed, ai, hq_mask, ultimate_mask, hq_unknown, ultimate_unknown, investor_list,
amount_state, amount_state IN ('exact', 'approximate') AS single, amount_low,
eur_per_unit, usd_per_unit, cny_per_unit, rate_provisional
"""
LIVE = "published_seq IS NOT NULL AND superseded_seq IS NULL"
# `signed` are narrow rows with a sign: +1 comes, -1 goes.
ADD = f"""
INSERT INTO deals_flowcell AS cell (key, {KEYS}, {", ".join(SUMS)})
SELECT md5(ROW(population_id, generated, target_country, date_first - date '2000-01-01',
               date_last - date '2000-01-01', kind, status, ever_completed, ai, hq_mask,
               ultimate_mask, hq_unknown, ultimate_unknown)::text)::uuid,
    {KEYS}, {", ".join(f"coalesce({text}, 0)" for text in SUMS.values())}
FROM signed GROUP BY {KEYS}
ON CONFLICT (key) DO UPDATE SET
    {", ".join(f"{name} = cell.{name} + EXCLUDED.{name}" for name in SUMS)}
"""
CELLS = f"""
CREATE FUNCTION deals_step_first(day date) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE {_FIRST} ELSE make_date(extract(year FROM day)::int, 1, 1) END;

CREATE FUNCTION deals_step_last(day date) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE {_LAST} ELSE make_date(extract(year FROM day)::int, 12, 31) END;

CREATE FUNCTION deals_rebuild_cells() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM deals_flowcell;
    WITH signed AS (
        SELECT 1 AS sign, {NARROW} FROM deals_dealfact f
        WHERE {LIVE} AND deal_id NOT IN (
            SELECT part_of_id FROM deals_dealfact WHERE part_of_id IS NOT NULL AND {LIVE}
        )
    )
    {ADD};
    RETURN (SELECT count(*) FROM deals_flowcell);
END $$;

CREATE FUNCTION deals_empty_cells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM deals_flowcell;
    RETURN NULL;
END $$;
CREATE TRIGGER deals_fact_truncated AFTER TRUNCATE ON deals_dealfact
    FOR EACH STATEMENT EXECUTE FUNCTION deals_empty_cells();
"""


def _trigger(event: str) -> str:
    """One function for each kind of statement, which brings only the rows that it has."""
    sources = {"old": ("UPDATE", "DELETE"), "new": ("INSERT", "UPDATE")}
    has = {name: event in events for name, events in sources.items()}
    changed = " UNION ALL ".join(
        f"SELECT {sign} AS sign, {NARROW} FROM {name}_rows WHERE {LIVE}"
        for name, sign in (("old", -1), ("new", 1))
        if has[name]
    )
    some = " OR ".join(
        f"EXISTS (SELECT FROM {name}_rows WHERE {LIVE})" for name in sources if has[name]
    )
    tables = " ".join(f"{name.upper()} TABLE AS {name}_rows" for name in sources if has[name])
    return f"""
CREATE FUNCTION deals_cells_{event.lower()}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ({some}) THEN
        RETURN NULL;
    END IF;
    WITH changed AS MATERIALIZED ({changed}),
    -- Deals with live parts, after and before this statement. One that gains its first part leaves
    -- its cell, and one that loses the last comes back, though its own row may not have changed.
    after AS MATERIALIZED (
        SELECT DISTINCT part_of_id FROM deals_dealfact WHERE part_of_id IS NOT NULL AND {LIVE}
    ),
    before AS MATERIALIZED (
        SELECT part_of_id FROM deals_dealfact p WHERE part_of_id IS NOT NULL AND {LIVE}
            AND NOT EXISTS (SELECT FROM changed c WHERE c.sign = 1 AND c.version_id = p.version_id)
        UNION SELECT part_of_id FROM changed WHERE sign = -1 AND part_of_id IS NOT NULL
    ),
    turned AS (
        SELECT -1 AS sign, part_of_id FROM (TABLE after EXCEPT TABLE before) gained
        UNION ALL SELECT 1, part_of_id FROM (TABLE before EXCEPT TABLE after) lost
    ),
    signed AS (
        SELECT * FROM changed WHERE sign = 1 AND deal_id NOT IN (SELECT part_of_id FROM after)
        UNION ALL
        SELECT * FROM changed WHERE sign = -1 AND deal_id NOT IN (SELECT part_of_id FROM before)
        UNION ALL
        SELECT t.sign, {NARROW.replace("part_of_id", "f.part_of_id")}
        FROM turned t JOIN deals_dealfact f ON f.deal_id = t.part_of_id
        WHERE {LIVE}
            AND NOT EXISTS (SELECT FROM changed c WHERE c.sign = 1 AND c.version_id = f.version_id)
    )
    {ADD};
    DELETE FROM deals_flowcell WHERE deals = 0;
    RETURN NULL;
END $$;
CREATE TRIGGER deals_fact_cells_{event.lower()} AFTER {event} ON deals_dealfact
    REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION deals_cells_{event.lower()}();
"""


EVENTS = ("INSERT", "UPDATE", "DELETE")
TRIGGERS = "".join(map(_trigger, EVENTS))
NO_CELLS = (
    "".join(
        f"DROP TRIGGER deals_fact_cells_{event.lower()} ON deals_dealfact;"
        f"DROP FUNCTION deals_cells_{event.lower()};"
        for event in EVENTS
    )
    + """
DROP TRIGGER deals_fact_truncated ON deals_dealfact;
DROP FUNCTION deals_empty_cells, deals_rebuild_cells, deals_step_first, deals_step_last;
"""
)


class Migration(migrations.Migration):
    dependencies = [("deals", "0004_frozen_views")]

    operations = [
        migrations.RunSQL(MASKS, NO_MASKS),
        migrations.CreateModel(
            name="FlowCell",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("generated", models.BooleanField()),
                ("target_country", models.CharField(max_length=2, null=True)),
                ("date_first", models.DateField(null=True)),
                ("date_last", models.DateField(null=True)),
                ("kind", models.CharField(max_length=16)),
                ("status", models.CharField(max_length=24)),
                ("ever_completed", models.BooleanField()),
                ("ai", models.CharField(max_length=7)),
                ("hq_mask", deals.models.masks.MaskField()),
                ("ultimate_mask", deals.models.masks.MaskField()),
                ("hq_unknown", models.BooleanField()),
                ("ultimate_unknown", models.BooleanField()),
                ("deals", models.BigIntegerField()),
                ("partial", models.BigIntegerField()),
                ("singles", models.BigIntegerField()),
                ("ranges", models.BigIntegerField()),
                ("provisional", models.BigIntegerField()),
                ("priced_eur", models.BigIntegerField()),
                ("priced_usd", models.BigIntegerField()),
                ("priced_cny", models.BigIntegerField()),
                ("unpriced_eur", models.BigIntegerField()),
                ("unpriced_usd", models.BigIntegerField()),
                ("unpriced_cny", models.BigIntegerField()),
                ("total_eur", models.DecimalField(decimal_places=2, max_digits=30)),
                ("total_usd", models.DecimalField(decimal_places=2, max_digits=30)),
                ("total_cny", models.DecimalField(decimal_places=2, max_digits=30)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="dealfact",
            name="fact_live_target",
        ),
        migrations.AddField(
            model_name="dealfact",
            name="hq_mask",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(models.F("hq"), function="deals_country_mask"),
                output_field=deals.models.masks.MaskField(),
            ),
        ),
        migrations.AddField(
            model_name="dealfact",
            name="hq_unknown",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.F("investor_list"),
                    models.F("hq_parts"),
                    function="deals_investors_unknown",
                ),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddField(
            model_name="dealfact",
            name="ultimate_mask",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(models.F("ultimate"), function="deals_country_mask"),
                output_field=deals.models.masks.MaskField(),
            ),
        ),
        migrations.AddField(
            model_name="dealfact",
            name="ultimate_unknown",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.F("investor_list"),
                    models.F("ultimate_parts"),
                    function="deals_investors_unknown",
                ),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AlterField(
            model_name="dealfact",
            name="part_of",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="deals.deal",
            ),
        ),
        migrations.AddIndex(
            model_name="dealfact",
            index=models.Index(
                condition=models.Q(("published_seq__isnull", False)),
                fields=["target_country", "kind", "date_first"],
                name="fact_target",
            ),
        ),
        migrations.AddIndex(
            model_name="dealfact",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    models.F("hq"),
                    models.F("ultimate"),
                    models.F("target_country"),
                    function="deals_legs",
                ),
                condition=models.Q(("published_seq__isnull", False)),
                name="fact_legs",
            ),
        ),
        migrations.AddIndex(
            model_name="dealfact",
            index=models.Index(
                condition=models.Q(("part_of__isnull", False)),
                fields=["part_of"],
                name="fact_part_of",
            ),
        ),
        migrations.AddField(
            model_name="flowcell",
            name="population",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="deals.population",
            ),
        ),
        migrations.AddIndex(
            model_name="flowcell",
            index=models.Index(fields=["target_country", "kind", "date_first"], name="cell_target"),
        ),
        migrations.AddIndex(
            model_name="flowcell",
            index=models.Index(condition=models.Q(("deals", 0)), fields=["key"], name="cell_empty"),
        ),
        migrations.RunSQL(CELLS + TRIGGERS + "SELECT deals_rebuild_cells()", NO_CELLS),
    ]
