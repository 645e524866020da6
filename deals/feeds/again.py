"""Imports that were compared with what is now undone are compared again, from their first row."""

from django.db.models import F

from deals.feeds.cleanup import AT_THE_BEGINNING, remove_everything
from deals.models import Feed, ImportRun

State, Phase = ImportRun.State, ImportRun.Phase
# A file that is still being read was compared with nothing yet.
NOT_COMPARED = (Phase.READING, Phase.UNDOING)
# As nobody had decided on it, or worked on it.
UNDECIDED: dict[str, object] = {
    "state": State.QUEUED,
    "leased_until": None,
    "tries": 0,
    "claims": 0,
    "problem": "",
    "impact": None,
    "decided_by": None,
    "decided_at": None,
    "reason": "",
}


def wait_for_undoing(run: ImportRun) -> None:
    """Wait while an import of the feed is being undone, and keep undoing out to the end of the
    transaction.

    To be called when a run becomes one that is compared with the register: what an undo that is
    not yet committed takes back would still be found there.
    """
    Feed.objects.select_for_update(no_key=True).filter(pk=run.feed_id).values_list("pk").first()


def compare_again(undone: ImportRun) -> None:
    """Send the feed's imports that are not yet published back to their beginning.

    Whoever works on one finds its fence closed. One that somebody approved waits for a decision
    again, since it may now bring something else; one that failed stays so until it is retried. To
    be called in the transaction of the undo, before organizations are locked: whoever prepares an
    import locks it first. The sweeper rings.
    """
    wait_for_undoing(undone)
    compared = ImportRun.objects.filter(
        feed=undone.feed_id,
        state__in=(State.QUEUED, State.RUNNING, State.REVIEW, State.FAILED),
    ).exclude(phase__in=NOT_COMPARED)
    runs = compared.exclude(pk=undone.pk).select_for_update(of=("self",), no_key=True)
    for pk, state in runs.order_by("pk").values_list("pk", "state"):
        remove_everything(pk)
        run = ImportRun.objects.get(pk=pk)
        run.row_errors.all().delete()
        beginning = AT_THE_BEGINNING | (UNDECIDED if state != State.FAILED else {})
        ImportRun.objects.filter(pk=pk).update(**beginning, fence=F("fence") + 1)
