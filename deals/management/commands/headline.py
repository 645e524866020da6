"""`manage.py headline`: what the register says, in three lines."""

from typing import Any

from django.core.management.base import BaseCommand

from deals.flows.asked import share_answer
from deals.flows.query import FlowQuery
from deals.management.plain import percent
from deals.models import Population


class Command(BaseCommand):
    help = "Print the documented cases both ways and the share of the demonstration population."

    def handle(self, *args: Any, **options: Any) -> None:
        there, _ = share_answer(FlowQuery(investor=("europe",), target=("CN",)))
        back, _ = share_answer(FlowQuery(investor=("CN",), target=("europe",)))
        self.stdout.write(
            "Documented AI funding rounds: "
            f"Europe→China {there['deals']['n']} ({there['with_hk_mo']['n']} with Hong Kong and"
            f" Macao), China→Europe {back['deals']['n']} ({back['with_hk_mo']['n']} with Hong Kong"
            " and Macao)."
        )
        for population in Population.objects.filter(generated=True).order_by("code"):
            query = FlowQuery(
                investor=("europe",),
                target=("CN",),
                from_="2017",
                to="2022",
                population=population.code,
            )
            deals = share_answer(query)[0]["deals"]
            self.stdout.write(
                f"{population.title}, Europe→China 2017–2022: {deals['n']:,} of {deals['N']:,}"
                f" = {percent(deals['share'])} (generated, not real)."
            )
