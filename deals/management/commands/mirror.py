"""`manage.py mirror https://… --into postgres://…`: keep a copy of another server's register."""

import os
import sys
import time
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pyarrow
from django.core.management.base import BaseCommand, CommandError, CommandParser

from deals.mirror.client import Client
from deals.mirror.copies import Copy, Proof
from deals.mirror.parquet import ParquetCopy
from deals.mirror.postgres import SCHEMA, PostgresCopy
from deals.mirror.prove import Mirror
from deals.mirror.register import Register
from deals.mirror.troubles import PlaceTrouble, ServerTrouble, Trouble

DATABASES = ("postgres://", "postgresql://")


class Command(BaseCommand):
    help = (
        "Keep a copy of a register in a PostgreSQL database or as Parquet files: everything once, "
        "then only what changed, and each time the proof that both are equal. Exit status 0: "
        "equal; 1: wrong options; 2: the server cannot be reached or refuses; 3: the copy differs; "
        "4: the database or folder cannot be used. See docs/mirror.md."
    )
    # The copy may live where there is no register.
    requires_system_checks: list[str] = []  # noqa: RUF012

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Wrong options end with 1: argparse's own 2 means here that there is no server."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.error = partial(_wrong_options, parser)  # type: ignore[method-assign]
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="of the server, such as https://investtrack.example")
        parser.add_argument("--into", required=True, help="postgres://… or a folder for Parquet")
        parser.add_argument("--schema", default=SCHEMA, help="of the database (%(default)s)")
        parser.add_argument("--population", help="one population instead of all real deals")
        parser.add_argument(
            "--key-env", metavar="NAME", help="environment variable that holds a key of the API"
        )
        parser.add_argument(
            "--follow", type=float, metavar="SECONDS", help="go on, and ask again so often"
        )
        parser.add_argument("--check", action="store_true", help="compare, and write nothing")
        parser.add_argument(
            "--repair", action="store_true", help="take everything anew where the copy differs"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            client = Client(options["url"], _key(options["key_env"]), say=self._say)
            copy = _copy(options["into"], options["schema"], make=not options["check"])
            try:
                mirror = Mirror(Register(client, options["population"]), copy, self._say)
                self._keep(mirror, client.url, options)
            finally:
                copy.close()
                client.close()
        except Trouble as trouble:
            raise CommandError(str(trouble), returncode=trouble.status) from None
        except (psycopg.Error, pyarrow.ArrowException, OSError) as error:
            said = f"The copy cannot be written: {str(error).strip()}"
            raise CommandError(said, returncode=PlaceTrouble.status) from None
        except KeyboardInterrupt:
            self._say("Stopped.")

    def _keep(self, mirror: Mirror, url: str, options: dict[str, Any]) -> None:
        if options["check"]:
            self._tell(url, mirror.check())
            return
        self._tell(url, mirror.run(repair=options["repair"]))
        while options["follow"] is not None:
            time.sleep(max(options["follow"], 1.0))
            try:
                proof = mirror.again(repair=options["repair"])
            except ServerTrouble as trouble:
                self._say(f"{trouble} Asked again in {options['follow']:g} seconds.")
                continue
            if proof:
                self._tell(url, proof)

    def _tell(self, url: str, proof: Proof) -> None:
        beside = "" if proof.organizations is None else f", {proof.organizations:,} organizations"
        self._say(
            f"Copy equals {url} at ledger no. {proof.seq:,}: {proof.deals:,} deals, "
            f"digest {proof.digest}{beside}."
        )

    def _say(self, said: str) -> None:
        self.stdout.write(said)
        self.stdout.flush()


def _wrong_options(parser: CommandParser, said: str) -> NoReturn:
    if not parser.called_from_command_line:
        raise CommandError(f"Error: {said}", returncode=1)
    parser.print_usage(sys.stderr)
    parser.exit(1, f"{parser.prog}: error: {said}\n")


def _key(name: str | None) -> str:
    if not name:
        return ""
    if not (key := os.environ.get(name, "").strip()):
        raise CommandError(f"The environment variable {name} is not set.", returncode=1)
    return key


def _copy(into: str, schema: str, *, make: bool) -> Copy:
    if into.startswith(DATABASES):
        return PostgresCopy(into, schema, make=make)
    if "://" in into:
        raise PlaceTrouble("A copy goes into postgres://… or a folder.")
    return ParquetCopy(Path(into), make=make)
