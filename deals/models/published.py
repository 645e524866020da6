"""What others published, and the rules and decisions that mark the time axes."""

from django.db import models


class PublishedFigure(models.Model):
    """A number somebody else published, with its definition and source.

    `query` holds the FlowQuery parameters that would answer it from our data; `why_no_query` says
    why none can. Context figures (papers, patents) have neither to answer nor to compare.
    """

    code = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=300)
    value = models.CharField(max_length=120)
    unit = models.CharField(max_length=40, blank=True)
    measure = models.CharField(max_length=20)
    numerator = models.CharField(max_length=40, blank=True)
    denominator = models.CharField(max_length=40, blank=True)
    period_from = models.CharField(max_length=10, blank=True)
    period_to = models.CharField(max_length=10, blank=True)
    definition = models.TextField(blank=True)
    source_title = models.TextField()
    source_date = models.CharField(max_length=60, blank=True)
    source_url = models.URLField(max_length=1000, blank=True)
    evidence = models.CharField(max_length=120, blank=True)
    query = models.TextField(blank=True)
    why_no_query = models.TextField(blank=True)
    shelf = models.CharField(max_length=8)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class PolicyEvent(models.Model):
    """A dated rule or decision; `applies_from` when it reaches deals made before it."""

    date = models.DateField()
    applies_from = models.DateField(null=True)
    jurisdiction = models.CharField(max_length=2)
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    evidence = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("date", "title")
        constraints = (models.UniqueConstraint(fields=["date", "title"], name="policy_event_once"),)

    def __str__(self) -> str:
        return f"{self.date} {self.title}"
