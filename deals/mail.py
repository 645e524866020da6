"""Mail about what waits for people, and to readers about what came of their reports.

Acts only write rows (`deals.journal`); a task that runs every minute sends what is due. Rows are
claimed with a lock, sent, and marked in one transaction, so that what failed goes out later and
what two tasks find goes out once.
"""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals.journal import told
from deals.models import MailChoice, Notification, Report
from deals.templatetags.formats import day, number
from deals.templatetags.imports import visible

log = logging.getLogger(__name__)
# The hour, in UTC, from which a daily mail is due; it has what came before.
MORNING = 5
# Mails in one run, things named in one mail with so many lines of each, and how long a mail that
# fails is tried again.
MOST, NAMED, LINES, PATIENCE = 200, 30, 10, timedelta(days=3)
KEPT = timedelta(days=180)


def send_due(now: datetime | None = None) -> int:
    """Send what is due; how many mails went out. A server that is away is asked again later."""
    now = now or timezone.now()
    people, readers = _people(now), _readers()
    sent = 0
    if not people and not readers:
        return sent
    try:
        with get_connection() as server:
            for user in people:
                sent += _to_person(user, now, server)
            for pk in readers:
                sent += _to_reader(pk, now, server)
    except (SMTPException, OSError) as error:
        log.warning("Mail is sent later: %s", error)
    return sent


def forget_read(now: datetime | None = None) -> int:
    """Delete notifications that were read and are half a year old."""
    old = (now or timezone.now()) - KEPT
    return Notification.objects.filter(read_at__isnull=False, at__lt=old).delete()[0]


def _people(now: datetime) -> list[User]:
    """Whom something is due for, who has waited longest first."""
    daily = Q(user__mail_choice__when=MailChoice.When.DAILY, at__gt=_morning(now))
    waiting = (
        Notification.objects.filter(mailed_at=None)
        .exclude(daily)
        .values("user_id")
        .annotate(oldest=Min("at"))
        .order_by("oldest", "user_id")
        .values_list("user_id", flat=True)[:MOST]
    )
    found = get_user_model().objects.select_related("mail_choice").in_bulk(list(waiting))
    return list(found.values())


def _readers() -> list[int]:
    """Reports whose answer somebody wants by mail."""
    closed = Report.objects.exclude(state=Report.State.OPEN).exclude(contact="")
    return list(closed.order_by("decided_at").values_list("pk", flat=True)[:MOST])


def _to_person(user: User, now: datetime, server: BaseEmailBackend) -> int:
    """One mail with all that is new for one person; 0 when there was nothing to send."""
    choice = getattr(user, "mail_choice", None)
    when = choice.when if choice else MailChoice.When.AT_ONCE
    with transaction.atomic():
        rows = _claimed(user, now if when != MailChoice.When.DAILY else _morning(now))
        if not rows:
            return 0
        wanted = when != MailChoice.When.NEVER and user.is_active and user.email
        news = [row for row in rows if row.read_at is None] if wanted else []
        sent = bool(news) and _delivered(_message(user, news), server)
        # Where nothing is to be sent, nothing waits; what failed waits, but not for ever.
        late = now - PATIENCE
        done = [row.pk for row in rows if sent or row not in news or row.at < late]
        Notification.objects.filter(pk__in=done).update(mailed_at=now)
    return int(sent)


def _claimed(user: User, until: datetime) -> list[Notification]:
    rows: QuerySet[Notification] = Notification.objects.filter(
        user=user, mailed_at=None, at__lte=until
    )
    return list(rows.order_by("at", "pk").select_for_update(skip_locked=True))


def _morning(now: datetime) -> datetime:
    """The last time that daily mails became due."""
    today = now.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return today if today <= now else today - timedelta(days=1)


def _message(user: User, news: list[Notification]) -> EmailMessage:
    """Plain text: each thing with its page and what somebody wrote about it."""
    parts = [_part(row) for row in news[:NAMED]]
    if more := len(news) - len(parts):
        parts.append(_("and %(more)s more") % {"more": number(more)})
    foot = _("How often you are written to: %(address)s")
    parts.append(foot % {"address": f"{settings.SITE_URL}/desk/notifications/"})
    return EmailMessage(_subject(_title(news)), "\n\n".join(parts), to=[user.email])


def _title(news: list[Notification]) -> str:
    if len(news) == 1:
        return told(news[0])
    title = ngettext(
        "%(number)s thing is new at the desk", "%(number)s things are new at the desk", len(news)
    )
    return title % {"number": number(len(news))}


def _part(row: Notification) -> str:
    lines = [visible(f"{told(row)} ({day(row.at)})"), f"{settings.SITE_URL}{row.link}"]
    lines += [f"    {visible(line)}" for line in row.text.splitlines()[:LINES]]
    return "\n".join(lines)


def _to_reader(pk: int, now: datetime, server: BaseEmailBackend) -> int:
    """The answer to a report; the reader's address is deleted with it, or after some days."""
    with transaction.atomic():
        waiting = Report.objects.exclude(contact="").select_for_update(skip_locked=True)
        report = waiting.filter(pk=pk).first()
        if report is None or report.decided_at is None:
            return 0
        parts = (
            _("You have reported an error to InvestTrack. This is the answer:"),
            _visible_lines(report.outcome),
            f"{settings.SITE_URL}/reports/{report.token}/",
            _("Your address has been deleted with this mail."),
        )
        title = _("What became of your report %(token)s") % {"token": report.token}
        message = EmailMessage(_subject(title), "\n\n".join(parts), to=[report.contact])
        sent = _delivered(message, server)
        if sent or report.decided_at < now - PATIENCE:
            Report.objects.filter(pk=pk).update(contact="")
    return int(sent)


def _delivered(message: EmailMessage, server: BaseEmailBackend) -> bool:
    """Whether the server took it. One address refused is no reason to keep others waiting."""
    message.connection = server
    try:
        return bool(message.send())
    except (SMTPRecipientsRefused, SMTPDataError):
        log.warning("A mail was refused by the server.")
    return False


def _visible_lines(text: str) -> str:
    return "\n".join(visible(line) for line in text.splitlines())


def _subject(text: str) -> str:
    """One line without control characters, since names come from anywhere."""
    return visible(" ".join(f"InvestTrack: {text}".split()))[:200]
