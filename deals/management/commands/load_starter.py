"""`manage.py load_starter`: the data that comes with the code, and the schedule of regular work."""

from typing import Any

from django.core.management.base import BaseCommand

from deals.feeds.starter import load_starter
from deals.management.schedule import settle_schedule


class Command(BaseCommand):
    help = "Load starter register, demonstration, figures and events; harmless to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        said: list[str] = []
        load_starter(said.append)
        settle_schedule()
        self.stdout.write("\n".join(said) or "The starter data is loaded already.")
