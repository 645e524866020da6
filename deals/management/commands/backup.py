"""`manage.py backup`: one backup of the whole installation (docs/operations.md)."""

from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from deals.management.state import register_state
from investtrack.backup import BackupError
from investtrack.backup.shelf import Backup, Shelf
from investtrack.backup.source import source
from investtrack.backup.take import Wanted, take
from investtrack.backup.told import BACKUP, tell


class Command(BaseCommand):
    help = (
        "Copy the database server, received files and files of releases into BACKUP_DIR, verify "
        "the copy, and write down what the register says at that moment."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=None, help="instead of BACKUP_DIR")
        parser.add_argument("--keep", type=int, default=None, help="instead of BACKUP_KEEP")
        parser.add_argument(
            "--with-secret", action="store_true",
            help="also VAR_DIR/secret-key, by which sessions and links are signed",
        )  # fmt: skip
        parser.add_argument(
            "--patience", type=float, default=60.0, metavar="S",
            help="seconds to wait for a moment at which nobody writes (default 60)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        shelf = Shelf(options["to"] or settings.BACKUP_DIR)
        keep = settings.BACKUP_KEEP if options["keep"] is None else options["keep"]
        if keep < 1:
            raise CommandError("--keep is 1 or more: the newest backup stays.", returncode=2)
        wanted = Wanted(
            register_state,
            {"imports": settings.IMPORTS_DIR, "releases": settings.RELEASES_DIR},
            settings.VAR_DIR / "secret-key" if options["with_secret"] else None,
            options["patience"],
        )
        try:
            made = take(shelf, source(settings.BACKUP_URL), wanted)
        except (BackupError, OSError, psycopg.Error, Error) as error:
            said = _in_words(error)
            tell(BACKUP, said, [settings.VAR_DIR, shelf.folder])
            raise CommandError(f"No backup was taken. {said}") from None
        tell(BACKUP, "", [settings.VAR_DIR, shelf.folder])
        try:
            gone = shelf.keep(keep)
        except OSError as error:
            raise CommandError(f"{made.folder} is good, but older ones stayed. {error}") from None
        self._say(made, gone)

    def _say(self, made: Backup, gone: list[str]) -> None:
        manifest = made.manifest()
        register, moment = manifest["register"], manifest["moment"]
        self.stdout.write(
            f"Backup {made.folder}: {manifest['bytes'] / 1e6:,.1f} MB in {manifest['seconds']} s, "
            f"each file verified. The register at {moment['at']}: ledger up to "
            f"no. {register['head']:,}, {register['deals']['number']:,} deals, "
            f"{len(register['tables'])} tables, {len(manifest['files']):,} files beside it."
        )
        if not moment["exact"]:
            self.stdout.write(
                "Somebody wrote all the time, so a drill compares the ledger up to that entry and "
                "not each table."
            )
        if gone:
            self.stdout.write(f"Removed as too old: {', '.join(gone)}.")


def _in_words(error: Exception) -> str:
    """Most say themselves what is wrong; a database without tables is likely another one."""
    if psycopg.errors.UndefinedTable in (type(error), type(error.__cause__)):
        return (
            "The database has no tables of the register: are these the settings of the "
            "installation (docs/operations.md)? manage.py migrate makes tables."
        )
    return str(error)
