"""Keys of partners and scripts."""

from django.conf import settings
from django.db import models


class ApiKey(models.Model):
    """Only a digest of the key is kept. `prefix` is its beginning, shown to recognise it by."""

    class Power(models.TextChoices):
        """READ reads; IMPORT also brings files in; WRITE also does that, and proposes deals."""

        READ = "read"
        IMPORT = "import"
        WRITE = "write"

    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=16, unique=True)
    # SHA-256 of the whole key, in hexadecimal; the key has 32 random bytes, so that is enough.
    digest = models.CharField(max_length=64, unique=True)
    power = models.CharField(max_length=6, choices=Power, default=Power.READ)
    # Who answers for what is done with it.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys")
    created_at = models.DateTimeField()
    # Who gave it; None is the command line. A key that people gave themselves can do no more than
    # they may themselves at that moment.
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    expires_at = models.DateTimeField(null=True)
    # Requests in an hour; None is the usual limit of the installation.
    hourly_limit = models.PositiveIntegerField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class ApiCount(models.Model):
    """Requests of one subject in one hour (UTC): the limit counts them, the usage page shows them.

    `subject` is "key:<id>" or "address:<address>", as `deals.web.limits.address_of` gives it.
    """

    subject = models.CharField(max_length=64)
    hour = models.DateTimeField()
    used = models.PositiveIntegerField(default=0)
    # Those beyond the limit, answered with 429.
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["subject", "hour"], name="api_count_once"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.hour:%Y-%m-%d %H}"


class ApiWrite(models.Model):
    """A write that a partner may safely send again: one effect for each Idempotency-Key.

    `status` is None while the first request runs. `request` is the SHA-256 of method, path and
    body: the same key with another request is refused.
    """

    api_key = models.ForeignKey(ApiKey, models.CASCADE, related_name="writes")
    idempotency_key = models.CharField(max_length=255)
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["api_key", "idempotency_key"], name="api_write_once"),
        )

    def __str__(self) -> str:
        return f"{self.idempotency_key} of {self.api_key}"
