"""What a person is typing: not yet a version of a deal, and kept as text so that it is not lost."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Draft(models.Model):
    """One person's form, as typed. Text stays text: it may be empty, half done or wrong.

    `typed` holds the fields of `deals.entry.typed`. `revision` counts the saves; a save that names
    another revision than the one it saw is refused, so that two windows never overwrite each other.
    """

    class State(models.TextChoices):
        OPEN = "open"
        SUBMITTED = "submitted"
        DISCARDED = "discarded"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # None for a new deal.
    deal = models.ForeignKey("Deal", models.PROTECT, null=True, related_name="drafts")
    # The live version that the form was filled from; what `typed` is compared with.
    based_on = models.ForeignKey(
        "DealVersion", models.PROTECT, null=True, related_name="+", db_index=False
    )
    # The version it was submitted as; before that, the one that was taken back to be mended.
    version = models.ForeignKey("DealVersion", models.PROTECT, null=True, related_name="drafts")
    # The reader's report that it answers.
    report = models.ForeignKey("Report", models.PROTECT, null=True, related_name="drafts")
    typed = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ("-saved_at",)
        indexes = (models.Index(fields=["owner", "state", "-saved_at"], name="draft_of_person"),)
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "deal"],
                condition=Q(state="open", deal__isnull=False),
                name="draft_one_open_per_deal",
            ),
            models.CheckConstraint(
                name="draft_submitted_has_version",
                condition=~Q(state="submitted") | Q(version__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"draft {self.pk} by {self.owner_id}"


class Presence(models.Model):
    """That a person has a deal's form open; `seen_at` is when their page last said so."""

    deal = models.ForeignKey("Deal", models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["deal", "user"], name="presence_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} at {self.deal_id}"
