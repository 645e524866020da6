"""The names of versions that were there before the trigger, so many versions at a time."""

from typing import Any

from django.db import migrations
from django.db.models import Max

STEP = 50_000
ADD = """
INSERT INTO deals_targetname (organization_id, name)
SELECT DISTINCT target_id, target_name FROM deals_dealversion WHERE id > %s AND id <= %s
ORDER BY 1, 2
ON CONFLICT DO NOTHING
"""


def add(apps: Any, schema_editor: Any) -> None:
    newest = apps.get_model("deals", "DealVersion").objects.aggregate(pk=Max("pk"))["pk"] or 0
    with schema_editor.connection.cursor() as cursor:
        for begun in range(0, newest, STEP):
            cursor.execute(ADD, [begun, begun + STEP])


class Migration(migrations.Migration):
    # Each step is a transaction of its own; one that was broken off begins again, to no harm.
    atomic = False
    dependencies = [("deals", "0010_target_names")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
