"""Tables of deals as CSV files, safe to open in a spreadsheet."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from deals.web.files import csv_file

COLUMNS = (
    "id", "date_first", "date_last", "target", "target_country", "investors", "kind", "round_type",
    "status", "amount_low", "amount_high", "currency", "population", "generated", "url",
)  # fmt: skip


def deals_csv(request: HttpRequest, deals: Iterable[Mapping[str, Any]], name: str) -> HttpResponse:
    """Documents of deals as the API gives them, a row each."""
    base = request.build_absolute_uri("/deals/")
    return csv_file(f"{name}.csv", COLUMNS, (_row(deal, base) for deal in deals))


def _row(deal: Mapping[str, Any], base: str) -> list[object]:
    amount = deal["amount"]
    investors = "; ".join(
        f"{part['name'] or '?'} [{part['country'] or '?'}]" for part in deal["investors"]
    )
    return [
        deal["id"],
        deal["date"]["first"],
        deal["date"]["last"],
        deal["target"]["name"],
        deal["target"]["country"],
        investors,
        deal["kind"],
        deal["round_type"],
        deal["status"],
        amount["low"],
        amount["high"],
        amount["currency"],
        deal["population"],
        "yes" if deal["generated"] else "no",
        f"{base}{deal['id']}/",
    ]
