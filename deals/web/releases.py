"""`/data/releases/<name>/`: one release, its files, its headline numbers, how to cite it."""

import json
import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deals import wording
from deals.exports import serving
from deals.exports.release_changes import previous
from deals.flows import links
from deals.flows.between import NOW, counts
from deals.flows.frozen import changed_reference
from deals.flows.query import ALL, BadParameters, FlowQuery
from deals.models import Release, ledger
from deals.rules import doi
from deals.templatetags.formats import percent
from deals.web.cite import cite_release
from deals.web.frozen import REFERENCE
from deals.web.parameters import without_parameters
from deals.web.release_words import COUNTED, grouped
from deals.web.spelled import short

log = logging.getLogger(__name__)
WHOLE_REGISTER = FlowQuery(kind=(ALL,), status=(ALL,), ai=(ALL,))


def address(release: Release) -> str:
    return f"/data/releases/{release.name}/"


def between_address(first: str, last: str) -> str:
    return f"/data/releases/{first}/to/{last}/"


def found(name: str) -> Release:
    """The release of that name, or 404."""
    release = Release.objects.filter(name=name.replace("\0", " ")).first()
    if release is None:
        raise Http404(_("There is no release “%(name)s”.") % {"name": short(name)})
    return release


@require_safe
@without_parameters
def releases(request: HttpRequest) -> HttpResponse:
    """The list is a part of the page of data."""
    return HttpResponseRedirect("/data/#releases")


@require_safe
@without_parameters
def release(request: HttpRequest, name: str) -> HttpResponse:
    """The page of one release. What moved since has a page of its own."""
    one = found(name)
    before = previous(one)
    context = {
        "section": "data",
        "release": one,
        "doi_url": doi.address(one.doi),
        "groups": grouped(one.files),
        "bytes": sum(file["bytes"] for file in one.files),
        "headline": headline(one),
        "before": before,
        "differences": _differences(before, one),
        "since_url": between_address(one.name, NOW) if one.seq < ledger.head() else "",
        "changed_rules": [_(REFERENCE[what]) for what in _changed_rules(one)],
        "cites": cite_release(one, request.build_absolute_uri(address(one)), timezone.now()),
        **ways_in(one),
    }
    return render(request, "pages/release.html", context)


def ways_in(one: Release) -> dict[str, str]:
    """Where the state that a release names is looked at."""
    held = FlowQuery(release=one.name)
    whole = WHOLE_REGISTER.but(release=one.name)
    return {
        "page_url": links.page(held),
        "deals_url": links.deals(whole, place=""),
        "countries_url": links.address("/countries/", held),
        "api_url": f"/api/v1/releases/{one.name}/",
        "url": address(one),
    }


def _changed_rules(one: Release) -> list[str]:
    return changed_reference(one) if one.reference else []


def _differences(before: Release | None, one: Release) -> dict[str, Any] | None:
    if before is None:
        return None
    tallies = counts(before.seq, one.seq)
    return {
        "url": between_address(before.name, one.name),
        "lines": [COUNTED[what](number) for what, number in tallies.items()],
    }


def headline(one: Release) -> list[dict[str, Any]]:
    """The stored headline numbers of documented deals and of each population; none without files.

    Each has the question in words, n, N and the share, and the address that asks it again.
    """
    entry = serving.entry_of(one, "headline.json")
    try:
        stored = json.loads(serving.path_of(one, entry).read_bytes()) if entry else None
    except OSError:
        log.exception("A file of release %s cannot be read.", one.name)
        return []
    return [_number(row["answer"], one) for row in stored["questions"]] if stored else []


def _number(answer: dict[str, Any], one: Release) -> dict[str, Any]:
    try:
        query = FlowQuery.from_params(answer["query"]).but(release=one.name, as_of=None)
    except BadParameters:
        # A code that is not known any more; the number stands, without a way to ask again.
        query = None
    deals = answer["deals"]
    return {
        "title": wording.question(query) if query else "",
        "population": answer["population"]["title"] if answer["population"]["code"] else "",
        "generated": answer["population"]["generated"],
        "n": deals["n"],
        "N": deals["N"],
        "share": percent(deals["share"]) if deals["share"] else None,
        "url": links.page(query) if query else "",
    }


@require_safe
@without_parameters
def file(request: HttpRequest, name: str, file: str) -> HttpResponseBase:
    """One file of a release, whole or in part."""
    one = found(name)
    entry = serving.entry_of(one, file)
    if entry is None:
        words = {"release": one.name, "file": short(file)}
        raise Http404(_("Release %(release)s has no file “%(file)s”.") % words)
    try:
        return serving.send(request, one, entry)
    except FileNotFoundError:
        log.exception("A file of release %s is not there.", one.name)
        raise Http404(_("This file is listed, but this server does not have it.")) from None
