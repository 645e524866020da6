"""What the numbers and the API read. Both tables are computed from versions and can be rebuilt."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from deals.models.masks import mask_of, unknown_in


class FactRow(models.Model):
    """What a version says, as narrow as flow questions need it.

    The lists `hq_parts`, `ultimate_parts`, `contributions` and `investors` run in parallel, one
    element a participation: "" is an unknown country, "FR+JP" joint controllers. `*_per_unit` are
    EUR, USD and CNY for one unit of the deal's currency (empty: not convertible).
    """

    # Copied from the version in one statement; checking them again would cost each import a tenth.
    deal = models.ForeignKey(
        "deals.Deal", models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    population = models.ForeignKey(
        "deals.Population", models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    generated = models.BooleanField(default=False)

    target = models.ForeignKey(
        "deals.Organization", models.PROTECT, related_name="+", db_constraint=False
    )
    target_country = models.CharField(max_length=2, null=True)
    date_first = models.DateField(null=True)
    date_last = models.DateField(null=True)
    kind = models.CharField(max_length=16)
    round_type = models.CharField(max_length=24)
    status = models.CharField(max_length=24)
    ever_completed = models.BooleanField()
    ai = models.CharField(max_length=7)
    sectors = ArrayField(models.CharField(max_length=32))
    part_of = models.ForeignKey(
        "deals.Deal",
        models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    recorded_on = models.DateField(null=True)
    investor_list = models.CharField(max_length=8)

    hq = ArrayField(models.CharField(max_length=2))
    ultimate = ArrayField(models.CharField(max_length=2))
    # Some investor's country is unknown, or no investor is named at all.
    investors_unknown = models.BooleanField()
    hq_parts = ArrayField(models.CharField(max_length=2, blank=True))
    ultimate_parts = ArrayField(models.CharField(max_length=20, blank=True))
    contributions = ArrayField(models.DecimalField(max_digits=20, decimal_places=2, null=True))
    investors = ArrayField(models.BigIntegerField(null=True))
    state_linked = models.BooleanField()

    amount_state = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)
    amount_low = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    amount_mid = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    amount_high = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    eur_per_unit = models.DecimalField(max_digits=30, decimal_places=18, null=True)
    usd_per_unit = models.DecimalField(max_digits=30, decimal_places=18, null=True)
    cny_per_unit = models.DecimalField(max_digits=30, decimal_places=18, null=True)
    rate_provisional = models.BooleanField(default=False)

    class Meta:
        abstract = True


class PreparedFact(FactRow):
    """The facts of a version that is about to be published.

    They wait here, without the indexes of the questions, which are dear to keep, until the ledger
    has numbered their version. Nobody asks for them.
    """

    version = models.OneToOneField(
        "DealVersion",
        models.CASCADE,
        primary_key=True,
        related_name="prepared_fact",
        db_constraint=False,
    )
    population = models.ForeignKey(
        "Population",
        models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    target = models.ForeignKey(
        "Organization", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    def __str__(self) -> str:
        return f"prepared facts of version {self.version_id}"


class DealFact(FactRow):
    """One narrow row a published version: everything a flow question can ask, and nothing else."""

    version = models.OneToOneField(
        "DealVersion",
        models.CASCADE,
        primary_key=True,
        related_name="fact",
        db_constraint=False,
    )
    published_seq = models.BigIntegerField(null=True)
    superseded_seq = models.BigIntegerField(null=True)

    # Computed by the database from the columns above; see deals.models.masks.
    hq_mask = mask_of("hq")
    ultimate_mask = mask_of("ultimate")
    hq_unknown = unknown_in("hq_parts")
    ultimate_unknown = unknown_in("ultimate_parts")

    class Meta:
        indexes = (
            # Published and not only live ones, so that questions as of a day find theirs, too.
            models.Index(
                fields=[
                    "target_country",
                    "kind",
                    "ai",
                    "ever_completed",
                    "date_last",
                    "date_first",
                ],
                condition=Q(published_seq__isnull=False),
                name="fact_days_asked",
            ),
            # All that counting reads, in the order of its questions; see deals.flows.narrow.
            models.Index(
                fields=["target_country", "kind", "ai", "ever_completed", "date_last"],
                include=[
                    "date_first",
                    "deal",
                    "population",
                    "published_seq",
                    "superseded_seq",
                    "recorded_on",
                    "generated",
                    "state_linked",
                    "hq_unknown",
                    "ultimate_unknown",
                    "rate_provisional",
                    "status",
                    "round_type",
                    "investor_list",
                    "amount_state",
                    "amount_low",
                    "amount_high",
                    "eur_per_unit",
                    "usd_per_unit",
                    "cny_per_unit",
                    "hq_mask",
                    "ultimate_mask",
                    "sectors",
                ],
                condition=Q(published_seq__isnull=False),
                name="fact_counted_asked",
            ),
            # The few deals that cross borders, by countries and year; see deals.flows.conditions.
            GinIndex(
                Func(
                    F("hq"),
                    F("ultimate"),
                    F("target_country"),
                    F("date_first"),
                    function="deals_year_legs",
                ),
                condition=Q(published_seq__isnull=False),
                name="fact_year_legs",
            ),
            # Deals that have parts are left out of every count; see deals.flows.conditions.
            models.Index(
                fields=["part_of"],
                include=["published_seq", "superseded_seq"],
                condition=Q(part_of__isnull=False),
                name="fact_parts",
            ),
            models.Index(fields=["deal"], name="fact_deal"),
            # Lists by date, newest first; see ORDERS in deals.flows.listing.
            models.Index(
                Coalesce("date_last", Value(date.min)).desc(),
                F("deal").desc(),
                condition=Q(published_seq__isnull=False, superseded_seq__isnull=True),
                name="fact_newest",
            ),
            GinIndex(fields=["investors"], name="fact_investors"),
        )

    def __str__(self) -> str:
        return f"facts of version {self.version_id}"


class DealDocument(models.Model):
    """The JSON text that the API serves for a version; written once, joined for a list."""

    version = models.OneToOneField(
        "DealVersion",
        models.CASCADE,
        primary_key=True,
        related_name="document",
        db_constraint=False,
    )
    schema = models.PositiveSmallIntegerField()
    json = models.TextField()

    def __str__(self) -> str:
        return f"document of version {self.version_id}"


class EarlierDocument(models.Model):
    """What a version's document said before the ledger's entry `until_seq`, which computed it again
    (other rates, another schema). Kept where a release shows the version, so that a release made
    once can be made again to the last byte."""

    version = models.ForeignKey(
        "DealVersion", models.CASCADE, related_name="earlier_documents", db_constraint=False
    )
    until_seq = models.BigIntegerField()
    json = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["version", "until_seq"], name="earlier_document_once"),
        )

    def __str__(self) -> str:
        return f"document of version {self.version_id} before {self.until_seq}"
