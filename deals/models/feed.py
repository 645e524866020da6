"""Suppliers' feeds, the populations they declare, and what each feed last delivered."""

from django.db import models


class Population(models.Model):
    """Deals declared complete for a scope; only inside one population has a share a meaning."""

    code = models.SlugField(max_length=64, unique=True)
    title = models.CharField(max_length=300)
    accessed_on = models.DateField(null=True)
    ai_definition = models.CharField(max_length=500, blank=True)
    # Invented data (the demonstration): shown as such everywhere and never in the case list.
    generated = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.code


class Feed(models.Model):
    """One supplier's format and stream of files; the profile is the TOML of the last import."""

    code = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    profile = models.TextField()
    population = models.ForeignKey(Population, models.PROTECT, null=True, related_name="feeds")

    def __str__(self) -> str:
        return self.code


class FeedRecord(models.Model):
    """The facts as a feed last delivered them, by the feed's own key of the deal."""

    # The constraint feed_record_once is its index.
    feed = models.ForeignKey(Feed, models.CASCADE, related_name="records", db_index=False)
    key = models.CharField(max_length=500)
    deal = models.ForeignKey("Deal", models.PROTECT, related_name="feed_records")
    facts = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["feed", "key"], name="feed_record_once"),)

    def __str__(self) -> str:
        return f"{self.feed_id} {self.key}"
