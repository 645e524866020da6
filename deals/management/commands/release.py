"""`manage.py release 2026.11`: give the ledger's present end a name, for ever."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction
from django.utils import timezone

from deals.flows.query import FlowQuery
from deals.models import Release, ledger
from deals.rules.errors import RuleError

LONGEST = 32


class Command(BaseCommand):
    help = "Name the present end of the ledger; release=NAME then gives the same numbers for ever."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="such as 2026.11")
        parser.add_argument("--notes", default="", help="what is in it, for readers")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"]
        try:
            # A name that no question could ask for would be of no use.
            FlowQuery.from_params({"release": name})
            if not 1 <= len(name) <= LONGEST:
                raise RuleError("name_length", f"A release's name has 1 to {LONGEST} characters.")
            with transaction.atomic():
                head = ledger.lock()
                Release.objects.create(
                    name=name, seq=head, notes=options["notes"], at=timezone.now()
                )
        except IntegrityError:
            raise CommandError(
                f"There is a release {name} already, and a release never changes.", returncode=2
            ) from None
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from None
        self.stdout.write(f"Release {name} is the ledger up to no. {head}.")
