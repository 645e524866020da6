"""What a form is filled with at first: nothing, a live deal, a deal as a pattern, a report."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from deals import actions
from deals.desk.access import parked
from deals.entry.facts import SOURCE
from deals.entry.typed import Typed, blank, complete, from_form, typed_of
from deals.models import Deal, DealVersion, Draft, Report
from deals.rules.roles import ANSWER

# What another round of the same company has in common with the one it is typed after.
PATTERN = ("target", "kind", "ai", "ai_basis", "sectors", "investors", "investor_list")
# What the same page says of another deal, too.
OF_PAGE = ("kind", "url", "title", "publisher", "published_on", "accessed_on")
LARGEST = 2**63


@dataclass(frozen=True, slots=True)
class Start:
    """The texts of a form, the live version that they are a change of, the report that they
    answer, and a sentence that says where they come from."""

    typed: Typed
    live: DealVersion | None = None
    report: Report | None = None
    note: str = ""
    # What this person had sent when they were signed out: not saved anywhere yet.
    parked: QueryDict | None = None


def new_deal(request: HttpRequest, user: User) -> Start:
    """An empty form, or one that begins from `?like=` a deal, `?source=` of a draft, `?report=`."""
    report = report_of(request, user)
    if (sent := parked(request)) is not None:
        return Start(from_form(sent), report=report, parked=sent)
    if "like" in request.GET:
        return _like(request.GET["like"])
    if "source" in request.GET:
        return _same_source(request.GET["source"], user)
    return Start(_with_page_of(report, blank()), report=report)


def live_deal(request: HttpRequest, user: User, version: DealVersion) -> Start:
    """The live version as somebody would type it, without the reason that was given for it."""
    report = report_of(request, user, version.deal)
    if (sent := parked(request)) is not None:
        seen = version.deal.versions.filter(number=counted(sent.get("seen", ""))).exclude(
            published_seq=None
        )
        return Start(from_form(sent), seen.first() or version, report, parked=sent)
    typed = typed_of(actions.facts_of(version)) | {"reason": ""}
    return Start(_with_page_of(report, typed), version, report)


def report_of(request: HttpRequest, user: User, deal: Deal | None = None) -> Report | None:
    """The open report that `?report=` names; 404 for one of another deal or for who may not."""
    if "report" not in request.GET:
        return None
    if not user.has_perm(ANSWER):
        raise Http404
    report = get_object_or_404(Report, pk=number(request.GET["report"]), state=Report.State.OPEN)
    if deal is not None and report.deal_id != deal.pk:
        raise Http404
    return report


def again(draft: Draft) -> Typed:
    """What was rejected or thrown away, to be mended and handed in again."""
    typed = complete(draft.typed)
    typed.pop("form", None)
    return typed


def counted(text: str) -> int:
    """A number that a form has sent, -1 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def number(text: str) -> int:
    """A row's number from an address; 404 for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) < LARGEST):
        raise Http404
    return int(text)


def _like(public_id: str) -> Start:
    deal = get_object_or_404(Deal, public_id=public_id.replace("\0", ""))
    version = deal.versions.live().first()
    if version is None:
        raise Http404
    typed = typed_of(actions.facts_of(version))
    common = {name: typed[name] for name in PATTERN}
    common["investors"] = [row | {"contribution": "", "stake": ""} for row in typed["investors"]]
    note = _("Filled in like %(deal)s. Amount, date and source are yours to add.")
    return Start(blank() | common, note=note % {"deal": deal.public_id})


def _same_source(text: str, user: User) -> Start:
    draft = get_object_or_404(Draft, pk=number(text), owner=user)
    pages = [row for row in complete(draft.typed)["sources"] if row["kind"] != "feed_file"]
    if not pages:
        return Start(blank())
    page: dict[str, Any] = dict.fromkeys(SOURCE, "") | {name: pages[-1][name] for name in OF_PAGE}
    return Start(blank() | {"sources": [page]}, note=_("The source is that of the last deal."))


def _with_page_of(report: Report | None, typed: Typed) -> Typed:
    """The page that a reader names is a source that the form begins with."""
    if report is None or not report.source_url:
        return typed
    page = dict.fromkeys(SOURCE, "") | {"kind": "page", "url": report.source_url}
    filled = [row for row in typed["sources"] if row["url"] or row["title"]]
    return typed | {"sources": [*filled, page]}
