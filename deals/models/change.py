"""The ledger: every change that took effect, numbered in commit order."""

from django.db import models


class Change(models.Model):
    """One entry of the ledger. Rows are only ever added (a trigger refuses anything else).

    `seq` is given under one advisory lock that is held to the end of the transaction (see
    `deals.models.ledger`), so whoever has read `seq` S has seen everything before it.
    """

    class Kind(models.TextChoices):
        PUBLISHED = "published"
        RETRACTED = "retracted"
        MERGED = "merged"
        RESTORED = "restored"
        PURGED = "purged"
        ORGANIZATION = "organization"
        POPULATION = "population"
        FIGURE = "figure"
        EVENT = "event"
        REFERENCE = "reference"

    seq = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=16, choices=Kind)
    deal = models.ForeignKey("Deal", models.PROTECT, null=True, related_name="changes")
    version = models.ForeignKey(
        "DealVersion", models.PROTECT, null=True, related_name="+", db_index=False
    )
    merged_into = models.ForeignKey("Deal", models.PROTECT, null=True, related_name="+")
    organization = models.ForeignKey("Organization", models.PROTECT, null=True, related_name="+")
    # Names of the facts that differ from the version before; empty for a first version.
    fields = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    # A person's user name, or "system" for the command line and scheduled work.
    by = models.CharField(max_length=150, default="system")
    import_run = models.ForeignKey("ImportRun", models.PROTECT, null=True, related_name="changes")
    at = models.DateTimeField()

    class Meta:
        ordering = ("seq",)
        indexes = (models.Index(fields=["at"], name="change_by_time"),)
        constraints = (
            models.CheckConstraint(
                name="change_names_its_subject",
                condition=~models.Q(kind__in=["published", "retracted", "merged", "restored"])
                | models.Q(deal__isnull=False),
            ),
            models.CheckConstraint(
                name="change_merge_has_a_destination",
                condition=models.Q(kind="merged", merged_into__isnull=False)
                | ~models.Q(kind="merged") & models.Q(merged_into__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class Release(models.Model):
    """A name for one point of the ledger ("2026.11"), for ever, with files.

    `files` lists what can be downloaded, each `{"name", "media", "bytes", "sha256", "rows"}`; empty
    until they are made. `reference` says by which rules and tables they were computed, as in
    `FrozenView`. After the files are made only `notes` and `doi` may change.
    """

    name = models.CharField(max_length=32, unique=True)
    seq = models.BigIntegerField()
    notes = models.TextField(blank=True)
    at = models.DateTimeField()
    # Without "https://doi.org/", such as 10.5281/zenodo.1234567.
    doi = models.CharField(max_length=200, blank=True)
    files = models.JSONField(default=list)
    reference = models.JSONField(default=dict)
    # Why the files could not be made, in one sentence.
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ("-seq",)

    def __str__(self) -> str:
        return self.name


class FrozenView(models.Model):
    """An answer that never changes: a question at a point of the ledger, with what it said then.

    `answers` holds every question of the page by its name ("share", "top-sectors", …) exactly as
    computed; `reference` says which rules and reference data computed it. So neither a new rule,
    nor a new rate, nor an erased deal moves a number that somebody quoted.
    """

    token = models.CharField(max_length=12, unique=True)
    query = models.JSONField()
    seq = models.BigIntegerField()
    reference = models.JSONField(default=dict)
    answers = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["query", "seq"], name="frozen_view_once"),)

    def __str__(self) -> str:
        return self.token
