"""A work list as a CSV file, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from deals.flows.quality import Among, deals
from deals.flows.quality_checks import Check
from deals.rules.spreadsheet import safe_cell

# As many deals as somebody works through; a longer list is asked for by country.
MOST, PAGE = 5_000, 500
COLUMNS = (
    "id", "target", "target_country", "date_first", "date_last", "kind", "between_europe_and_china",
    "url", "edit",
)  # fmt: skip


def table(request: HttpRequest, check: Check, among: Among) -> HttpResponse:
    """The first MOST deals of the list, in its order."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(request, check, among))
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"quality-{check.code}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(request: HttpRequest, check: Check, among: Among) -> Iterator[list[str]]:
    after = ""
    for _page in range(MOST // PAGE):
        found = deals(check, among, after=after, size=PAGE)
        for deal, crossing in found.rows:
            edit = reverse("desk-deal-edit", args=[deal["id"]])
            cells = (
                deal["id"], deal["target"]["name"], deal["target"]["country"],
                deal["date"]["first"], deal["date"]["last"], deal["kind"],
                "yes" if crossing else "no",
                request.build_absolute_uri(f"/deals/{deal['id']}/"),
                request.build_absolute_uri(edit),
            )  # fmt: skip
            yield [safe_cell(cell) for cell in cells]
        after = found.after
        if not after:
            return
