"""Words for what a release holds, and for what differs between two of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deals.templatetags.formats import number

CHANGES = "changes-since-"
# By the first part of a file's name; in the order of the page.
TITLES: dict[str, Promise] = {
    "deals": gettext_lazy("Deals"),
    "participations": gettext_lazy("Participations: a row for each investor of a deal"),
    "organizations": gettext_lazy("Organizations, as known when the files were made"),
    CHANGES: gettext_lazy("What changed since the release before"),
    "headline": gettext_lazy("Headline numbers, as they were"),
    "methods": gettext_lazy("The rules of counting, as they were"),
    "regions": gettext_lazy("Regions and their members"),
    "countries": gettext_lazy("Countries"),
    "sectors": gettext_lazy("Sectors"),
    "round-types": gettext_lazy("Types of round"),
    "kinds": gettext_lazy("Kinds of deals"),
    "statuses": gettext_lazy("Statuses"),
    "populations": gettext_lazy("Populations"),
    "rates-used": gettext_lazy("Exchange rates that convert its amounts"),
    "published-figures": gettext_lazy("Published figures"),
    "policy-events": gettext_lazy("Policy events"),
    "datapackage": gettext_lazy("Data Package: all tables with types, units and sources"),
    "SHA256SUMS": gettext_lazy("Checksums of all files of data"),
}
# Tables beside the deals.
SIDE = frozenset(
    {"regions", "countries", "sectors", "round-types", "kinds", "statuses", "populations",
     "rates-used", "published-figures", "policy-events"}
)  # fmt: skip
GENERATED = {
    "deals": gettext_lazy("Deals of the population “%(code)s”"),
    "participations": gettext_lazy("Participations of the population “%(code)s”"),
}
FORMATS = {
    "csv": "CSV", "jsonl": "JSONL", "parquet": "Parquet", "xlsx": "XLSX", "json": "JSON",
    "md": "Markdown",
}  # fmt: skip
WHATS: dict[str, Promise] = {
    "new": gettext_lazy("New"),
    "restored": gettext_lazy("Back in the register"),
    "changed": gettext_lazy("Changed"),
    "merged": gettext_lazy("Merged into another"),
    "retracted": gettext_lazy("Retracted"),
    "computed_again": gettext_lazy("Amount converted again"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """One table in all its formats; `files` are (format, entry).

    `side` is a table beside the deals, which a short list leaves out; `generated` one of invented
    deals.
    """

    title: str
    rows: int | None
    files: list[tuple[str, dict[str, Any]]]
    side: bool
    generated: bool


def grouped(files: Iterable[dict[str, Any]]) -> list[Group]:
    """Listed files by what is in them, in the order of `TITLES`."""
    by_stem: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for file in files:
        stem, _dot, form = file["name"].rpartition(".")
        stem = CHANGES if stem.startswith(CHANGES) else stem or form
        title = FORMATS.get(form, _("Text"))
        by_stem.setdefault(stem, []).append((title, file))
    order = [*TITLES]
    # Populations of invented deals stand before the tables beside.
    others = order.index("regions") - 0.5
    stems = sorted(by_stem, key=lambda stem: order.index(stem) if stem in order else others)
    return [_group(stem, by_stem[stem]) for stem in stems]


def _group(stem: str, files: list[tuple[str, dict[str, Any]]]) -> Group:
    rows = next((file["rows"] for _form, file in files if file["rows"] is not None), None)
    title: Promise | str | None = TITLES.get(stem)
    generated = False
    if title is None:
        table, _dash, code = stem.partition("-")
        title = GENERATED.get(table, stem) % {"code": code}
        generated = table in GENERATED
    return Group(str(title), rows, files, stem in SIDE, generated)


def _new(n: int) -> str:
    return ngettext("%(n)s new deal", "%(n)s new deals", n) % {"n": number(n)}


def _restored(n: int) -> str:
    said = ngettext("%(n)s deal is back", "%(n)s deals are back", n)
    return said % {"n": number(n)}


def _changed(n: int) -> str:
    return ngettext("%(n)s deal changed", "%(n)s deals changed", n) % {"n": number(n)}


def _merged(n: int) -> str:
    return ngettext("%(n)s merged into another", "%(n)s merged into others", n) % {"n": number(n)}


def _retracted(n: int) -> str:
    return ngettext("%(n)s retracted", "%(n)s retracted", n) % {"n": number(n)}


def _computed_again(n: int) -> str:
    said = ngettext("%(n)s amount converted again", "%(n)s amounts converted again", n)
    return said % {"n": number(n)}


COUNTED: dict[str, Callable[[int], str]] = {
    "new": _new, "restored": _restored, "changed": _changed, "merged": _merged,
    "retracted": _retracted, "computed_again": _computed_again,
}  # fmt: skip
