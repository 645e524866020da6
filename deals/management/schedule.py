"""The regular work, kept in the database so that its times can be changed there."""

from django_celery_beat.models import (
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
)

from deals import tasks


def settle_schedule() -> None:
    """Add what is missing. Times that an administrator has changed stay changed."""
    minutely, _ = IntervalSchedule.objects.get_or_create(every=1, period=IntervalSchedule.MINUTES)
    # After the ECB has published the day's rates and well before anybody reads them.
    nightly, _ = CrontabSchedule.objects.get_or_create(minute="30", hour="3")
    PeriodicTask.objects.get_or_create(
        name="Ring again for imports that nobody works on",
        defaults={"task": tasks.sweep_imports.name, "interval": minutely},
    )
    PeriodicTask.objects.get_or_create(
        name="Fix exchange rates of periods that have ended",
        defaults={"task": tasks.close_periods.name, "crontab": nightly},
    )
