"""Telling people that an import has come to its end, or waits for them."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q

from deals import journal
from deals.models import ImportRun, Notification
from deals.rules.roles import DECIDE

# The page of an import at the desk; a test follows it.
PAGE = "/desk/imports/{}/"
# Permissions are asked of groups; other ways to sign in know none.
BACKEND = "django.contrib.auth.backends.ModelBackend"
State = ImportRun.State
ENDED = (State.PUBLISHED, State.FAILED, State.UNDONE)


def tell_of_end(import_id: int) -> None:
    """Tell whoever may decide that it waits, or whoever brought it in that it has ended.

    Whoever was told of this end, or has not read yet what they were told before, is not told again;
    so a message that comes twice, also at the same instant, does no harm. Only who has read that an
    import waits, and has not decided, is reminded of it by one that comes late.
    """
    # Whoever works on an import holds it, and a message that came twice need not wait for that.
    if ImportRun.objects.filter(pk=import_id, state__in=(State.REVIEW, *ENDED)).exists():
        _tell_once(import_id)


@transaction.atomic
def _tell_once(import_id: int) -> None:
    # Two who look at the same instant would both find that nobody was told.
    runs = ImportRun.objects.select_for_update(of=("self",), no_key=True)
    run = runs.select_related("feed").get(pk=import_id)
    kind, people = "to_decide", set[int]()
    if run.state == State.REVIEW:
        people = _deciders(run)
    elif run.state in ENDED and run.created_by_id:
        kind, people = "import_done", {run.created_by_id}
    link = PAGE.format(run.pk)
    known = Q(read_at=None)
    if run.state in ENDED and run.finished_at:
        known |= Q(at__gte=run.finished_at)
    told = Notification.objects.filter(known, user__in=people, kind=kind, link=link)
    people -= set(told.values_list("user_id", flat=True))
    journal.notify(
        people, kind, by=None, subject=run.file_name or run.feed.name, link=link, text=run.problem
    )


def _deciders(run: ImportRun) -> set[int]:
    people = get_user_model().objects.with_perm(DECIDE, backend=BACKEND).filter(is_active=True)
    if run.created_by_id and not settings.SELF_APPROVAL:
        people = people.exclude(pk=run.created_by_id)
    return set(people.values_list("pk", flat=True))
