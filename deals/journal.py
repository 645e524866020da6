"""What people did, for the log, and what people are told, on the page and by mail.

Both are written in the transaction of the act itself, so that nothing is told that did not happen.
Mail goes out later (`deals.mail`), so that no act waits for a mail server.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deals.models import Activity, Notification

User = AbstractBaseUser | None
# What people do, in the past tense; an entry's object and text follow it.
VERBS = {
    "began": gettext_noop("began a draft"),
    "discarded": gettext_noop("threw a draft away"),
    "submitted": gettext_noop("submitted"),
    "sent": gettext_noop("sent through the API"),
    "took_back": gettext_noop("took back"),
    "published": gettext_noop("published"),
    "rejected": gettext_noop("rejected"),
    "retracted": gettext_noop("retracted"),
    "restored": gettext_noop("restored"),
    "merged": gettext_noop("merged"),
    "split": gettext_noop("undid the merge of"),
    "kept_apart": gettext_noop("said that two are two"),
    "assigned": gettext_noop("assigned"),
    "commented": gettext_noop("commented on"),
    "asked": gettext_noop("asked about"),
    "answered": gettext_noop("answered about"),
    "checked": gettext_noop("looked at a sample of"),
    "reported_closed": gettext_noop("answered a reader’s report on"),
    "brought": gettext_noop("brought a file in"),
    "undid": gettext_noop("undid"),
    "cancelled": gettext_noop("cancelled"),
    "retried": gettext_noop("started again"),
    "resolved": gettext_noop("decided a conflict on"),
    "took_held": gettext_noop("took a held file of"),
    "dropped_held": gettext_noop("dropped a held file of"),
    "scheduled": gettext_noop("changed the schedule of"),
    "released": gettext_noop("named the release"),
    "described_release": gettext_noop("changed the notes or DOI of the release"),
    "wanted_files": gettext_noop("asked for the files of the release"),
    "changed_reference": gettext_noop("changed reference data"),
    "changed_person": gettext_noop("changed an account"),
    "key_made": gettext_noop("made a key of the API"),
    "key_revoked": gettext_noop("revoked a key of the API"),
    "webhook_made": gettext_noop("made the webhook"),
    "webhook_off": gettext_noop("switched off the webhook"),
    "webhook_on": gettext_noop("switched on the webhook"),
    "webhook_rotated": gettext_noop("made a new secret for the webhook"),
    "webhook_tested": gettext_noop("tested the webhook"),
    "webhook_replayed": gettext_noop("had a message sent again to the webhook"),
    "webhook_deleted": gettext_noop("deleted the webhook"),
}
# Why a person is told something; the subject is a deal's target, an organization, a file.
TOLD = {
    "to_decide": gettext_noop("%(subject)s waits for a decision"),
    "assigned": gettext_noop("%(subject)s was assigned to you"),
    "asked": gettext_noop("A question about %(subject)s, which you submitted"),
    "answered": gettext_noop("Your question about %(subject)s was answered"),
    "commented": gettext_noop("A comment on %(subject)s"),
    "published": gettext_noop("%(subject)s, which you submitted, was published"),
    "rejected": gettext_noop("%(subject)s, which you submitted, was rejected"),
    "overtaken": gettext_noop("%(subject)s, which you submitted, meets a newer version"),
    "merged": gettext_noop("A merge of %(subject)s and another deal was made or undone"),
    "reported": gettext_noop("A reader reports an error in %(subject)s"),
    "import_done": gettext_noop("Your import of %(subject)s has ended"),
    "webhook_off": gettext_noop("Your webhook %(subject)s was switched off"),
}


def record(verb: str, *, by: User, text: str = "", **objects: Any) -> Activity:
    """Add an entry of the log. `objects`: deal, version, organization, edit, import_run, report.

    A version's deal and an edit's organization need not be given besides.
    """
    assert verb in VERBS, verb
    if (version := objects.get("version")) is not None:
        objects.setdefault("deal_id", version.deal_id)
    if (edit := objects.get("edit")) is not None:
        objects.setdefault("organization_id", edit.organization_id)
    return Activity.objects.create(
        verb=verb, by_id=by.pk if by else None, text=text, at=timezone.now(), **objects
    )


def notify(
    people: Iterable[int], kind: str, *, by: User, subject: str, link: str, text: str = ""
) -> None:
    """Tell people (user ids), each once, and nobody of what they did themselves."""
    assert kind in TOLD, kind
    own = by.pk if by else None
    Notification.objects.bulk_create(
        Notification(
            user_id=pk,
            kind=kind,
            by_id=own,
            subject=subject[:300],
            link=link[:300],
            text=text,
            at=timezone.now(),
        )
        for pk in sorted(set(people) - {own})
    )


def told(notification: Notification) -> str:
    """The sentence of a notification, in the reader's language; not escaped."""
    return _(TOLD[notification.kind]) % {"subject": notification.subject}
