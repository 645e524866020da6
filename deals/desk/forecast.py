"""What undoing an import would do, counted before anybody decides."""

from dataclasses import dataclass

from django.db.models import Count, Q

from deals.models import ImportRun, StagedDeal

Outcome = StagedDeal.Outcome
LIVE = Q(version__superseded_seq__isnull=True)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Numbers of deals. `edited` were changed by a person or a later file since."""

    retracted: int
    edited_new: int
    restored: int
    edited_updated: int


def forecast(run: ImportRun) -> Forecast:
    """Counts the versions that the import published, by whether they are still live."""
    published = StagedDeal.objects.filter(
        import_run=run, version__published_seq__isnull=False, version__import_run=run
    )
    created, updated = Q(outcome=Outcome.CREATED), Q(outcome=Outcome.UPDATED)
    counts = published.aggregate(
        retracted=Count("pk", filter=created & LIVE),
        edited_new=Count("pk", filter=created & ~LIVE),
        restored=Count("pk", filter=updated & LIVE),
        edited_updated=Count("pk", filter=updated & ~LIVE),
    )
    return Forecast(**counts)
