"""The queue of decisions: who looks at what, what was said about it, and what it would move."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Review(models.Model):
    """What waits for a decision: a submitted version of a deal, or an edit of an organization.

    `impact` is what publishing it would do to the headline shares (`deals.flows.whatif`), computed
    when the ledger stood at `impact_seq`. `closed_at` is set with the decision, or when the writer
    takes it back.
    """

    class Waiting(models.TextChoices):
        DECISION = "decision"
        ANSWER = "answer"

    version = models.OneToOneField("DealVersion", models.CASCADE, null=True, related_name="review")
    edit = models.OneToOneField(
        "OrganizationEdit", models.CASCADE, null=True, related_name="review"
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    waiting_for = models.CharField(max_length=8, choices=Waiting, default=Waiting.DECISION)
    impact = models.JSONField(null=True)
    impact_seq = models.BigIntegerField(null=True)
    submitted_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("submitted_at", "id")
        indexes = (
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(closed_at__isnull=True),
                name="review_open",
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="review_of_one_thing",
                condition=Q(version__isnull=False, edit__isnull=True)
                | Q(version__isnull=True, edit__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"review {self.pk}"


class Comment(models.Model):
    """Something said about what waits: a remark, a question, an answer, why it was decided."""

    class Kind(models.TextChoices):
        COMMENT = "comment"
        QUESTION = "question"
        ANSWER = "answer"
        DECISION = "decision"

    review = models.ForeignKey(Review, models.CASCADE, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.COMMENT)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")
        constraints = (models.CheckConstraint(name="comment_not_empty", condition=~Q(text="")),)

    def __str__(self) -> str:
        return self.text[:60]


class SampleCheck(models.Model):
    """A reviewer looked at one deal of an import's sample and found it right or wrong."""

    class Verdict(models.TextChoices):
        RIGHT = "right"
        WRONG = "wrong"

    staged = models.ForeignKey("StagedDeal", models.CASCADE, related_name="checks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=5, choices=Verdict)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["staged", "by"], name="sample_check_once"),)

    def __str__(self) -> str:
        return f"{self.staged_id} {self.verdict}"
