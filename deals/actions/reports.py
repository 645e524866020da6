"""Readers' reports: sent without an account, given to a colleague, answered in public."""

from datetime import date, timedelta
from secrets import choice

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from deals import journal
from deals.actions.deals import NotAllowed
from deals.models import Deal, DealVersion, Organization, OrganizationEdit, Report
from deals.models.publicid import ALPHABET
from deals.rules.roles import ANSWER

User = AbstractBaseUser | None
# The page of deals.desk where a report is answered; a test follows it.
PAGE = "/desk/reports/{}/"
# Any constant will do, as long as nothing else in this database takes it.
LOCK_KEY = 4_281_503_291
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOKEN = 12
# Permissions are asked of groups; other ways to sign in know none.
BACKEND = "django.contrib.auth.backends.ModelBackend"
Versions = DealVersion.State


class TooMany(Exception):
    """This address has sent as many reports as it may; `wait` says for how long."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__("This address has sent as many reports as it may.")


@transaction.atomic
def send(
    *,
    text: str,
    address: str,
    deal: Deal | None = None,
    organization: Organization | None = None,
    field: str = "",
    source_url: str = "",
    contact: str = "",
) -> Report:
    """Open a ticket about a deal or an organization, and tell whoever may answer it.

    The same text about the same thing, while nobody has answered, is the ticket that is there
    already. `address` is the sender's, of which only a hash is kept that nobody can follow from
    day to day. Raises `TooMany`.
    """
    _one_at_a_time()
    about = {"deal": deal, "organization": organization}
    found = Report.objects.filter(state=Report.State.OPEN, text=text, **about).first()
    if found is not None:
        return found
    _refuse_too_many(address)
    report = Report.objects.create(
        token=_token(),
        field=field,
        text=text,
        source_url=source_url,
        contact=contact,
        address_hash=hashed(address, timezone.now().date()),
        created_at=timezone.now(),
        **about,
    )
    journal.notify(
        answerers(), "reported", by=None, subject=named(report), link=PAGE.format(report.pk)
    )
    return report


@transaction.atomic
def assign(*, report: Report, to: AbstractBaseUser | None, by: User) -> Report:
    """Say who looks after an open report; None gives it back to everybody."""
    locked = _open(report)
    if to is not None and to.pk not in answerers():
        raise NotAllowed(_("This person may not answer readers’ reports."))
    if locked.assigned_to_id == (to.pk if to else None):
        return locked
    locked.assigned_to_id = to.pk if to else None
    locked.save(update_fields=["assigned_to"])
    journal.record(
        "assigned", by=by, text=f"→ {to.get_username()}" if to else "", **_objects(locked)
    )
    if to is not None:
        link = PAGE.format(locked.pk)
        journal.notify([to.pk], "assigned", by=by, subject=named(locked), link=link)
    return locked


@transaction.atomic
def close(
    *,
    report: Report,
    accepted: bool,
    outcome: str,
    by: User,
    version: DealVersion | None = None,
    edit: OrganizationEdit | None = None,
) -> Report:
    """Answer a report in public words, naming what mends it: a version, or a published edit."""
    locked = _open(report)
    if not outcome.strip():
        raise NotAllowed(_("Say in a sentence what came of it; everybody can read it."))
    if version and (version.deal_id != locked.deal_id or version.state != Versions.PUBLISHED):
        raise NotAllowed(_("That is not a published version of this deal."))
    if edit and (edit.organization_id != locked.organization_id or edit.seq is None):
        raise NotAllowed(_("That is not a published change of this organization."))
    locked.state = Report.State.ACCEPTED if accepted else Report.State.DECLINED
    locked.outcome, locked.decided_at = outcome, timezone.now()
    locked.decided_by_id = by.pk if by else None
    locked.save(update_fields=["state", "outcome", "decided_at", "decided_by"])
    mended = {"version": version if accepted else None, "edit": edit if accepted else None}
    journal.record("reported_closed", by=by, text=outcome, **_objects(locked), **mended)
    return locked


def answerers() -> list[int]:
    """Everybody who may answer readers."""
    people = get_user_model().objects.with_perm(ANSWER, backend=BACKEND)
    return list(people.filter(is_active=True).values_list("pk", flat=True))


def hashed(address: str, day: date) -> str:
    """An address on one day, so that it can be counted and not found out."""
    return salted_hmac(f"deals.reports.{day}", address, algorithm="sha256").hexdigest()


def named(report: Report) -> str:
    """What it is about, as people call it."""
    if report.organization is not None:
        return report.organization.name
    versions = DealVersion.objects.filter(deal=report.deal_id, state=Versions.PUBLISHED)
    return versions.order_by("-number").values_list("target_name", flat=True).first() or ""


def _open(report: Report) -> Report:
    """The report, locked, if nobody has answered it."""
    locked = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if locked.state != Report.State.OPEN:
        raise NotAllowed(_("Somebody has answered this report already; nothing was changed."))
    return locked


def _objects(report: Report) -> dict[str, object]:
    return {"report": report, "deal": report.deal, "organization": report.organization}


def _one_at_a_time() -> None:
    """Reports are few; so that counting them holds, they are sent one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])


def _refuse_too_many(address: str) -> None:
    now = timezone.now()
    days = [hashed(address, now.date()), hashed(address, (now - DAY).date())]
    sent = Report.objects.filter(address_hash__in=days)
    limits = ((HOUR, settings.REPORTS_PER_HOUR), (DAY, settings.REPORTS_PER_DAY))
    for span, most in limits:
        if sent.filter(created_at__gt=now - span).count() >= most:
            raise TooMany(span)


def _token() -> str:
    """Long enough that nobody guesses one; letters that are not mistaken for digits."""
    return "".join(choice(ALPHABET) for _turn in range(TOKEN))
