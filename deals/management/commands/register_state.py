"""`manage.py register_state`: what two copies of the register are compared by, as JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction

from deals.management.state import register_state, state_until
from investtrack.backup.moment import LOCALLY, ONE_VIEW


class Command(BaseCommand):
    help = (
        "Print the ledger's end, digests, the headline, and rows and checksum of each table, as "
        "JSON: before and after a move to another server both must say the same."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--until", type=int, metavar="SEQ",
            help="also what was so after this entry of the ledger, whatever came since",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(ONE_VIEW)
                cursor.execute(LOCALLY)
            said = register_state()
            if options["until"] is not None:
                said["until"] = state_until(options["until"])
        self.stdout.write(json.dumps(said, indent=1, ensure_ascii=False))
