"""Counting reads an index alone, in the order of its questions; see deals.flows.narrow."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("deals", "0012_version_external_id")]

    operations = [
        AddIndexConcurrently(
            "dealfact",
            models.Index(
                fields=["target_country", "kind", "date_last"],
                include=[
                    "date_first", "deal", "population", "published_seq", "superseded_seq",
                    "recorded_on", "generated", "ever_completed", "state_linked", "hq_unknown",
                    "ultimate_unknown", "rate_provisional", "status", "ai", "round_type",
                    "investor_list", "amount_state", "amount_low", "amount_high", "eur_per_unit",
                    "usd_per_unit", "cny_per_unit", "hq_mask", "ultimate_mask", "sectors",
                ],
                condition=models.Q(published_seq__isnull=False),
                name="fact_counted",
            ),
        ),
    ]  # fmt: skip
