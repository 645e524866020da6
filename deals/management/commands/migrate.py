"""`manage.py migrate`: Django's own, on a site that is being used (docs/migrations.md)."""

from functools import partial
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections

from investtrack.migrating.gently import (
    LOCK_MILLISECONDS,
    PATIENCE,
    again_and_again,
    one_at_a_time,
    who_is_open,
)


class Command(migrate.Command):
    help = (
        f"{migrate.Command.help} Nobody waits long behind it: a lock that is not had at once is "
        "asked for again later."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-timeout", type=int, default=LOCK_MILLISECONDS, metavar="MS",
            help="milliseconds to wait for a lock before letting others pass "
            f"(default {LOCK_MILLISECONDS}; 0 waits for ever, and everybody behind it)",
        )  # fmt: skip
        parser.add_argument(
            "--patience", type=float, default=PATIENCE, metavar="S",
            help=f"seconds for which a migration is tried again (default {PATIENCE:.0f})",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        connection, patience = connections[options["database"]], options["patience"]
        with one_at_a_time(connection, patience) as mine:
            if not mine:
                raise CommandError("Another `manage.py migrate` works on this database; try later.")
            done = again_and_again(
                connection,
                partial(super().handle, *args, **options),
                milliseconds=options["lock_timeout"],
                patience=patience,
                say=self.stderr.write,
            )
        if not done:
            raise CommandError(
                f"A table was in use for {patience:.0f} seconds, so the rest was left undone; what "
                "was applied stays, and the program of before still works on it. "
                f"{who_is_open(connection)} End that transaction, or run this again at a quieter "
                "hour."
            )
