"""Two deals that may be one; a person decides, nothing is merged on a likeness."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class DealSuggestion(models.Model):
    """A pair of deals in order of id, with a score from 0 to 100 and the reasons in words.

    While a pair is open both deals count and both pages say so (rule 18 of the methods).
    """

    class State(models.TextChoices):
        OPEN = "open"
        MERGED = "merged"
        DISTINCT = "distinct"

    one = models.ForeignKey("Deal", models.CASCADE, related_name="+")
    other = models.ForeignKey("Deal", models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    # [{"code", "text"}]: why they may be one, or may not.
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-score", "id")
        indexes = (
            models.Index(
                fields=["-score", "id"], condition=Q(state="open"), name="deal_suggestion_open"
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["one", "other"], name="deal_suggestion_once"),
            models.CheckConstraint(
                name="deal_suggestion_in_order", condition=Q(one__lt=F("other"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.one_id} ~ {self.other_id} ({self.score})"
