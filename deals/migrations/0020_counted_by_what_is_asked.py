"""What nearly every question asks for, deals about AI that were completed, stands before the days:
what it does not ask for is not read. Else as the index of 0013, whose place it takes.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("deals", "0019_regions_so_far")]

    operations = [
        AddIndexConcurrently(
            "dealfact",
            models.Index(
                fields=["target_country", "kind", "ai", "ever_completed", "date_last"],
                include=[
                    "date_first", "deal", "population", "published_seq", "superseded_seq",
                    "recorded_on", "generated", "state_linked", "hq_unknown", "ultimate_unknown",
                    "rate_provisional", "status", "round_type", "investor_list", "amount_state",
                    "amount_low", "amount_high", "eur_per_unit", "usd_per_unit", "cny_per_unit",
                    "hq_mask", "ultimate_mask", "sectors",
                ],
                condition=models.Q(published_seq__isnull=False),
                name="fact_counted_asked",
            ),
        ),
    ]  # fmt: skip
