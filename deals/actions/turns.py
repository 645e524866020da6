"""Whoever changes what organizations are waits for those who match names, and they for it."""

from django.utils.translation import gettext as _

from deals.actions.deals import NotAllowed
from deals.feeds.match import lock
from deals.models import ImportRun


def take_turn() -> None:
    """Wait for those who match names, to the end of the transaction. Raises `NotAllowed` while an
    import writes its versions: it matched names before, and would point to what was."""
    lock()
    busy = ImportRun.objects.filter(
        state=ImportRun.State.RUNNING,
        phase__in=(ImportRun.Phase.PREPARING, ImportRun.Phase.UNDOING),
    ).first()
    if busy is not None:
        raise NotAllowed(
            _(
                "Import %(number)s (%(file)s) is writing its deals just now. Nothing was changed; "
                "try again when it is done."
            )
            % {"number": busy.pk, "file": busy.file_name}
        )
