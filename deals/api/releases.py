"""Releases: what each holds, its files, and what changed in it since another point."""

import hashlib
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.reverse import reverse

from deals.api import paging
from deals.api.conditional import answer, unchanged
from deals.api.parameters import refuse_any
from deals.api.problems import Refusal
from deals.exports import serving
from deals.exports.release_changes import previous
from deals.flows.between import Moved, Point, counts, moved, point
from deals.flows.query import BadParameters, Problem
from deals.models import Release
from deals.models.documents import dumps
from deals.rules import doi

SINCE = (
    "This must be the name of a release, a number of the ledger, or “now”, and there must be such"
    " a point."
)


def plain(release: Release, request: Request) -> dict[str, Any]:
    """A release as it stands in the list and alone."""
    base = request.build_absolute_uri("/")[:-1]
    address = reverse("api-release", [release.name])
    return {
        "name": release.name,
        "change_seq": release.seq,
        "at": _time(release.at),
        "notes": release.notes or None,
        "doi": release.doi or None,
        "doi_url": doi.address(release.doi) or None,
        "url": f"{base}{address}",
        "page": f"{base}/data/releases/{release.name}/",
        "changes": f"{base}{address}changes/",
        "problem": release.problem or None,
        "files": [file | {"url": f"{base}{address}files/{file['name']}"} for file in release.files],
    }


@api_view(["GET", "HEAD"])
def releases(request: Request) -> HttpResponse:
    """All releases, newest first; they are few, so there are no pages and no parameters."""
    refuse_any(request)
    text = dumps({"results": [plain(release, request) for release in Release.objects.all()]})
    return answer(request, _digest(text), lambda: text)


@api_view(["GET", "HEAD"])
def release(request: Request, name: str) -> HttpResponse:
    """One release, with the one before it and the rules and tables that made it."""
    refuse_any(request)
    found = _found(name)
    before = previous(found)
    more = {
        "previous": before.name if before else None,
        "reference": {key: found.reference.get(key) for key in ("code", "tables", "rates")},
    }
    text = dumps(plain(found, request) | more)
    return answer(request, _digest(text), lambda: text)


@api_view(["GET", "HEAD"])
def file(request: Request, name: str, file: str) -> HttpResponseBase:
    """One file, whole or in part."""
    refuse_any(request)
    found = _found(name)
    entry = serving.entry_of(found, file)
    if entry is None:
        raise Http404(f"Release {found.name} has no file of that name.")
    try:
        sent = serving.send(request._request, found, entry)
    except FileNotFoundError:
        raise Http404(f"{entry.name} is listed, but this server does not have it.") from None
    if sent.status_code == 416:
        kept = {name: sent[name] for name in ("Content-Range", "Cache-Control")}
        said = f"{entry.name} has no such part: it has {entry.bytes:,} bytes."
        raise Refusal(416, said, headers=kept)
    return sent


@api_view(["GET", "HEAD"])
def changes(request: Request, name: str) -> HttpResponse:
    """The deals in which a release differs from an earlier point, by the order of their keys.

    Pages lead forward only: `previous` is always null.
    """
    asked = paging.read(request, "since")
    last = _found(name)
    first = _since(last, asked.given.get("since", ""))
    mark = f"release-changes {request.build_absolute_uri()} {first.seq} {last.seq} {first.name}"
    if same := unchanged(request, _digest(mark)):
        return same
    page = _page(request, asked, first, last)
    response = answer(request, _digest(mark), lambda: dumps(page))
    return paging.with_links(response, page["next"], page["previous"])


def _page(request: Request, asked: paging.Asked, first: Point, last: Release) -> dict[str, Any]:
    rows = moved(first.seq, last.seq, beyond=asked.edge or 0, limit=asked.size + 1)
    more, rows = len(rows) > asked.size, rows[: asked.size]
    return {
        "from": {"name": first.name, "change_seq": first.seq},
        "to": {"name": last.name, "change_seq": last.seq},
        "counts": counts(first.seq, last.seq),
        "next": paging.address(request, rows[-1].key) if more else None,
        "previous": None,
        "results": [_row(row) for row in rows],
    }


def _row(row: Moved) -> dict[str, Any]:
    return {
        "deal": row.id,
        "what": row.what,
        "company": row.name,
        "country": row.country,
        "version_before": row.before,
        "version_after": row.after,
        "fields": list(row.fields),
        "merged_into": row.merged_into,
        "change_seq": row.seq,
        "at": _time(row.at),
        "reason": row.reason or None,
    }


def _since(last: Release, text: str) -> Point:
    """The earlier point: as asked for, or the release before, or the empty register."""
    if text:
        found = point(text)
        if found is None:
            raise BadParameters([Problem("since", SINCE)])
        if found.seq > last.seq:
            said = f"{found.name} is later than {last.name}; ask the other way round."
            raise BadParameters([Problem("since", said)])
        return found
    before = previous(last)
    return Point(before.name, before.seq) if before else Point("0", 0)


def _found(name: str) -> Release:
    found = Release.objects.filter(name=name.replace("\0", " ")).first()
    if found is None:
        raise Http404(f"There is no release {name[:40]}.")
    return found


def _time(value: Any) -> str:
    return str(value.isoformat(timespec="seconds").replace("+00:00", "Z"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
