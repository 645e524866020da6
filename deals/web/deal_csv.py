"""Tables of deals as CSV files, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from deals.rules.spreadsheet import safe_cell

COLUMNS = (
    "id", "date_first", "date_last", "target", "target_country", "investors", "kind", "round_type",
    "status", "amount_low", "amount_high", "currency", "population", "generated", "url",
)  # fmt: skip


def csv_file(rows: Iterable[Sequence[object]], name: str) -> HttpResponse:
    """Rows, the first of them with the names of the columns, as a file to be saved."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def deals_csv(request: HttpRequest, deals: Iterable[Mapping[str, Any]], name: str) -> HttpResponse:
    """Documents of deals as the API gives them, a row each."""
    base = request.build_absolute_uri("/deals/")
    return csv_file([COLUMNS, *(_row(deal, base) for deal in deals)], name)


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
