"""Ways in which a person may type the name of an organization, to look it up while typing."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models


class SearchName(models.Model):
    """One folded spelling: a name in any script, its pinyin, its initials, or a tail of it from a
    later word, or character of Chinese, which has no word breaks. Rebuildable: the names themselves
    are elsewhere (`deals.feeds.spellings`)."""

    class Kind(models.TextChoices):
        NAME = "name"
        PINYIN = "pinyin"
        INITIALS = "initials"
        TAIL = "tail"

    organization = models.ForeignKey(
        "Organization", models.CASCADE, related_name="search_names", db_index=False
    )
    text = models.CharField(max_length=300)
    kind = models.CharField(max_length=8, choices=Kind)

    class Meta:
        indexes = (
            # Beginnings of names, of one letter or ten.
            models.Index(fields=["text"], name="search_name_start", opclasses=["text_pattern_ops"]),
            GinIndex(fields=["text"], name="search_name_inside", opclasses=["gin_trgm_ops"]),
        )
        constraints = (
            models.UniqueConstraint(fields=["organization", "text"], name="search_name_once"),
        )

    def __str__(self) -> str:
        return self.text
