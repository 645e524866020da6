"""Feeds that are fetched on their own: when, from where, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class FeedSchedule(models.Model):
    """A feed's address and interval. Slots begin at `first_at` and follow every `minutes`, in UTC.

    `etag` and `last_modified` are those of the file last taken, for conditional requests; `rows`
    and `columns` tell whether the next one has shrunk. While `held` is not empty nothing more is
    taken until a person has decided; the sentence says why.
    """

    feed = models.OneToOneField("Feed", models.CASCADE, related_name="schedule")
    url = models.URLField(max_length=1000)
    minutes = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    active = models.BooleanField(default=True)
    # Published without review, as with --publish; conflicts and held deals wait in any case.
    publish = models.BooleanField(default=False)
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    rows = models.PositiveIntegerField(null=True)
    columns = models.JSONField(default=list)
    held = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(name="schedule_interval", condition=Q(minutes__gte=15)),
        )

    def __str__(self) -> str:
        return f"{self.feed_id} every {self.minutes} min"


class FeedSlot(models.Model):
    """One turn of a scheduled feed; the constraint lets two schedulers make it only once."""

    class State(models.TextChoices):
        DUE = "due"
        RUNNING = "running"
        UNCHANGED = "unchanged"
        IMPORTED = "imported"
        HELD = "held"
        FAILED = "failed"
        DISCARDED = "discarded"

    schedule = models.ForeignKey(FeedSchedule, models.CASCADE, related_name="slots")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.DUE)
    # What happened, in one sentence.
    said = models.TextField(blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    http_status = models.PositiveSmallIntegerField(null=True)
    bytes = models.BigIntegerField(null=True)
    rows = models.PositiveIntegerField(null=True)
    columns = models.JSONField(default=list)
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    import_run = models.ForeignKey("ImportRun", models.SET_NULL, null=True, related_name="slots")

    class Meta:
        ordering = ("-due_at", "-id")
        constraints = (models.UniqueConstraint(fields=["schedule", "due_at"], name="slot_once"),)

    def __str__(self) -> str:
        return f"{self.schedule_id} at {self.due_at:%Y-%m-%d %H:%M} ({self.state})"
