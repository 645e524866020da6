"""`manage.py restore_drill`: does the newest backup restore? (docs/operations.md)"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from investtrack.backup import BackupError
from investtrack.backup.drill import Report, drill, write_result
from investtrack.backup.restore import read_time, until_time
from investtrack.backup.shelf import Shelf
from investtrack.backup.told import DRILL, tell


class Command(BaseCommand):
    help = (
        "Restore a backup into a server of its own in a temporary folder, start the product on it, "
        "and compare everything with what the backup says of itself. The installation is not "
        "touched; exit 1 when anything differs."
    )
    # It is asked when the installation may be gone.
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", type=Path, default=None, dest="shelf", help="not BACKUP_DIR")
        parser.add_argument("--backup", default="", metavar="NAME", help="instead of the newest")
        parser.add_argument("--folder", type=Path, default=None, help="instead of /tmp")
        until = parser.add_mutually_exclusive_group()
        until.add_argument("--time", default="", help="recover until then: 2026-11-22T19:30:00Z")
        until.add_argument(
            "--to-the-end", action="store_true", help="recover all of the log that was archived"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        shelf = Shelf(options["shelf"] or settings.BACKUP_DIR)
        try:
            until = until_time(options["time"]) if options["time"] else None
            if options["to_the_end"]:
                until = {}
            time = read_time(options["time"]) if options["time"] else None
            backup = shelf.newest(options["backup"], until=time)
            report = drill(shelf, backup, until=until, folder=options["folder"])
        except (BackupError, OSError) as error:
            tell(DRILL, str(error), [settings.VAR_DIR, shelf.folder])
            raise CommandError(f"The drill failed. {error}") from None
        write_result(shelf, report)
        self._say(report)
        if report.faults:
            raise CommandError(f"The drill failed: {len(report.faults)} differences.")
        self.stdout.write("The drill passed: nothing differs.")

    def _say(self, report: Report) -> None:
        self.stdout.write(f"Backup {report.backup}, recovered to {report.until}.")
        for what, seconds in report.seconds.items():
            self.stdout.write(f"  {seconds:.1f} s for {what}")
        for what, fact in report.facts.items():
            self.stdout.write(f"  {what}: {fact}")
        for fault in report.faults:
            self.stderr.write(f"  DIFFERS: {fault}")
