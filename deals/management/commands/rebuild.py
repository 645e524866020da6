"""`manage.py rebuild`: compute facts and documents again from the versions."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from deals.feeds import spellings
from deals.models.derived import rebuild
from deals.models.rollup import rebuild_cells


class Command(BaseCommand):
    help = (
        "Compute the facts and documents of all published versions again; history stays as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only-provisional",
            action="store_true",
            help="only deals converted at the mean rate of a period that was still open",
        )

        parser.add_argument(
            "--rollups",
            action="store_true",
            help="only the cells of added-up facts, which every publication keeps in step",
        )

        parser.add_argument(
            "--names",
            action="store_true",
            help="only the spellings under which organizations are looked up while typing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rollups"]:
            self.stdout.write(f"Live facts were added up again into {rebuild_cells():,} cells.")
            return
        if options["names"]:
            self.stdout.write(f"Spellings of organizations: {spellings.rebuild():,}.")
            return
        count = rebuild(only_provisional=options["only_provisional"])
        self.stdout.write(f"Facts and documents of {count:,} versions were computed again.")
