"""Find what crosses a border by countries and year, and deals into a country by their days."""

import django.contrib.postgres.indexes
from django.db import migrations, models

# Each pair of different countries, investor's and target's, as number × 128 + year since 1950, and
# once more with 0 for a question about any year; NULL where none crosses a border. The deal's year
# is that of its first day, since a deal counts in a window only when all of it lies inside.
LEGS = """
CREATE FUNCTION deals_year_legs(hq varchar[], ultimate varchar[], target varchar, day date)
RETURNS int[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    legs int[] := '{}';
    code text;
    leg int;
    base int := (ascii(target) - 65) * 26 + ascii(right(target, 1)) - 65;
    year int := least(greatest(extract(year FROM day)::int - 1950, 1), 127);
BEGIN
    IF target IS NULL THEN
        RETURN NULL;
    END IF;
    FOREACH code IN ARRAY hq || ultimate LOOP
        leg := (((ascii(code) - 65) * 26 + ascii(right(code, 1)) - 65) * 676 + base) * 128;
        IF code <> target AND leg <> ALL(legs) THEN
            legs := legs || leg;
            IF day IS NOT NULL THEN
                legs := legs || (leg + year);
            END IF;
        END IF;
    END LOOP;
    RETURN nullif(legs, '{}');
END $$;
"""
OLD_LEGS = """
CREATE FUNCTION deals_legs(hq varchar[], ultimate varchar[], target varchar) RETURNS int[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN NULL::int[];
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0005_fast_questions")]

    operations = [
        migrations.RemoveIndex("dealfact", "fact_legs"),
        migrations.RemoveIndex("dealfact", "fact_target"),
        migrations.RemoveIndex("flowcell", "cell_target"),
        migrations.RunSQL("DROP FUNCTION deals_legs", OLD_LEGS),
        migrations.RunSQL(LEGS, "DROP FUNCTION deals_year_legs"),
        migrations.AddIndex(
            "dealfact",
            models.Index(
                condition=models.Q(published_seq__isnull=False),
                fields=["target_country", "kind", "date_last", "date_first"],
                name="fact_target_days",
            ),
        ),
        migrations.AddIndex(
            "dealfact",
            django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    models.F("hq"),
                    models.F("ultimate"),
                    models.F("target_country"),
                    models.F("date_first"),
                    function="deals_year_legs",
                ),
                condition=models.Q(published_seq__isnull=False),
                name="fact_year_legs",
            ),
        ),
        migrations.AddIndex(
            "flowcell",
            models.Index(
                fields=["target_country", "kind", "date_last", "date_first"],
                name="cell_target_days",
            ),
        ),
    ]
