"""The facts of versions that are about to be published wait apart from those of the questions.

What is prepared went into all indexes of the questions twice: when it was written, and again when
the ledger numbered it.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deals", "0023_one_index_of_days"),
    ]

    operations = [
        migrations.CreateModel(
            name="PreparedFact",
            fields=[
                ("generated", models.BooleanField(default=False)),
                ("target_country", models.CharField(max_length=2, null=True)),
                ("date_first", models.DateField(null=True)),
                ("date_last", models.DateField(null=True)),
                ("kind", models.CharField(max_length=16)),
                ("round_type", models.CharField(max_length=24)),
                ("status", models.CharField(max_length=24)),
                ("ever_completed", models.BooleanField()),
                ("ai", models.CharField(max_length=7)),
                (
                    "sectors",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), size=None
                    ),
                ),
                ("recorded_on", models.DateField(null=True)),
                ("investor_list", models.CharField(max_length=8)),
                (
                    "hq",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), size=None
                    ),
                ),
                (
                    "ultimate",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), size=None
                    ),
                ),
                ("investors_unknown", models.BooleanField()),
                (
                    "hq_parts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(blank=True, max_length=2), size=None
                    ),
                ),
                (
                    "ultimate_parts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(blank=True, max_length=20), size=None
                    ),
                ),
                (
                    "contributions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DecimalField(decimal_places=2, max_digits=20, null=True),
                        size=None,
                    ),
                ),
                (
                    "investors",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(null=True), size=None
                    ),
                ),
                ("state_linked", models.BooleanField()),
                ("amount_state", models.CharField(max_length=12)),
                ("currency", models.CharField(max_length=3)),
                ("amount_low", models.DecimalField(decimal_places=2, max_digits=20, null=True)),
                ("amount_mid", models.DecimalField(decimal_places=2, max_digits=20, null=True)),
                ("amount_high", models.DecimalField(decimal_places=2, max_digits=20, null=True)),
                ("eur_per_unit", models.DecimalField(decimal_places=18, max_digits=30, null=True)),
                ("usd_per_unit", models.DecimalField(decimal_places=18, max_digits=30, null=True)),
                ("cny_per_unit", models.DecimalField(decimal_places=18, max_digits=30, null=True)),
                ("rate_provisional", models.BooleanField(default=False)),
                (
                    "version",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="prepared_fact",
                        serialize=False,
                        to="deals.dealversion",
                    ),
                ),
                (
                    "deal",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="deals.deal",
                    ),
                ),
                (
                    "part_of",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="deals.deal",
                    ),
                ),
                (
                    "population",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="deals.population",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="deals.organization",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
