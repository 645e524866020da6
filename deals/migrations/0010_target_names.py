"""The names under which targets were published, each once, and a trigger that adds them."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

# In order, so that two publications at the same time wait for each other and never in a circle. The
# plan is kept for a session: one made for a large import must not read all versions for one deal.
NAMES = """
CREATE FUNCTION deals_target_names() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO deals_targetname (organization_id, name)
    SELECT DISTINCT v.target_id, v.target_name
    FROM new_rows f JOIN deals_dealversion v ON v.id = f.version_id
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER deals_fact_target_names AFTER INSERT ON deals_dealfact
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION deals_target_names();
"""
NO_NAMES = """
DROP TRIGGER deals_fact_target_names ON deals_dealfact;
DROP FUNCTION deals_target_names;
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0009_newest")]

    operations = [
        migrations.CreateModel(
            name="TargetName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=300)),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="target_names",
                        to="deals.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["name"], name="target_name_trgm", opclasses=["gin_trgm_ops"]
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "name"), name="target_name_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(NAMES, NO_NAMES),
    ]
