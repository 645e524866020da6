"""A deal is only an identity; what is known about it lives in immutable published versions."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from deals.rules.counting import KINDS, STATUSES


class Deal(models.Model):
    """Identity of one transaction. The public id never changes and outlives a merge."""

    public_id = models.CharField(max_length=12, unique=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="absorbed")

    def __str__(self) -> str:
        return self.public_id


class VersionQuerySet(models.QuerySet["DealVersion"]):
    """The three ways to look at the ledger."""

    def live(self) -> "VersionQuerySet":
        """Published and not superseded."""
        return self.filter(published_seq__isnull=False, superseded_seq__isnull=True)

    def as_of(self, seq: int) -> "VersionQuerySet":
        """What was live when the ledger stood at `seq`."""
        return self.filter(published_seq__lte=seq).filter(
            Q(superseded_seq__isnull=True) | Q(superseded_seq__gt=seq)
        )


class DealVersion(models.Model):
    """All facts of a deal as one person or feed stated them.

    Once `state` is published, a trigger refuses every change except setting `superseded_seq` once.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        SUBMITTED = "submitted"
        PUBLISHED = "published"
        REJECTED = "rejected"

    class AmountState(models.TextChoices):
        EXACT = "exact"
        APPROXIMATE = "approximate"
        RANGE = "range"
        UNDISCLOSED = "undisclosed"

    # The constraint version_number_once is its index.
    deal = models.ForeignKey(Deal, models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    # The version that was live when this one was written; publishing rechecks it under the lock.
    based_on = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False
    )

    target = models.ForeignKey("Organization", models.PROTECT, related_name="deals_as_target")
    target_name = models.CharField(max_length=300)
    target_country = models.CharField(max_length=2, null=True, blank=True)
    target_country_basis = models.CharField(max_length=12, default="unknown")

    kind = models.CharField(max_length=16)
    round_type = models.CharField(max_length=24, blank=True)
    status = models.CharField(max_length=24)
    # [{"status", "first", "last", "precision", "authority", "reason"}], oldest first.
    status_history = models.JSONField(default=list)

    # Closed interval of days; both empty when the date is unknown.
    date_first = models.DateField(null=True)
    date_last = models.DateField(null=True)
    date_precision = models.CharField(max_length=8, default="none")
    date_basis = models.CharField(max_length=9, default="announced")
    recorded_on = models.DateField(null=True)

    amount_state = models.CharField(max_length=12, choices=AmountState)
    amount_low = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    amount_high = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    amount_text = models.CharField(max_length=200, blank=True)

    investor_list = models.CharField(max_length=8)
    ai = models.CharField(max_length=7)
    ai_basis = models.CharField(max_length=300, blank=True)
    sectors = ArrayField(models.CharField(max_length=32), default=list)
    part_of = models.ForeignKey(Deal, models.PROTECT, null=True, related_name="part_versions")
    population = models.ForeignKey("Population", models.PROTECT, null=True, related_name="versions")
    external_id = models.CharField(max_length=200, blank=True)
    notes = models.TextField(blank=True)
    # {fact: why this value and not another source's}, where sources disagree.
    choices = models.JSONField(default=dict, db_default={})

    import_run = models.ForeignKey("ImportRun", models.PROTECT, null=True, related_name="versions")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    self_approved = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    published_seq = models.BigIntegerField(null=True)
    superseded_seq = models.BigIntegerField(null=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="version_external_id",
            ),
            # What people wrote and nobody published: it waits, or was turned down.
            models.Index(
                fields=["target"],
                condition=Q(published_seq=None, import_run=None),
                name="version_proposed",
            ),
        )
        permissions = (
            ("propose_deal", "Can write deals for somebody else's decision"),
            ("decide_version", "Can publish and turn down what others wrote"),
        )
        constraints = (
            models.UniqueConstraint(fields=["deal", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["deal"],
                condition=Q(published_seq__isnull=False, superseded_seq__isnull=True),
                name="version_one_live_per_deal",
            ),
            models.CheckConstraint(
                name="version_published_has_seq",
                condition=Q(state="published", published_seq__isnull=False)
                | ~Q(state="published")
                & Q(published_seq__isnull=True, superseded_seq__isnull=True),
            ),
            models.CheckConstraint(
                name="version_superseded_later",
                condition=Q(superseded_seq__isnull=True) | Q(superseded_seq__gt=F("published_seq")),
            ),
            models.CheckConstraint(
                name="version_not_decided_by_its_writer",
                condition=Q(created_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(created_by=F("decided_by"))
                | Q(self_approved=True),
            ),
            models.CheckConstraint(
                name="version_decision_complete",
                condition=Q(state__in=["published", "rejected"], decided_at__isnull=False)
                | Q(state__in=["draft", "submitted"], decided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="version_amount_whole",
                condition=Q(
                    amount_state__in=["exact", "approximate"],
                    amount_low__gt=0,
                    amount_high=F("amount_low"),
                )
                & ~Q(currency="")
                | Q(amount_state="range", amount_low__gt=0, amount_high__gt=F("amount_low"))
                & ~Q(currency="")
                | Q(amount_state="undisclosed", amount_low__isnull=True, amount_high__isnull=True),
            ),
            models.CheckConstraint(
                name="version_date_whole",
                condition=Q(date_precision="none", date_first__isnull=True, date_last__isnull=True)
                | Q(
                    date_precision__in=["day", "month", "quarter", "year", "range"],
                    date_first__isnull=False,
                    date_last__gte=F("date_first"),
                ),
            ),
            models.CheckConstraint(
                name="version_target_country_basis",
                condition=Q(target_country__isnull=True, target_country_basis="unknown")
                | Q(
                    target_country__regex="^[A-Z]{2}$",
                    target_country_basis__in=["stated", "headquarters"],
                ),
            ),
            models.CheckConstraint(
                name="version_words_known",
                condition=Q(
                    kind__in=list(KINDS),
                    status__in=list(STATUSES),
                    investor_list__in=["complete", "partial", "none"],
                    ai__in=["yes", "no", "unknown"],
                    date_basis__in=["announced", "completed"],
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.deal_id} v{self.number}"
