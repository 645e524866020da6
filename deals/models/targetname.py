"""The names under which targets were published, each once, so that a search looks at no version."""

from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models

# Never changed or removed: a version keeps the name that it was written with.
ADD_ALL = """
INSERT INTO deals_targetname (organization_id, name)
SELECT DISTINCT target_id, target_name FROM deals_dealversion
ORDER BY 1, 2
ON CONFLICT DO NOTHING
"""


class TargetName(models.Model):
    """A name that some version has for a target, which its organization may never have had.

    A trigger on the table of facts adds them, whatever writes there; a name may be here that no
    version has any more.
    """

    organization = models.ForeignKey(
        "Organization",
        models.CASCADE,
        related_name="target_names",
        db_index=False,
        db_constraint=False,
    )
    name = models.CharField(max_length=300)

    class Meta:
        indexes = (GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="target_name_trgm"),)
        constraints = (
            models.UniqueConstraint(fields=["organization", "name"], name="target_name_once"),
        )

    def __str__(self) -> str:
        return self.name


def add_target_names() -> None:
    """Add those of all versions, after facts were written without triggers."""
    with connection.cursor() as cursor:
        cursor.execute(ADD_ALL)
        cursor.execute("ANALYZE deals_targetname")
