"""The cells that were there before the triggers; whoever publishes waits meanwhile, no reader does."""

from typing import Any

from django.db import migrations


def add(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT deals_rebuild_regions()")


class Migration(migrations.Migration):
    dependencies = [("deals", "0018_regions_of_cells")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
