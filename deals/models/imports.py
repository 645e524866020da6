"""One run of a feed's file: its balance, its errors, and the deals waiting for review."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class ImportRun(models.Model):
    """The balances are CHECKs, so no row of a file can be unaccounted for."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        REVIEW = "review"
        PUBLISHED = "published"
        REJECTED = "rejected"
        FAILED = "failed"

    feed = models.ForeignKey("Feed", models.PROTECT, related_name="imports")
    state = models.CharField(max_length=9, choices=State)
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    profile = models.TextField()
    publish = models.BooleanField(default=False)

    rows_read = models.PositiveIntegerField(default=0)
    rows_used = models.PositiveIntegerField(default=0)
    rows_skipped = models.PositiveIntegerField(default=0)
    rows_duplicate = models.PositiveIntegerField(default=0)
    rows_rejected = models.PositiveIntegerField(default=0)
    deals_in_file = models.PositiveIntegerField(default=0)
    deals_created = models.PositiveIntegerField(default=0)
    deals_updated = models.PositiveIntegerField(default=0)
    deals_unchanged = models.PositiveIntegerField(default=0)
    deals_conflict = models.PositiveIntegerField(default=0)
    deals_held = models.PositiveIntegerField(default=0)
    participations = models.PositiveIntegerField(default=0)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    # Why a failed run failed, in one sentence.
    problem = models.TextField(blank=True)
    # A worker holds a queued run until the lease is out; then another may take it.
    attempt = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="import_rows_balance",
                condition=Q(
                    rows_read=F("rows_used")
                    + F("rows_skipped")
                    + F("rows_duplicate")
                    + F("rows_rejected")
                ),
            ),
            models.CheckConstraint(
                name="import_deals_balance",
                condition=Q(
                    deals_in_file=F("deals_created")
                    + F("deals_updated")
                    + F("deals_unchanged")
                    + F("deals_conflict")
                    + F("deals_held")
                ),
            ),
        )

    def __str__(self) -> str:
        return f"import {self.pk} of {self.file_name}"


class RowError(models.Model):
    """One thing wrong in one cell, in words, with the value as it stood in the file."""

    import_run = models.ForeignKey(ImportRun, models.CASCADE, related_name="row_errors")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=200)
    value = models.CharField(max_length=300)
    code = models.CharField(max_length=40)
    message = models.TextField()

    class Meta:
        ordering = ("import_run_id", "row", "id")

    def __str__(self) -> str:
        return f"row {self.row}: {self.message}"


class StagedDeal(models.Model):
    """A deal of a file, validated and grouped, before anybody has decided on it.

    `rows` are the file's row numbers (the header is row 1 when nothing is skipped before it).
    """

    class Outcome(models.TextChoices):
        CREATED = "created"
        UPDATED = "updated"
        UNCHANGED = "unchanged"
        CONFLICT = "conflict"
        HELD = "held"

    # The constraint staged_deal_once is its index.
    import_run = models.ForeignKey(ImportRun, models.CASCADE, related_name="staged", db_index=False)
    key = models.CharField(max_length=500)
    facts = models.JSONField()
    rows = ArrayField(models.PositiveIntegerField())
    outcome = models.CharField(max_length=9, choices=Outcome)
    # Names of the facts that would change, or that stand against each other.
    fields = models.JSONField(default=list)
    deal = models.ForeignKey("Deal", models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["import_run", "key"], name="staged_deal_once"),
        )

    def __str__(self) -> str:
        return f"{self.key} ({self.outcome})"
