"""Who did what and when, and what people are told of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Activity(models.Model):
    """One act of one person; rows are only ever added (a trigger refuses anything else).

    The ledger has what took effect; this has all that people did on the way there. `verb` is one of
    `deals.journal.VERBS`. `by` None is the command line or scheduled work.
    """

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    verb = models.CharField(max_length=32)
    deal = models.ForeignKey("Deal", models.PROTECT, null=True, related_name="+", db_index=False)
    version = models.ForeignKey(
        "DealVersion", models.PROTECT, null=True, related_name="+", db_index=False
    )
    organization = models.ForeignKey(
        "Organization", models.PROTECT, null=True, related_name="+", db_index=False
    )
    edit = models.ForeignKey(
        "OrganizationEdit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    import_run = models.ForeignKey(
        "ImportRun", models.PROTECT, null=True, related_name="+", db_index=False
    )
    report = models.ForeignKey(
        "Report", models.PROTECT, null=True, related_name="+", db_index=False
    )
    # In the person's words: a reason, a comment, a name.
    text = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-id")
        permissions = (("manage_people", "Can give accounts and roles"),)
        indexes = (
            models.Index(fields=["-at", "-id"], name="activity_by_day"),
            models.Index(fields=["by", "-at"], name="activity_by_person"),
            models.Index(
                fields=["deal", "-at"], condition=Q(deal__isnull=False), name="activity_by_deal"
            ),
            models.Index(
                fields=["organization", "-at"],
                condition=Q(organization__isnull=False),
                name="activity_by_organization",
            ),
            models.Index(
                fields=["import_run", "-at"],
                condition=Q(import_run__isnull=False),
                name="activity_by_import",
            ),
        )

    def __str__(self) -> str:
        return f"{self.by_id} {self.verb}"


class Notification(models.Model):
    """What one person is told, on the page and by mail.

    `kind` is one of `deals.journal.TOLD`, `link` a page of this site, `text` somebody's words.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=32)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # What it is about, as people call it: a deal's target, an organization, a file.
    subject = models.CharField(max_length=300)
    link = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=["user", "-at"], name="notification_of_person"),
            models.Index(
                fields=["at"], condition=Q(mailed_at__isnull=True), name="notification_to_mail"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} to {self.user_id}"


class MailChoice(models.Model):
    """How a person wants to be written to about what waits for them; at once without a row."""

    class When(models.TextChoices):
        AT_ONCE = "at_once"
        DAILY = "daily"
        NEVER = "never"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="mail_choice"
    )
    when = models.CharField(max_length=7, choices=When, default=When.AT_ONCE)

    def __str__(self) -> str:
        return f"{self.user_id} {self.when}"
