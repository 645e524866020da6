"""Deals are found by the number that their supplier gave them."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("deals", "0011_target_names_so_far")]
    operations = [
        AddIndexConcurrently(
            "dealversion",
            models.Index(
                fields=["external_id"],
                condition=~models.Q(external_id=""),
                name="version_external_id",
            ),
        )
    ]
