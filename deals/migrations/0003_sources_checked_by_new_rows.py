"""Check for sources by the new rows alone.

The first form joined the new with the old rows of a statement. A session keeps the plan of its first
batch, so after a small import a large one compared every row with every other.
"""

from django.db import migrations

BY_NEW_ROWS = """
CREATE OR REPLACE FUNCTION deals_guard_sources() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM now_rows n
        WHERE n.state = 'published' AND n.superseded_seq IS NULL
          AND NOT EXISTS (SELECT 1 FROM deals_citation c WHERE c.version_id = n.id)
    ) THEN
        RAISE EXCEPTION 'A version without a source cannot be published.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0002_ledger_guards")]

    operations = [migrations.RunSQL(BY_NEW_ROWS, migrations.RunSQL.noop)]
