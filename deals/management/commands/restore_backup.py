"""`manage.py restore_backup`: make a server's data of a backup (docs/operations.md)."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from investtrack.backup import BackupError
from investtrack.backup.restore import (
    hand_over,
    lay_out,
    read_time,
    reading,
    tell,
    until_moment,
    until_time,
)
from investtrack.backup.shelf import Shelf
from investtrack.embedded.owner import current


class Command(BaseCommand):
    help = (
        "Lay a backup out as the data of a PostgreSQL server that recovers when it is started: to "
        "the end of the archived log, or to a time. Starts nothing."
    )
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--into", type=Path, required=True, help="the empty data folder")
        parser.add_argument("--from", type=Path, default=None, dest="shelf", help="not BACKUP_DIR")
        parser.add_argument("--backup", default="", metavar="NAME", help="instead of the newest")
        parser.add_argument(
            "--files", type=Path, help="put imports/ and releases/ into this folder"
        )
        until = parser.add_mutually_exclusive_group()
        until.add_argument("--time", default="", help="recover until then: 2026-11-22T19:30:00Z")
        until.add_argument(
            "--as-described", action="store_true", help="until the moment of the backup itself"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        shelf = Shelf(options["shelf"] or settings.BACKUP_DIR)
        data: Path = options["into"].resolve()
        try:
            time = read_time(options["time"]) if options["time"] else None
            backup = shelf.newest(options["backup"], until=time)
            until = until_moment(backup) if options["as_described"] else {}
            if options["time"]:
                until = until_time(options["time"])
            lay_out(backup, data)
            tell(data, {**reading(shelf.wal.resolve()), **until})
            hand_over(data, current())
            if options["files"]:
                shutil.copytree(backup.files, options["files"], dirs_exist_ok=True)
        except (BackupError, OSError) as error:
            raise CommandError(f"Nothing was restored. {error}") from None
        self.stdout.write(
            f"{data} is backup {backup.name}. Start PostgreSQL {backup.manifest()['major']} on it: "
            "it recovers and is then an ordinary server. It reads the log from "
            f"{shelf.wal.resolve()}, which its user must be able to read."
        )
