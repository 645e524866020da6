"""One investor's part in one version of a deal."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Participation(models.Model):
    """The investor's country is recorded as of the deal, with its basis.

    An investor that the source does not name has no organization and no name, and mostly no country
    ("a Chinese investor" has one): it is there so that unknown is counted, and not taken for
    nobody.
    """

    version = models.ForeignKey(
        # The constraint participation_once is its index.
        "DealVersion",
        models.CASCADE,
        related_name="participations",
        db_index=False,
    )
    position = models.PositiveSmallIntegerField()
    investor = models.ForeignKey(
        "Organization", models.PROTECT, null=True, related_name="participations"
    )
    investor_name = models.CharField(max_length=300, blank=True)
    country = models.CharField(max_length=2, null=True)
    country_basis = models.CharField(max_length=12)
    # Countries of the owners at the top of the chain on the deal's date: two for joint control.
    ultimate = ArrayField(models.CharField(max_length=2), default=list)
    # evidence | owner_not_researched | dispersed
    ultimate_basis = models.CharField(max_length=20, default="owner_not_researched")
    state_linked = models.BooleanField(default=False)
    lead = models.BooleanField(null=True)
    contribution = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    stake = models.DecimalField(max_digits=7, decimal_places=4, null=True)

    class Meta:
        ordering = ("version_id", "position")
        constraints = (
            models.UniqueConstraint(fields=["version", "position"], name="participation_once"),
            models.CheckConstraint(
                name="participation_country_basis",
                condition=Q(country__isnull=True, country_basis="unknown")
                | Q(country__regex="^[A-Z]{2}$", country_basis__in=["stated", "headquarters"]),
            ),
            models.CheckConstraint(
                name="participation_investor_named",
                condition=Q(investor__isnull=True, investor_name="")
                | Q(investor__isnull=False) & ~Q(investor_name=""),
            ),
            models.CheckConstraint(
                name="participation_contribution_positive",
                condition=Q(contribution__isnull=True) | Q(contribution__gt=0),
            ),
        )

    def __str__(self) -> str:
        return self.investor_name or "unknown investor"
