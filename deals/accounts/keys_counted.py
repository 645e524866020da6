"""Requests of partners, counted by the hour: the limit stops them, the usage page shows them.

A subject is "key:<id>", "user:<id>" or "address:<address>", and an hour one of UTC by the
database's clock, so that all processes and machines count together.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from deals.models import ApiCount, ApiKey

HOUR = 3600
KEPT_DAYS, SHOWN_DAYS = 90, 30
LONGEST_SUBJECT = 64
_SECONDS = "ceil(extract(epoch FROM hour + interval '1 hour' - statement_timestamp()))::int"
# One statement, so exact however many ask at once: whoever finds the limit reached changes no row.
_COUNT = f"""
INSERT INTO deals_apicount AS counted (subject, hour, used, refused)
SELECT %(subject)s, date_trunc('hour', statement_timestamp(), 'UTC'), 1, 0
ON CONFLICT (subject, hour) DO UPDATE SET used = counted.used + 1
WHERE %(limit)s = 0 OR counted.used < %(limit)s
RETURNING used, {_SECONDS}
"""
# A count that a crash of the server forgets is no loss worth waiting for the disk.
_COUNT_QUICKLY = _COUNT.replace(
    "1, 0\n", "1, 0 FROM set_config('synchronous_commit', 'off', true)\n"
)
_REFUSE = f"""
UPDATE deals_apicount SET refused = refused + 1
WHERE subject = %(subject)s AND hour = date_trunc('hour', statement_timestamp(), 'UTC')
RETURNING {_SECONDS}
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a subject stands in this hour. `limit` 0 is none, `seconds` are left of the hour."""

    limit: int
    left: int
    seconds: int
    allowed: bool = True


@dataclass(frozen=True, slots=True)
class Day:
    """Requests of one day (UTC): those that were answered, and those beyond the limit."""

    day: date
    used: int
    refused: int


def subject_of(key: ApiKey) -> str:
    return f"key:{key.pk}"


def limit_of(key: ApiKey) -> int:
    """Requests in an hour that the key has; 0 is no limit."""
    return settings.API_PER_HOUR if key.hourly_limit is None else key.hourly_limit


def count(subject: str, limit: int) -> Standing:
    """Count one request. Exactly `limit` of an hour are allowed, whoever asks at the same time."""
    given: dict[str, str | int] = {"subject": subject[:LONGEST_SUBJECT], "limit": limit}
    # Inside a transaction the setting would hold for all that comes after, too.
    statement = _COUNT if connection.in_atomic_block else _COUNT_QUICKLY
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        if (row := cursor.fetchone()) is not None:
            used, seconds = row
            return Standing(limit, max(limit - used, 0), seconds)
        cursor.execute(_REFUSE, given)
        row = cursor.fetchone()
    # Without a row a new hour has begun between the two statements.
    return Standing(limit, 0, row[0], allowed=False) if row else count(subject, limit)


def standing(subject: str, limit: int) -> Standing:
    """Where the subject stands, without counting."""
    now = timezone.now().astimezone(UTC)
    hour = now.replace(minute=0, second=0, microsecond=0)
    row = ApiCount.objects.filter(subject=subject, hour=hour).values_list("used", flat=True).first()
    left = max(limit - (row or 0), 0)
    return Standing(limit, left, HOUR - int((now - hour).total_seconds()))


def days_of(subject: str, today: date) -> list[Day]:
    """The last 30 days to `today`, the oldest first, those without a request too."""
    first = today - timedelta(days=SHOWN_DAYS - 1)
    rows = (
        ApiCount.objects.filter(subject=subject, hour__gte=_midnight(first))
        .annotate(day=TruncDate("hour", tzinfo=UTC))
        .values("day")
        .annotate(used=Sum("used"), refused=Sum("refused"))
        .values_list("day", "used", "refused")
    )
    found = {day: (used, refused) for day, used, refused in rows}
    days = [first + timedelta(days=number) for number in range(SHOWN_DAYS)]
    return [Day(day, *found.get(day, (0, 0))) for day in days]


def used_lately(subjects: list[str], today: date) -> dict[str, int]:
    """Requests of the last 30 days that were answered, by subject. One query."""
    first = today - timedelta(days=SHOWN_DAYS - 1)
    rows = ApiCount.objects.filter(subject__in=subjects, hour__gte=_midnight(first))
    return dict(rows.values("subject").annotate(n=Sum("used")).values_list("subject", "n"))


def forget_counts(now: datetime | None = None) -> int:
    """Delete counts older than 90 days; how many rows that were."""
    old = (now or timezone.now()) - timedelta(days=KEPT_DAYS)
    gone, _by_model = ApiCount.objects.filter(hour__lt=old).delete()
    return gone


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
