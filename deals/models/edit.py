"""A change of what is known about an organization, as proposed by one person for another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class OrganizationEdit(models.Model):
    """Names, identifiers, domiciles and owners that one person would add, change or take out.

    `changes` is a list of {"op": "add"|"change"|"remove", "what": "organization"|"name"|
    "identifier"|"domicile"|"owner", "id": row or null, "before": {…}, "after": {…}} (see
    `deals.entry.evidence`). Nothing of it counts before somebody else has published it; `seq` is
    then its entry in the ledger, and `versions` says which entries carry the deals that moved.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted"
        PUBLISHED = "published"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"

    organization = models.ForeignKey("Organization", models.PROTECT, related_name="edits")
    changes = models.JSONField()
    reason = models.TextField()
    state = models.CharField(max_length=9, choices=State, default=State.SUBMITTED)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    self_approved = models.BooleanField(default=False)
    decision = models.TextField(blank=True)
    seq = models.BigIntegerField(null=True)
    # [first, last] of the ledger, empty when no deal moved.
    versions = models.JSONField(default=list)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                name="edit_not_decided_by_its_writer",
                condition=Q(created_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(created_by=F("decided_by"))
                | Q(self_approved=True)
                | Q(state="withdrawn"),
            ),
            models.CheckConstraint(
                name="edit_decision_complete",
                condition=Q(state="submitted", decided_at__isnull=True)
                | ~Q(state="submitted") & Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="edit_published_has_seq",
                condition=Q(state="published", seq__isnull=False)
                | ~Q(state="published") & Q(seq__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"edit {self.pk} of {self.organization_id}"
