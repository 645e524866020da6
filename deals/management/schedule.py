"""The regular work, kept in the database so that its times can be changed there."""

from django_celery_beat.models import (
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
)

from deals import tasks

SECONDS, MINUTES = IntervalSchedule.SECONDS, IntervalSchedule.MINUTES


def settle_schedule() -> None:
    """Add what is missing. Times that an administrator has changed stay changed."""
    # A worker that died is noticed after so many seconds.
    _every(10, SECONDS, "Ring again for imports that nobody works on", tasks.sweep_imports.name)
    _every(1, MINUTES, "Begin the turns of scheduled feeds", tasks.check_feeds.name)
    _every(1, MINUTES, "Send mail that is due", tasks.send_mail.name)
    _every(1, MINUTES, "Weigh what waits for a decision", tasks.weigh_reviews.name)
    _every(
        1, MINUTES, "Tell webhooks, and try again where nobody answered", tasks.tell_webhooks.name
    )
    _every(5, MINUTES, "Look for deals that may be one", tasks.suggest_lately.name)
    _every(5, MINUTES, "Make the files of releases", tasks.make_releases.name)
    # After the ECB has published the day's rates and well before anybody reads them.
    _nightly("3", "30", "Fix exchange rates of periods that have ended", tasks.close_periods.name)
    _nightly("4", "10", "Tidy up after imports", tasks.tidy.name)


def _every(number: int, period: str, name: str, task: str) -> None:
    interval, _ = IntervalSchedule.objects.get_or_create(every=number, period=period)
    # A message that nobody has heard by the next turn says nothing new.
    PeriodicTask.objects.get_or_create(
        name=name, defaults={"task": task, "interval": interval, "expire_seconds": 60}
    )


def _nightly(hour: str, minute: str, name: str, task: str) -> None:
    crontab, _ = CrontabSchedule.objects.get_or_create(minute=minute, hour=hour)
    PeriodicTask.objects.get_or_create(name=name, defaults={"task": task, "crontab": crontab})
