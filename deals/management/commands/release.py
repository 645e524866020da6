"""`manage.py release 2026.11`: name the ledger's present end, for ever, and make its files."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from deals.exports import release as maker
from deals.exports.beside import MakerEnded
from deals.exports.naming import Refused, name_release
from deals.models import Release


class Command(BaseCommand):
    help = (
        "Name the present end of the ledger; release=NAME then gives the same numbers for ever, and"
        " its files are below /data/. With --rebuild: make the files of a named one again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="such as 2026.11")
        parser.add_argument("--notes", default="", help="what is in it, for readers")
        parser.add_argument("--doi", default="", help="such as 10.5281/zenodo.1234567")
        parser.add_argument("--no-files", action="store_true", help="only give the name")
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="make files again from the ledger, compare them, and put back what is missing or"
            " damaged; a release without files gets them",
        )
        parser.add_argument(
            "--check", action="store_true", help="with --rebuild: compare, and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["rebuild"]:
                self._rebuild(options["name"], repair=not options["check"])
            elif options["check"]:
                raise CommandError("--check is for --rebuild.", returncode=2)
            else:
                self._name(options)
        except maker.Busy:
            raise CommandError("Somebody else makes its files at the moment.") from None
        except OSError as error:
            raise CommandError(f"The files could not be written: {error}.") from None
        except MakerEnded as error:
            raise CommandError(f"The files could not be made. {error}") from None

    def _name(self, options: dict[str, Any]) -> None:
        try:
            made = name_release(
                name=options["name"],
                notes=options["notes"],
                doi=options["doi"],
                files=not options["no_files"],
                by=None,
            )
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=2) from None
        self.stdout.write(f"Release {made.name} is the ledger up to no. {made.seq}.")
        if not options["no_files"]:
            self._make(made)

    def _make(self, release: Release) -> None:
        made = maker.make(release)
        total = sum(file["bytes"] for file in made.files)
        self.stdout.write(f"{len(made.files)} files, {total:,} bytes, in {maker.where(made)}")

    def _rebuild(self, name: str, *, repair: bool) -> None:
        found = Release.objects.filter(name=name.replace("\0", " ")).first()
        if found is None:
            raise CommandError(f"There is no release {name}.", returncode=2)
        if not found.files:
            if not repair:
                raise CommandError(f"Release {name} has no files.", returncode=2)
            self._make(found)
            return
        looked_at = maker.check(found, repair=repair)
        for one in looked_at:
            self.stdout.write(f"{one.state:<14}{one.name}")
        wrong = [one.name for one in looked_at if not one.right]
        if wrong:
            raise CommandError(f"Not as listed: {', '.join(wrong)}.")
        self.stdout.write(f"Release {name} is what it was.")
