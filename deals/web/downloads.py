"""The deals of a view as files: the same question, asked of the exports of the API."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

EXPORTS = "/api/v1/exports/"
# Parameters of a list that say nothing about which deals are in it.
OF_PAGES = ("cursor", "page_size")
SPREADSHEET = {"spreadsheet": "yes", "mark": "no"}
# File, its own parameters, name, what it is good for.
FILES: tuple[tuple[str, dict[str, str], str, str], ...] = (
    (
        "deals.xlsx",
        {},
        gettext_noop("Excel"),
        gettext_noop("with a sheet that explains the columns"),
    ),
    (
        "deals.csv",
        SPREADSHEET,
        gettext_noop("CSV for spreadsheets"),
        gettext_noop("opens in Excel with all scripts readable"),
    ),
    (
        "deals.csv",
        {},
        gettext_noop("CSV"),
        gettext_noop("for programs; its last line counts and proves the file"),
    ),
    (
        "deals.parquet",
        {},
        gettext_noop("Parquet"),
        gettext_noop("typed columns for pandas, R and DuckDB"),
    ),
    ("deals.jsonl", {}, gettext_noop("JSON lines"), gettext_noop("whole records with all sources")),
    (
        "participations.csv",
        SPREADSHEET,
        gettext_noop("Investors, CSV"),
        gettext_noop("a row for each investor of each deal"),
    ),
)


def downloads(params: Mapping[str, str], deals: int) -> dict[str, Any]:
    """For `parts/download.html`: what can be taken of exactly the deals that `params` mean.

    `deals` is how many they are; with none there is nothing to offer.
    """
    asked = {name: value for name, value in params.items() if name not in OF_PAGES}
    return {
        "deals": deals,
        "files": [
            {
                "url": f"{EXPORTS}{file}{_address(asked | own)}",
                "name": _(name),
                "what": _(what),
            }
            for file, own, name, what in FILES
        ],
    }


def _address(params: Mapping[str, str]) -> str:
    return f"?{urlencode(params, safe=',:')}" if params else ""
