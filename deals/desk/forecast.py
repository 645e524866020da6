"""What undoing an import would do, counted before anybody decides."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from deals.models import DealVersion, ImportRun

NEW, LIVE = Q(based_on__isnull=True), Q(superseded_seq__isnull=True)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Numbers of deals: retracted and restored ones stand as imported; `edited_…` were changed
    since; `gone` are not live any more."""

    retracted: int
    restored: int
    edited_new: int
    edited_updated: int
    gone: int


def forecast(run: ImportRun) -> Forecast:
    """Counts the versions that the import published, by what became of their deals since."""
    successor = DealVersion.objects.live().filter(deal=OuterRef("deal"))
    edited = Q(superseded_seq__isnull=False, has_live=True)
    counts = (
        DealVersion.objects.filter(import_run=run, published_seq__isnull=False)
        .annotate(has_live=Exists(successor))
        .aggregate(
            retracted=Count("pk", filter=NEW & LIVE),
            restored=Count("pk", filter=~NEW & LIVE),
            edited_new=Count("pk", filter=NEW & edited),
            edited_updated=Count("pk", filter=~NEW & edited),
            gone=Count("pk", filter=Q(has_live=False)),
        )
    )
    return Forecast(**counts)
