"""`manage.py flow_share --investor europe --target CN --from 2017 --to 2022 [--json]`"""

import json
from argparse import ArgumentParser
from dataclasses import fields
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from deals.flows.asked import share_answer
from deals.flows.query import PARAM_OF, BadParameters, FlowQuery
from deals.flows.share import REQUIRED
from deals.management.plain import report


class Command(BaseCommand):
    help = "What share of the deals into Y had an investor from X? The same answer as the API's."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for item in fields(FlowQuery):
            name = PARAM_OF.get(item.name, item.name)
            option = "--" + name.replace("_", "-")
            spellings = {option, "--" + name}
            parser.add_argument(
                *sorted(spellings), dest=f"q_{name}", metavar=name.upper(), help=HELP.get(name)
            )
        parser.add_argument("--json", action="store_true", help="print the whole answer as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = {
            name.removeprefix("q_"): value
            for name, value in options.items()
            if name.startswith("q_") and value is not None
        }
        try:
            query = FlowQuery.from_params(asked, required=REQUIRED)
            answer, _ = share_answer(query)
        except BadParameters as error:
            raise CommandError(
                "\n".join(f"--{p.parameter}: {p.message}" for p in error.problems), returncode=2
            ) from None
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(report(answer))


HELP = {
    "investor": "regions and countries of the investors, e.g. europe or DE,FR",
    "target": "regions and countries of the companies invested in, e.g. CN or china-hk-mo",
    "from": "first year, month or day",
    "to": "last year, month or day, inclusive",
    "population": "code of a population; without one the case list is counted and has no share",
    "ai": "yes (default), no, unknown or all",
    "kind": "funding_round (default), acquisition, …, or all",
    "attribution": "immediate (default) or ultimate",
    "release": "name of a release, e.g. 2026.11",
}
