"""Organizations, their names, identifiers, domiciles and owners; dated, with sources."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q


class Organization(models.Model):
    """A company, fund, government body or university; target or investor or both.

    `key` is the normalised name; with `country` (headquarters, empty when unknown) it is how a
    feed's names find their organization, so one name in two countries stays two organizations.
    """

    class Kind(models.TextChoices):
        COMPANY = "company"
        FUND = "fund"
        GOVERNMENT = "government"
        UNIVERSITY = "university"
        CONSORTIUM = "consortium"
        UNKNOWN = "unknown"

    public_id = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=300)
    key = models.CharField(max_length=300)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.UNKNOWN)
    country = models.CharField(max_length=2, null=True)
    generated = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="absorbed")

    class Meta:
        permissions = (
            ("edit_evidence", "Can propose changes of organizations and judge likeness"),
        )
        indexes = (
            models.Index(fields=["key", "country"], name="organization_key"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="organization_name_trgm"),
        )

    def __str__(self) -> str:
        return self.name


class OrganizationName(models.Model):
    """Another name, with its script (ISO 15924: Latn, Hans, Hant)."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="names")
    name = models.CharField(max_length=300)
    key = models.CharField(max_length=300, db_index=True)
    script = models.CharField(max_length=4)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "name"], name="organization_name_once"),
        )

    def __str__(self) -> str:
        return self.name


class Identifier(models.Model):
    """A number somebody else gave: LEI, Crunchbase permalink, Wikidata QID."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=32)
    value = models.CharField(max_length=300)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["scheme", "value"], name="identifier_once"),)

    def __str__(self) -> str:
        return f"{self.scheme} {self.value}"


class Domicile(models.Model):
    """Where an organization is, on which basis, and for how long."""

    class Basis(models.TextChoices):
        HEADQUARTERS = "headquarters"
        INCORPORATION = "incorporation"
        OPERATIONS = "operations"

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="domiciles")
    country = models.CharField(max_length=2)
    basis = models.CharField(max_length=13, choices=Basis)
    first = models.DateField(null=True)
    last = models.DateField(null=True)
    source = models.ForeignKey("Source", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="domicile_dates",
                condition=Q(first__isnull=True) | Q(last__isnull=True) | Q(last__gte=F("first")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.country} ({self.basis})"


class Ownership(models.Model):
    """`owner` holds a share of `owned`, from and to a date, on the word of a source."""

    owned = models.ForeignKey(Organization, models.CASCADE, related_name="owners")
    owner = models.ForeignKey(Organization, models.CASCADE, related_name="holdings")
    share = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    controlling = models.BooleanField()
    state_linked = models.BooleanField(default=False)
    first = models.DateField(null=True)
    last = models.DateField(null=True)
    source = models.ForeignKey("Source", models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(name="ownership_not_itself", condition=~Q(owned=F("owner"))),
            models.CheckConstraint(
                name="ownership_dates",
                condition=Q(first__isnull=True) | Q(last__isnull=True) | Q(last__gte=F("first")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.owner_id} owns {self.owned_id}"
