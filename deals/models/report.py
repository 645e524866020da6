"""A reader's report that something is wrong: a ticket with a public outcome, without an account."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Report(models.Model):
    """What a reader says is wrong with a deal or an organization, and what came of it.

    `token` is its public address. `contact` is never shown to anybody but the desk, and
    `address_hash` only limits how many one address may send.
    """

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"

    token = models.CharField(max_length=12, unique=True)
    deal = models.ForeignKey("Deal", models.PROTECT, null=True, related_name="reports")
    organization = models.ForeignKey(
        "Organization", models.PROTECT, null=True, related_name="reports"
    )
    # Which fact, as a name of `deals.entry.facts`; empty for the page as a whole.
    field = models.CharField(max_length=32, blank=True)
    text = models.TextField()
    source_url = models.URLField(max_length=1000, blank=True)
    contact = models.EmailField(blank=True)
    address_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    # Public, in the desk's words.
    outcome = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("created_at", "id")
        permissions = (("answer_report", "Can answer readers' reports"),)
        indexes = (
            models.Index(fields=["address_hash", "created_at"], name="report_by_address"),
            models.Index(fields=["created_at"], condition=Q(state="open"), name="report_open"),
        )
        constraints = (
            models.CheckConstraint(
                name="report_about_one_thing",
                condition=Q(deal__isnull=False, organization__isnull=True)
                | Q(deal__isnull=True, organization__isnull=False),
            ),
            models.CheckConstraint(
                name="report_outcome_complete",
                condition=Q(state="open", decided_at__isnull=True, outcome="")
                | Q(state__in=["accepted", "declined"], decided_at__isnull=False) & ~Q(outcome=""),
            ),
        )

    def __str__(self) -> str:
        return self.token
