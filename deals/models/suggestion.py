"""Two organizations that may be one; a person decides, nothing is merged on a likeness."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Suggestion(models.Model):
    """A pair in order of id, with a score from 0 to 100 and the reasons in words."""

    class State(models.TextChoices):
        OPEN = "open"
        MERGED = "merged"
        DISTINCT = "distinct"

    one = models.ForeignKey("Organization", models.CASCADE, related_name="+")
    other = models.ForeignKey("Organization", models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    import_run = models.ForeignKey("ImportRun", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-score", "id")
        constraints = (
            models.UniqueConstraint(fields=["one", "other"], name="suggestion_once"),
            models.CheckConstraint(name="suggestion_in_order", condition=Q(one__lt=F("other"))),
        )

    def __str__(self) -> str:
        return f"{self.one_id} ~ {self.other_id} ({self.score})"
