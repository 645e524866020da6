"""`manage.py suggest`: look again for organizations and deals of the register that may be one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from deals.entry import likely_pairs
from deals.feeds.suggest import suggest
from deals.models import Organization


class Command(BaseCommand):
    help = (
        "Looks at all organizations and deals, not only at new ones, for pairs that may be one. "
        "They wait at the desk for a person; pairs that were decided on stay decided."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organizations", action="store_true", help="only organizations")
        parser.add_argument("--deals", action="store_true", help="only deals")

    def handle(self, *args: Any, **options: Any) -> None:
        both = options["organizations"] == options["deals"]
        if both or options["organizations"]:
            live = Organization.objects.filter(merged_into=None).order_by("pk")
            found = suggest(list(live.values_list("pk", flat=True)), None)
            self.stdout.write(f"Organizations: {found:,} new pairs.")
        # Afterwards, since deals are compared where their targets may be one.
        if both or options["deals"]:
            self.stdout.write(f"Deals: {likely_pairs.suggest_all():,} pairs new or changed.")
