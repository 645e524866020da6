"""`manage.py import_feed FILE --profile P`: a supplier's file into the register, or into review."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from deals.feeds import report
from deals.feeds.profile import Profile
from deals.feeds.profile_toml import load_profile
from deals.feeds.queue import enqueue
from deals.feeds.receive import Received, receive_path
from deals.feeds.refusals import Refused
from deals.feeds.rejected import keep_rejected
from deals.feeds.run import dry_run, import_file
from deals.models import ImportRun
from deals.tasks import ring

REFUSED = 2


class Command(BaseCommand):
    help = (
        "Import a supplier's CSV file as its profile says. Without --publish it waits for review."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV file")
        parser.add_argument("--profile", type=Path, required=True, help="the feed's TOML profile")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen")
        parser.add_argument("--publish", action="store_true", help="publish without review")
        parser.add_argument("--background", action="store_true", help="leave it to the worker")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"] and (options["publish"] or options["background"]):
            raise CommandError(
                "--dry-run writes nothing, so it goes with neither --publish nor --background.",
                returncode=REFUSED,
            )
        try:
            profile = _profile(options["profile"])
            said, title = self._import(receive_path(options["file"]), profile, options)
        except Refused as refusal:
            self.stderr.write(str(refusal))
            sys.exit(REFUSED)
        if options["json"]:
            self.stdout.write(json.dumps(said, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(report.lines(said, title=title)))

    def _import(
        self, file: Received, profile: Profile, options: dict[str, Any]
    ) -> tuple[dict[str, Any], str]:
        if options["dry_run"]:
            return dry_run(file, profile), f"Dry run of {file.name}: nothing was written."
        if options["background"]:
            run = enqueue(
                file,
                profile,
                publish=options["publish"],
                by=None,
                ring=ring,
                channel=ImportRun.Channel.COMMAND,
            )
            return report.of_run(run), f"Import {run.pk} of {file.name} waits for a worker."
        run = import_file(file, profile, publish=options["publish"])
        keep_rejected(run)
        return report.of_run(run), _title(run)


def _profile(path: Path) -> Profile:
    try:
        return load_profile(path.read_text("utf-8-sig"))
    except OSError as error:
        raise Refused(f"The profile {path} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise Refused(f"The profile {path} is not in UTF-8, as TOML has to be.") from None


def _title(run: ImportRun) -> str:
    if run.state == ImportRun.State.PUBLISHED:
        return f"Import {run.pk} of {run.file_name}: published."
    return (
        f"Import {run.pk} of {run.file_name} waits for review: "
        f"manage.py review_import {run.pk} --approve"
    )
