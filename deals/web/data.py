"""`/data/`: releases first, then what can be taken live, its terms, and what fields mean."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from deals.flows import links
from deals.flows.between import NOW, counts
from deals.models import Release
from deals.rules import doi
from deals.web.cite import cite_release
from deals.web.dictionary import FIELDS
from deals.web.parameters import without_parameters
from deals.web.reference import FILES
from deals.web.release_words import COUNTED, grouped
from deals.web.releases import WHOLE_REGISTER, address, between_address, ways_in


@require_safe
@without_parameters
def data(request: HttpRequest) -> HttpResponse:
    """The page; it lists only what works."""
    found = list(Release.objects.order_by("-seq", "-pk"))
    context = {
        "section": "data",
        "newest": _newest(request, *found[:2]) if found else None,
        "older": [{"release": one, **ways_in(one)} for one in found[1:]],
        "files": FILES,
        "fields": FIELDS,
        "whole": links.address("/api/v1/deals/", WHOLE_REGISTER),
        "exports": [
            (title, links.address(f"/api/v1/exports/deals.{form}", WHOLE_REGISTER))
            for form, title in (
                ("csv", "CSV"), ("jsonl", "JSONL"), ("parquet", "Parquet"), ("xlsx", "XLSX"),
            )
        ],
    }  # fmt: skip
    return render(request, "pages/data.html", context)


def _newest(
    request: HttpRequest, release: Release, before: Release | None = None
) -> dict[str, Any]:
    """The newest release with its files, how to cite it, and what changed since the one before."""
    url = request.build_absolute_uri(address(release))
    differences = counts(before.seq, release.seq) if before else {}
    return {
        "release": release,
        "doi_url": doi.address(release.doi),
        "groups": [group for group in grouped(release.files) if not group.side],
        "before": before,
        "lines": [COUNTED[what](number) for what, number in differences.items()],
        "between_url": between_address(before.name, release.name) if before else "",
        "since_url": between_address(release.name, NOW),
        "cites": cite_release(release, url, timezone.now()),
        **ways_in(release),
    }
