"""`/sitemap.xml`: every page that has an address of its own, for search engines.

Deals and organizations come in pages by ranges of their keys, so that the last page of a large
register costs what the first one does. Invented deals are left out: nobody should find them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap, views
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from deals.flows.answer import kept
from deals.flows.proposed import ONLY_PROPOSED
from deals.flows.query import BadParameters, FlowQuery
from deals.flows.scope import resolve
from deals.models import Release, ledger
from deals.rules.countries import COUNTRIES
from deals.web.errors import bad_request
from deals.web.parameters import unknown_parameters

# Keys in a range; the protocol allows 50,000 addresses a file.
RANGE = 10_000
PAGES = (
    "/", "/flows/", "/flows/europe-to-china/", "/flows/china-to-europe/", "/deals/", "/figures/",
    "/countries/", "/organizations/", "/data/", "/developers/", "/glossary/", "/methods/",
    "/status/",
)  # fmt: skip
LIVE = "f.published_seq IS NOT NULL AND f.superseded_seq IS NULL AND NOT f.generated"
DEALS = f"""
SELECT d.public_id, c.at FROM deals_dealfact f
JOIN deals_deal d ON d.id = f.deal_id JOIN deals_change c ON c.seq = f.published_seq
WHERE f.deal_id BETWEEN %s AND %s AND {LIVE} ORDER BY f.deal_id
"""
DEAL_RANGES = f"""
SELECT DISTINCT (f.deal_id - 1) / {RANGE} FROM deals_dealfact f WHERE {LIVE} ORDER BY 1
"""
ORGANIZATIONS = f"""
SELECT o.public_id, (SELECT max(c.at) FROM deals_change c WHERE c.organization_id = o.id)
FROM deals_organization o
WHERE o.id BETWEEN %s AND %s AND o.merged_into_id IS NULL AND NOT o.generated
  AND o.id NOT IN ({ONLY_PROPOSED}) ORDER BY o.id
"""
ORGANIZATION_RANGES = f"""
SELECT DISTINCT (id - 1) / {RANGE} FROM deals_organization
WHERE merged_into_id IS NULL AND NOT generated AND id NOT IN ({ONLY_PROPOSED}) ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Address:
    """A page, and when what it shows last changed, if that is known."""

    path: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One file's addresses, as Django asks a paginator for them."""

    object_list: Sequence[Address]


class Section(Sitemap):
    """Addresses in one file, unless a subclass splits them."""

    @property
    def paginator(self) -> Any:
        return self

    @property
    def num_pages(self) -> int:
        return 1

    def page(self, number: int | str) -> Found:
        """The addresses of one file. Raises what Django's paginators do."""
        try:
            wanted = int(number)
        except ValueError:
            raise PageNotAnInteger(number) from None
        if not 1 <= wanted <= self.num_pages:
            raise EmptyPage(number)
        return Found(self.addresses(wanted))

    def addresses(self, number: int) -> Sequence[Address]:
        raise EmptyPage(number)

    def location(self, item: Address) -> str:
        return item.path

    def lastmod(self, item: Address) -> datetime | None:
        return item.at

    def get_latest_lastmod(self) -> datetime | None:
        return ledger.newest()[1]


class Pages(Section):
    """Pages that are always there: the ledger moves what all of them say."""

    def addresses(self, number: int) -> Sequence[Address]:
        at = ledger.newest()[1]
        return [Address(path, at) for path in PAGES]


class Countries(Section):
    def addresses(self, number: int) -> Sequence[Address]:
        at = ledger.newest()[1]
        return [Address(f"/countries/{code}/", at) for code in sorted(COUNTRIES)]


class Releases(Section):
    def addresses(self, number: int) -> Sequence[Address]:
        rows = Release.objects.order_by("seq").values_list("name", "at")
        return [Address(f"/data/releases/{name}/", at) for name, at in rows]


class Ranges(Section):
    """Rows of a table, a file for each range of keys that has any."""

    name: str
    folder: str
    rows: str
    ranges: str

    def _ranges(self) -> list[int]:
        found: list[int] = kept(
            f"sitemap {self.name}", FlowQuery(), resolve(FlowQuery()), self._used_ranges
        )
        return found

    def _used_ranges(self) -> list[int]:
        return [number for (number,) in _rows(self.ranges)]

    @property
    def num_pages(self) -> int:
        return len(self._ranges())

    def addresses(self, number: int) -> Sequence[Address]:
        first = self._ranges()[number - 1] * RANGE + 1
        found = _rows(self.rows, first, first + RANGE - 1)
        return [Address(f"/{self.folder}/{public_id}/", at) for public_id, at in found]


class Deals(Ranges):
    name = folder = "deals"
    rows, ranges = DEALS, DEAL_RANGES


class Organizations(Ranges):
    name = folder = "organizations"
    rows, ranges = ORGANIZATIONS, ORGANIZATION_RANGES


RANGED: dict[str, type[Ranges]] = {"organizations": Organizations, "deals": Deals}
SECTIONS: "dict[str, type[Sitemap[Any]] | Sitemap[Any]]" = {
    "pages": Pages,
    "countries": Countries,
    "releases": Releases,
    **RANGED,
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list of all files; a section that has nothing has none."""
    if problems := unknown_parameters(request, ()):
        return bad_request(request, BadParameters(problems))
    filled = {name: section for name, section in SECTIONS.items() if _has_any(name)}
    response: HttpResponse = views.index(
        request, filled, template_name="sitemap_index.xml", sitemap_url_name="sitemap-section"
    )
    return response


@require_safe
def section(request: HttpRequest, section: str) -> HttpResponse:
    """One file of addresses; `p` is its number."""
    if problems := unknown_parameters(request, ("p",)):
        return bad_request(request, BadParameters(problems))
    response: HttpResponse = views.sitemap(
        request, SECTIONS, section=section, template_name="sitemap.xml"
    )
    return response


def _has_any(name: str) -> bool:
    """A file of addresses has at least one."""
    if name == "releases":
        return Release.objects.exists()
    return name not in RANGED or RANGED[name]().num_pages > 0


def _rows(text: str, *params: int) -> Iterable[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall()
