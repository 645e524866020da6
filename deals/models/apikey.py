"""Keys of partners and scripts."""

from django.conf import settings
from django.db import models


class ApiKey(models.Model):
    """Only a digest of the key is kept. `prefix` is its beginning, shown to recognise it by."""

    class Power(models.TextChoices):
        READ = "read"
        WRITE = "write"

    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=16, unique=True)
    # SHA-256 of the whole key, in hexadecimal; the key has 32 random bytes, so that is enough.
    digest = models.CharField(max_length=64, unique=True)
    power = models.CharField(max_length=5, choices=Power, default=Power.READ)
    # Who answers for what is done with it.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
