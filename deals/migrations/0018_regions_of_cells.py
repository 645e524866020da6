"""Cells added up once more, with countries that no region tells apart as one: few rows a question.

A trigger on the cells keeps them in step, so whatever keeps cells keeps these.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

import deals.models.masks

SUMS = tuple(import_module("deals.migrations.0005_fast_questions").SUMS)
# Countries that belong to the same regions on the same days (deals/data/region_members.csv), each
# line under its first; deals.flows.regions has the same lines and asks the cells about any other.
TOGETHER = (
    "AT,FI,SE", "BE,DE,DK,ES,FR,GR,IE,IT,LU,NL,PT", "BG,RO", "CA", "CH,NO", "CN",
    "CY,CZ,EE,HU,LT,LV,MT,PL,SI,SK", "GB", "HK,MO", "HR", "IS,LI", "TW", "US",
)  # fmt: skip
# What stands for every other country: the last code, which is nobody's.
OTHERS = "ZZ"
NO_BITS = "B'0'::bit(676)"


def _mask(codes: str) -> str:
    return f"deals_country_mask('{{{codes}}}'::varchar[])"


def _bit(has: str, code: str) -> str:
    return f"CASE WHEN {has} <> {NO_BITS} THEN {_mask(code)} ELSE {NO_BITS} END"


_COUNTRIES = " ".join(
    f"WHEN country = ANY ('{{{line}}}'::varchar[]) THEN '{line[:2]}'" for line in TOGETHER
)
_MASKS = " | ".join(
    [
        *(_bit(f"(mask & {_mask(line)})", line[:2]) for line in TOGETHER),
        _bit(f"(mask & ~{_mask(','.join(TOGETHER))})", OTHERS),
    ]
)
KEYS = (
    "ultimate, population_id, generated, target_country, date_first, date_last, kind, status,"
    " ever_completed, ai, mask, unknown"
)
# What a cell and a row here have in common, and what is added up.
SAME = (
    "population_id, generated, target_country, date_first, date_last, kind, status,"
    " ever_completed, ai"
)
MASKS = "hq_mask, ultimate_mask, hq_unknown, ultimate_unknown"
# `cells` are cells, or what changed of them. Each stands here twice, once for each attribution.
ADD = f"""
INSERT INTO deals_regioncell AS region (key, {KEYS}, {", ".join(SUMS)})
SELECT md5(ROW(ultimate, population_id, generated, target_country, date_first - date '2000-01-01',
               date_last - date '2000-01-01', kind, status, ever_completed, ai, mask,
               unknown)::text)::uuid,
    {KEYS}, {", ".join(f"sum({name})" for name in SUMS)}
FROM (
    SELECT false AS ultimate, {
    SAME.replace("target_country", "deals_region_of(target_country) AS target_country")
},
        deals_region_mask(hq_mask) AS mask, hq_unknown AS unknown, {", ".join(SUMS)} FROM cells
    UNION ALL
    SELECT true, {SAME.replace("target_country", "deals_region_of(target_country)")},
        deals_region_mask(ultimate_mask), ultimate_unknown, {", ".join(SUMS)} FROM cells
) twice
GROUP BY {KEYS} ORDER BY {KEYS}
"""
# A sum that changes stays on its page, where there is room, and no index hears of it.
REGIONS = f"""
ALTER TABLE deals_regioncell SET (fillfactor = 70);

CREATE FUNCTION deals_region_of(country varchar) RETURNS varchar
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN country IS NULL THEN NULL {_COUNTRIES} ELSE '{OTHERS}' END;

CREATE FUNCTION deals_region_mask(mask bit(676)) RETURNS bit(676)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN {_MASKS};

-- Nobody else may write cells meanwhile; reading goes on.
CREATE FUNCTION deals_rebuild_regions() RETURNS void LANGUAGE plpgsql
SET jit = off SET work_mem = '128MB' AS $$
BEGIN
    LOCK TABLE deals_flowcell IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM deals_regioncell;
    WITH cells AS (TABLE deals_flowcell) {ADD};
END $$;

-- Both from the start, so that neither keeps a fault of the other. What the triggers would add up
-- while all cells go and come again is added up at the end.
CREATE FUNCTION deals_rebuild_rollups() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    cells bigint;
BEGIN
    PERFORM set_config('investtrack.rebuilding', 'on', true);
    cells := deals_rebuild_cells();
    PERFORM set_config('investtrack.rebuilding', '', true);
    PERFORM deals_rebuild_regions();
    RETURN cells;
END $$;
"""


def _trigger(event: str) -> str:
    """One function for each kind of statement, which brings only the rows that it has."""
    sources = {"old": ("UPDATE", "DELETE"), "new": ("INSERT", "UPDATE")}
    has = [name for name, events in sources.items() if event in events]
    signs = {"old": "-", "new": ""}
    changed = " UNION ALL ".join(
        f"SELECT {SAME}, {MASKS}, {', '.join(f'{signs[name]}{one} AS {one}' for one in SUMS)}"
        f" FROM {name}_rows"
        for name in has
    )
    some = " OR ".join(f"EXISTS (SELECT FROM {name}_rows WHERE deals <> 0)" for name in has)
    tables = " ".join(f"{name.upper()} TABLE AS {name}_rows" for name in has)
    sums = ", ".join(f"sum({name}) AS {name}" for name in SUMS)
    return f"""
CREATE FUNCTION deals_regions_{event.lower()}() RETURNS trigger LANGUAGE plpgsql
SET jit = off AS $$
DECLARE
    emptied uuid[];
BEGIN
    IF current_setting('investtrack.rebuilding', true) = 'on' OR NOT ({some}) THEN
        RETURN NULL;
    END IF;
    WITH cells AS (
        SELECT {SAME}, {MASKS}, {sums} FROM ({changed}) changed GROUP BY {SAME}, {MASKS}
    ),
    added AS (
        {ADD}
        ON CONFLICT (key) DO UPDATE SET
            {", ".join(f"{name} = region.{name} + EXCLUDED.{name}" for name in SUMS)}
        RETURNING key, deals
    )
    SELECT array_agg(key) INTO emptied FROM added WHERE deals = 0;
    DELETE FROM deals_regioncell WHERE key = ANY (emptied);
    RETURN NULL;
END $$;
CREATE TRIGGER deals_cell_regions_{event.lower()} AFTER {event} ON deals_flowcell
    REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION deals_regions_{event.lower()}();
"""


EVENTS = ("INSERT", "UPDATE", "DELETE")
TRIGGERS = (
    "".join(map(_trigger, EVENTS))
    + """
CREATE FUNCTION deals_empty_regions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM deals_regioncell;
    RETURN NULL;
END $$;
CREATE TRIGGER deals_cell_truncated AFTER TRUNCATE ON deals_flowcell
    FOR EACH STATEMENT EXECUTE FUNCTION deals_empty_regions();
"""
)
NO_REGIONS = (
    "".join(
        f"DROP TRIGGER deals_cell_regions_{event.lower()} ON deals_flowcell;"
        f"DROP FUNCTION deals_regions_{event.lower()};"
        for event in EVENTS
    )
    + """
DROP TRIGGER deals_cell_truncated ON deals_flowcell;
DROP FUNCTION deals_empty_regions, deals_rebuild_rollups, deals_rebuild_regions,
    deals_region_mask, deals_region_of;
"""
)


class Migration(migrations.Migration):
    dependencies = [("deals", "0017_cells_in_one_pass")]

    operations = [
        migrations.CreateModel(
            name="RegionCell",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("ultimate", models.BooleanField()),
                ("generated", models.BooleanField()),
                ("target_country", models.CharField(max_length=2, null=True)),
                ("date_first", models.DateField(null=True)),
                ("date_last", models.DateField(null=True)),
                ("kind", models.CharField(max_length=16)),
                ("status", models.CharField(max_length=24)),
                ("ever_completed", models.BooleanField()),
                ("ai", models.CharField(max_length=7)),
                ("mask", deals.models.masks.MaskField()),
                ("unknown", models.BooleanField()),
                *((name, models.BigIntegerField()) for name in SUMS if "total" not in name),
                *(
                    (name, models.DecimalField(decimal_places=2, max_digits=30))
                    for name in SUMS
                    if "total" in name
                ),
                (
                    "population",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="deals.population",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=[
                            "ultimate", "target_country", "kind", "ai", "ever_completed",
                            "date_last", "date_first",
                        ],
                        name="region_cell_days",
                    ),
                ],
            },
        ),
        migrations.RunSQL(REGIONS + TRIGGERS, NO_REGIONS),
    ]  # fmt: skip
