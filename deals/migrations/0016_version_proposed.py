"""Organizations that nothing but a proposal names are found without looking at all versions."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("deals", "0015_one_index_of_parts")]
    operations = [
        AddIndexConcurrently(
            "dealversion",
            models.Index(
                fields=["target"],
                condition=models.Q(published_seq=None, import_run=None),
                name="version_proposed",
            ),
        ),
    ]
