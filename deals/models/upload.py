"""A file that somebody brought to the desk, on its way to becoming an import."""

from django.conf import settings
from django.db import models


class Upload(models.Model):
    """The wizard's memory: the file, what was found or corrected about it, and the draft profile.

    `corrections` are those of a person, by the names of a profile's keys (encoding,
    delimiter, skip_rows, decimal, order …); `profile` is the profile as TOML once there is one.
    """

    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    corrections = models.JSONField(default=dict)
    profile = models.TextField(blank=True)
    # Set when the person chose to import as one of the known feeds.
    feed = models.ForeignKey("Feed", models.SET_NULL, null=True, related_name="+")
    import_run = models.ForeignKey("ImportRun", models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.file_name
