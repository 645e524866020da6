"""Every question leaves out deals whose parts are in the register; which these are, an index says.

With the places in the ledger in the index, it no longer reads each part's own block for it.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("deals", "0013_counted_from_an_index")]

    operations = [
        AddIndexConcurrently(
            "dealfact",
            models.Index(
                fields=["part_of"],
                include=["published_seq", "superseded_seq"],
                condition=models.Q(part_of__isnull=False),
                name="fact_parts",
            ),
        ),
    ]
