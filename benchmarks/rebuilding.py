"""Computing again what is derived: cells from all facts, facts and documents from versions."""

from benchmarks.report import Figure
from benchmarks.took import Took, measured
from benchmarks.went import Say

SOME = 5_000


def measure(say: Say, size: int) -> None:
    """Cells of everything; facts and documents of some versions, since all take their share."""
    from django.db import transaction

    from deals.models import DealVersion
    from deals.models.derived import write_derived
    from deals.models.rollup import rebuild_cells

    with measured() as took:
        rebuild_cells()
    say(_rate("cells from all facts", size, took, "all cells again, a deal"))
    ids = list(DealVersion.objects.order_by("id").values_list("id", flat=True)[:SOME])
    with transaction.atomic():
        with measured() as took:
            write_derived(ids)
        transaction.set_rollback(True)
    say(_rate("facts and documents from versions", len(ids), took, "a deal's fact and document"))


def _rate(what: str, deals: int, took: Took, curve: str) -> Figure:
    cost = took.work * 1000 / deals
    return Figure("", what, deals / took.wall, "deals/s", curve=curve, cost=cost)
