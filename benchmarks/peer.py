"""django-import-export on the same rows, set up the way in which its users do.

One resource with an instance loader, get_or_create for organizations, and a participation written
after each row. It writes less than an import of ours: no ledger, no citation, no facts, no
document, no check of dates, amounts and countries. It gets the index on external ids that it needs.
"""

from datetime import date
from decimal import Decimal
from itertools import count, islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from import_export import fields, resources
from tablib import Dataset

from benchmarks.took import Took, measured
from deals.models import Deal, DealVersion, Organization, Participation
from deals.models.publicid import public_id

NUMBERS = count(2**39)


class Rows(resources.ModelResource):
    """One row an investor, as in `benchmarks.supplier`."""

    external_id = fields.Field("external_id", "id")
    target_name = fields.Field("target_name", "company")
    target_country = fields.Field("target_country", "country")

    class Meta:
        model = DealVersion
        import_id_fields = ("external_id",)
        fields = ("external_id", "target_name", "target_country")

    def before_save_instance(self, instance: DealVersion, row: dict[str, str], **_: Any) -> None:
        """Fill what is not a plain column of the file."""
        if instance.pk:
            return
        instance.deal = Deal.objects.create(public_id=_fresh("D"))
        instance.number, instance.state, instance.created_at = 1, "submitted", timezone.now()
        instance.target = _organization(row["company"], row["country"])
        instance.kind, instance.status, instance.ai = "funding_round", "completed", "yes"
        instance.date_first = instance.date_last = date.fromisoformat(row["date"])
        instance.date_precision, instance.target_country_basis = "day", "stated"
        instance.amount_state, instance.investor_list = "undisclosed", "complete"
        if row["amount"]:
            amount = Decimal(row["amount"].removesuffix("m")) * 1_000_000
            instance.amount_state, instance.currency = "exact", row["currency"]
            instance.amount_low = instance.amount_high = amount

    def after_save_instance(self, instance: DealVersion, row: dict[str, str], **_: Any) -> None:
        """Write the row's investor."""
        investor = _organization(row["investor"], row["investor_country"])
        Participation.objects.create(
            version=instance,
            position=instance.participations.count(),
            investor=investor,
            investor_name=investor.name,
            country=investor.country,
            country_basis="stated",
            ultimate=[investor.country],
            ultimate_basis="owner_not_researched",
            state_linked=False,
        )


def _organization(name: str, country: str) -> Organization:
    found, _ = Organization.objects.get_or_create(
        key=name.casefold(),
        country=country,
        defaults={"name": name, "public_id": _fresh("O")},
    )
    return found


def _fresh(prefix: str) -> str:
    """A public id without a look-up: of numbers that no row has."""
    return public_id(prefix, next(NUMBERS))


def peer_import(path: Path, rows: int) -> Took:
    """Import the first rows of a file; nothing of it stays."""
    with path.open(encoding="utf-8") as file:
        data = Dataset().load("".join(islice(file, rows + 1)), format="csv")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE INDEX ON deals_dealversion (external_id)")
        with measured() as took:
            result = Rows().import_data(data, raise_errors=True)
        assert sum(result.totals.values()) == rows, result.totals
        transaction.set_rollback(True)
    return took
