"""Live facts added up: what a question about whole years needs for N, in few rows."""

from django.db import connection, models, transaction
from django.db.models import Q

from deals.models import ledger
from deals.models.change import Change
from deals.models.masks import MaskField


class Added(models.Model):
    """What cells of both sizes are told apart by, and what is added up in them.

    Columns are named as those of `DealFact`, but days are widened to whole steps: `date_first` is
    the first day of the step that the deal's interval begins in, `date_last` the last one of that
    it ends in. A step is a year, or what a region's change of membership leaves of one.

    `key` is the hash of what the deals have in common. Money is that of single amounts, each
    rounded to the cent; `priced_*` counts them, `unpriced_*` the disclosed amounts without a rate.
    """

    key = models.UUIDField(primary_key=True)
    population = models.ForeignKey(
        "deals.Population",
        models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    generated = models.BooleanField()
    target_country = models.CharField(max_length=2, null=True)
    date_first = models.DateField(null=True)
    date_last = models.DateField(null=True)
    kind = models.CharField(max_length=16)
    status = models.CharField(max_length=24)
    ever_completed = models.BooleanField()
    ai = models.CharField(max_length=7)

    deals = models.BigIntegerField()
    partial = models.BigIntegerField()
    singles = models.BigIntegerField()
    ranges = models.BigIntegerField()
    provisional = models.BigIntegerField()
    priced_eur = models.BigIntegerField()
    priced_usd = models.BigIntegerField()
    priced_cny = models.BigIntegerField()
    unpriced_eur = models.BigIntegerField()
    unpriced_usd = models.BigIntegerField()
    unpriced_cny = models.BigIntegerField()
    total_eur = models.DecimalField(max_digits=30, decimal_places=2)
    total_usd = models.DecimalField(max_digits=30, decimal_places=2)
    total_cny = models.DecimalField(max_digits=30, decimal_places=2)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.deals} deals"


class FlowCell(Added):
    """How many live deals are alike in everything that the usual questions ask, and their money.

    Every live deal is in exactly one cell, except an umbrella whose parts are live, which is in
    none (rule 18); so sums over cells are counts of distinct deals. Triggers on the table of facts
    keep cells in step, whatever writes there.
    """

    hq_mask = MaskField()
    ultimate_mask = MaskField()
    hq_unknown = models.BooleanField()
    ultimate_unknown = models.BooleanField()

    class Meta:
        indexes = (
            models.Index(
                fields=["target_country", "kind", "date_last", "date_first"],
                name="cell_target_days",
            ),
            # What a publication emptied is found and deleted without looking at the others.
            models.Index(fields=["key"], condition=Q(deals=0), name="cell_empty"),
        )


class RegionCell(Added):
    """Cells added up again: countries that no region tells apart are one, under the first's code.

    Which these are says migration 0018 (`deals_region_of`); "ZZ" is everybody else. Each cell is
    in one row for immediate investors and in one for ultimate owners, so a question, which asks
    for either, counts each deal once. Triggers on the table of cells keep them in step.
    """

    ultimate = models.BooleanField()
    mask = MaskField()
    unknown = models.BooleanField()

    class Meta:
        indexes = (
            models.Index(
                fields=[
                    "ultimate",
                    "target_country",
                    "kind",
                    "ai",
                    "ever_completed",
                    "date_last",
                    "date_first",
                ],
                name="region_cell_days",
            ),
        )


FINGERPRINT = """
SELECT count(*), coalesce(sum(hashtextextended(c::text, 0)), 0), (
    SELECT coalesce(sum(hashtextextended(r::text, 0)), 0) FROM deals_regioncell r
) FROM deals_flowcell c
"""


def rebuild_cells() -> int:
    """Add up all live facts again; returns the number of cells.

    Where anything comes out differently the ledger gets an entry, since its head stands for every
    answer. Nobody can publish meanwhile.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        ledger.lock()
        cursor.execute(FINGERPRINT)
        before = cursor.fetchone()
        cursor.execute("SELECT deals_rebuild_rollups()")
        cursor.execute(FINGERPRINT)
        after = cursor.fetchone()
        if before != after:
            ledger.append(
                Change.Kind.REFERENCE,
                by="system",
                reason=f"Live facts were added up again; cells before: {before[0]:,}, after: "
                f"{after[0]:,}, with other sums.",
            )
        cursor.execute("ANALYZE deals_flowcell, deals_regioncell")
    return int(after[0])
