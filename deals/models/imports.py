"""One run of a feed's file: its balance, its errors, and the deals waiting for review."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class ImportRun(models.Model):
    """The queue of record: what is to be done with a file, how far it is, and what came of it.

    Each chunk of work commits together with `checkpoint`, and only while `fence` is still the
    number that its worker was given; so a worker that was taken for dead changes nothing. The
    balances are CHECKs, and hold after every chunk, so no row of a file can be unaccounted for.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        REVIEW = "review"
        PUBLISHED = "published"
        REJECTED = "rejected"
        FAILED = "failed"
        CANCELLED = "cancelled"
        UNDONE = "undone"

    class Phase(models.TextChoices):
        """What is being done, or was done last; review stands between weighing and preparing."""

        READING = "reading"
        GROUPING = "grouping"
        WEIGHING = "weighing"
        PREPARING = "preparing"
        PUBLISHING = "publishing"
        UNDOING = "undoing"

    class Channel(models.TextChoices):
        COMMAND = "command"
        DESK = "desk"
        API = "api"
        SCHEDULE = "schedule"

    feed = models.ForeignKey("Feed", models.PROTECT, related_name="imports")
    state = models.CharField(max_length=9, choices=State)
    phase = models.CharField(max_length=10, choices=Phase, default=Phase.READING)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.COMMAND)
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
    # Delivered before and not in this full delivery; listed, and in no balance.
    deals_absent = models.PositiveIntegerField(default=0)
    participations = models.PositiveIntegerField(default=0)
    organizations_new = models.PositiveIntegerField(default=0)
    # What publication would do to the headline shares; see deals.flows.whatif.
    impact = models.JSONField(null=True)

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
    # A worker holds a run until the lease is out, and renews it; then another may take it.
    leased_until = models.DateTimeField(null=True)
    # How often it was claimed; the number is the fencing token of the latest claim.
    fence = models.PositiveIntegerField(default=0)
    # Claims since the last checkpoint, and how often the work after it was begun.
    claims = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    # Where the phase goes on: {"row": last row staged} or {"key": last deal done}.
    checkpoint = models.JSONField(default=dict)
    # As found out when the file was first opened.
    encoding = models.CharField(max_length=32, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    bytes_total = models.BigIntegerField(default=0)
    bytes_read = models.BigIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    # What a partner calls this import, so that sending it twice makes one.
    idempotency_key = models.CharField(max_length=255, blank=True)
    api_key = models.ForeignKey("ApiKey", models.PROTECT, null=True, related_name="imports")

    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    undo_reason = models.TextField(blank=True)
    # {"retracted": n, "restored": n, "kept": [{"deal", "why"}…]}
    undo_report = models.JSONField(null=True)

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
            # Two files of one feed would make its new deals twice.
            models.UniqueConstraint(
                name="import_one_publication_per_feed",
                fields=["feed"],
                condition=Q(state="running", phase__in=["preparing", "publishing", "undoing"]),
            ),
            models.UniqueConstraint(
                name="import_once_per_idempotency_key",
                fields=["api_key", "idempotency_key"],
                condition=~Q(idempotency_key=""),
            ),
        )
        permissions = (
            ("bring_import", "Can bring files in"),
            ("decide_import", "Can approve, reject and undo imports"),
            ("manage_feeds", "Can schedule feeds and decide on held ones"),
        )

    def __str__(self) -> str:
        return f"import {self.pk} of {self.file_name}"


class StagedRow(models.Model):
    """What one row of a file says of its deal, until all rows of the deal are put together.

    `facts` is JSON as text; null for a row that was rejected and still belongs to the deal. There
    may be a million of them, so they have no key of their own and no constraint.
    """

    pk = models.CompositePrimaryKey("run", "key", "number")
    # The id of an ImportRun.
    run = models.BigIntegerField()
    key = models.CharField(max_length=500, db_collation="C")
    number = models.PositiveIntegerField()
    facts = models.TextField(null=True)
    # Beside another row that names investors, this one makes their list partial.
    partial = models.BooleanField()

    def __str__(self) -> str:
        return f"row {self.number} of {self.key}"


class RowError(models.Model):
    """One thing wrong in one cell, in words, with the value as it stood in the file.

    A fatal one rejected its row; with any other the row was used without that fact.
    """

    import_run = models.ForeignKey(
        ImportRun, models.CASCADE, related_name="row_errors", db_constraint=False
    )
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=200)
    value = models.CharField(max_length=300)
    code = models.CharField(max_length=40)
    message = models.TextField()
    fatal = models.BooleanField(default=True)

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
        # Of a full delivery: delivered before and not in the file; has no facts.
        ABSENT = "absent"

    class Decision(models.TextChoices):
        """What a person did with a conflict or a held deal."""

        TAKEN = "taken"
        KEPT = "kept"
        SAME_DEAL = "same_deal"
        NEW_DEAL = "new_deal"

    # The constraint staged_deal_once is its index.
    import_run = models.ForeignKey(
        ImportRun, models.CASCADE, related_name="staged", db_constraint=False, db_index=False
    )
    key = models.CharField(max_length=500, db_collation="C")
    # The umbrella's key, as in `facts`.
    part_of = models.CharField(max_length=500, blank=True)
    facts = models.JSONField()
    rows = ArrayField(models.PositiveIntegerField())
    outcome = models.CharField(max_length=9, choices=Outcome)
    # Names of the facts that would change, or that stand against each other.
    fields = models.JSONField(default=list)
    deal = models.ForeignKey(
        "Deal", models.SET_NULL, null=True, related_name="+", db_constraint=False
    )
    # The version written for it, published or about to be.
    version = models.ForeignKey(
        "DealVersion", models.SET_NULL, null=True, related_name="+", db_constraint=False
    )
    # What the feed had delivered before, so that an undo can put it back.
    previous = models.JSONField(null=True)
    decision = models.CharField(max_length=9, choices=Decision, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["import_run", "key"], name="staged_deal_once"),
        )

    def __str__(self) -> str:
        return f"{self.key} ({self.outcome})"
