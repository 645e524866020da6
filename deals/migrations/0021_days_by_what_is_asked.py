"""The index of days in the same order, so that it stays the smaller of the two that know them.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("deals", "0020_counted_by_what_is_asked")]

    operations = [
        AddIndexConcurrently(
            "dealfact",
            models.Index(
                fields=[
                    "target_country", "kind", "ai", "ever_completed", "date_last", "date_first",
                ],
                condition=models.Q(published_seq__isnull=False),
                name="fact_days_asked",
            ),
        ),
    ]  # fmt: skip
