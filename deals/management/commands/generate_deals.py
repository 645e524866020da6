"""`manage.py generate_deals 1000000`: an invented register to measure with, in its own database."""

from argparse import ArgumentParser
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from deals.feeds.generated import code_of, generate
from deals.feeds.refusals import Refused

REFUSED = 2


class Command(BaseCommand):
    help = (
        "Generate so many invented deals into a database of their own, to measure with. Refuses "
        "where real deals are."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("count", type=int, help="how many deals, e.g. 1000000")
        parser.add_argument("--seed", type=int, default=1, help="another seed, other deals")
        parser.add_argument(
            "--without-documents",
            action="store_true",
            help="only what is counted: half the space and time, but no lists, files and API",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        begun = perf_counter()
        count, documents = options["count"], not options["without_documents"]
        try:
            for done in generate(count, options["seed"], documents=documents):
                seconds = perf_counter() - begun
                self.stdout.write(f"{done:,} deals, {done / seconds:,.0f} a second")
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=REFUSED) from None
        code = code_of(count)
        self.stdout.write(f"Population “{code}”, marked as generated: /flows/?population={code}")
