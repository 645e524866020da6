"""Where a fact was read, and which fact was read there."""

from django.db import models


class Source(models.Model):
    """A page, a document, or the file of a feed."""

    class Kind(models.TextChoices):
        PAGE = "page"
        FEED_FILE = "feed_file"

    kind = models.CharField(max_length=9, choices=Kind, default=Kind.PAGE)
    url = models.URLField(max_length=1000, blank=True)
    title = models.CharField(max_length=500)
    publisher = models.CharField(max_length=200, blank=True)
    published_on = models.DateField(null=True)
    accessed_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "url", "title"], name="source_once"),
        )

    def __str__(self) -> str:
        return self.title


class Citation(models.Model):
    """One source of one version; `field` names the fact, and is empty for the deal as a whole.

    Two citations of one field may disagree: both are kept and shown.
    """

    version = models.ForeignKey("DealVersion", models.CASCADE, related_name="citations")
    source = models.ForeignKey(Source, models.PROTECT, related_name="citations")
    field = models.CharField(max_length=32, blank=True)
    quote = models.TextField(blank=True)
    # What this source says of the fact, where that is not the value that was chosen.
    stated = models.CharField(max_length=300, blank=True, db_default="")
    # Place inside the source: "row 17" of a file, a page of a report.
    locator = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"{self.field or 'deal'}: {self.source_id}"
