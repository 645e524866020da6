"""Where partners want to be told that something was published, and what was told them."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Webhook(models.Model):
    """An address of a partner's. Its secret is derived from SECRET_KEY, this row and `turn`, so it
    is nowhere kept; a raised `turn` is a new secret.

    `query` are the parameters of a FlowQuery: only changes of deals that it means are told; empty
    is all. `told_seq` is the end of the ledger up to which deliveries were made out.
    """

    public_id = models.CharField(max_length=16, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=200)
    url = models.URLField(max_length=1000)
    query = models.JSONField(default=dict)
    turn = models.PositiveIntegerField(default=1)
    told_seq = models.BigIntegerField()
    active = models.BooleanField(default=True)
    # Since when nothing got through, and why it was switched off, in one sentence.
    failing_since = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One message to one webhook: the ledger from after `after_seq` to `head_seq`.

    `message_id` stays the same over all attempts, so that a receiver knows a repeated one.
    `attempts` has `{"at", "status", "seconds", "problem"}` of each.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=40)
    after_seq = models.BigIntegerField()
    head_seq = models.BigIntegerField()
    body = models.TextField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempts = models.JSONField(default=list)
    next_at = models.DateTimeField(null=True)
    # A worker that sends it holds it until then.
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # A person asked for it again: the delivery that it repeats.
    replay_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="replays")

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "deliveries"
        indexes = (
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="delivery_due"),
        )

    def __str__(self) -> str:
        return f"{self.message_id} to {self.webhook}"
