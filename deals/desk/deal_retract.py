"""`/desk/deals/<id>/retract/` and `/restore/`: out of the numbers, and back again."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from deals import actions
from deals.actions.duplicates import Undoing, forecast, unmerge
from deals.desk.access import needs, person
from deals.desk.decisions import LONGEST_REASON, reason_given
from deals.desk.duplicates_pair import said
from deals.desk.fact_lines import Line, title
from deals.desk.faults import Fault
from deals.desk.reviewed_impact import Effect, effect
from deals.entry.choosing import GROUPS
from deals.entry.facts import Facts
from deals.entry.would_be import would_be
from deals.flows.whatif_versions import impact_of_bundles
from deals.models import Change, Deal, DealVersion
from deals.models.bundles import Bundle, load
from deals.rules.roles import REVIEW
from deals.templatetags.formats import number

NEEDS_REASON = gettext_noop("Say why; the reason stays in the ledger and on the deal’s page.")


@dataclass(frozen=True, slots=True)
class Restoring:
    """What coming back would mean: the last version, and, after a merge, what is undone of it."""

    last: DealVersion
    entry: Change | None
    undoing: Undoing | None
    back: list[str]
    kept: list[str]
    effect: Effect | None


@require_http_methods(["GET", "HEAD", "POST"])
@needs(REVIEW)
def retract(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say what would happen, then take the deal out of every number."""
    deal = _deal(public_id)
    live = deal.versions.live().first()
    if live is None:
        messages.error(
            request, _("%(deal)s is not live, so there is nothing to retract.") % _of(deal)
        )
        return HttpResponseRedirect(reverse("desk-duplicates"))
    reason, faults = reason_given(request), []
    if request.method == "POST":
        faults = _unfit(reason)
        if not faults:
            try:
                actions.retract(deal=deal, by=person(request), reason=reason)
            except actions.NotAllowed as refusal:
                faults = [Fault("", str(refusal))]
            else:
                messages.success(request, _("%(deal)s counts in no number any more.") % _of(deal))
                return HttpResponseRedirect(reverse("desk-deal-restore", args=[deal.public_id]))
    context = _frame(deal, live, reason, faults) | {
        "effect": effect(impact_of_bundles([], gone=[deal.pk])),
        "parts": list(DealVersion.objects.live().filter(part_of=deal).select_related("deal")[:20]),
        "waiting": deal.versions.filter(state=DealVersion.State.SUBMITTED).count(),
    }
    return render(request, "desk/deal_retract.html", context, status=400 if faults else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(REVIEW)
def restore(request: HttpRequest, public_id: str) -> HttpResponse:
    """Bring a retracted deal back, or undo a merge; the page says beforehand what that does."""
    deal = _deal(public_id)
    last = deal.versions.filter(published_seq__isnull=False).order_by("-published_seq").first()
    if last is None or last.superseded_seq is None:
        said_so = _("%(deal)s is live, so there is nothing to restore.")
        if last is None:
            said_so = _("%(deal)s was never published, so there is nothing to restore.")
        messages.error(request, said_so % _of(deal))
        return HttpResponseRedirect(reverse("desk-duplicates"))
    reason, faults = reason_given(request), []
    put_back = request.method != "POST" or request.POST.get("put_back") == "1"
    if request.method == "POST":
        faults = _unfit(reason)
        if not faults:
            try:
                return _restored(request, deal, put_back, reason)
            except actions.NotAllowed as refusal:
                faults = [Fault("", str(refusal))]
    context = _frame(deal, last, reason, faults)
    context |= {"restoring": _restoring(deal, last), "put_back": put_back}
    return render(request, "desk/deal_restore.html", context, status=400 if faults else 200)


def _restored(request: HttpRequest, deal: Deal, put_back: bool, reason: str) -> HttpResponse:
    if deal.merged_into is None:
        actions.restore(deal=deal, by=person(request), reason=reason)
        messages.success(request, _("%(deal)s counts again.") % _of(deal))
    else:
        ids = {"deal": deal.public_id, "other": deal.merged_into.public_id}
        unmerge(deal=deal, put_back=put_back, by=person(request), reason=reason)
        messages.success(request, _("%(deal)s and %(other)s are two deals again.") % ids)
    return HttpResponseRedirect(reverse("desk-duplicates"))


def _restoring(deal: Deal, last: DealVersion) -> Restoring:
    out = (Change.Kind.RETRACTED, Change.Kind.MERGED)
    entry = deal.changes.filter(kind__in=out).order_by("-seq").first()
    undoing = forecast(deal) if deal.merged_into else None
    bundles = load([last.pk])
    if undoing is not None and undoing.facts is not None:
        bundles.append(_survivor_would_be(undoing, undoing.facts))
    return Restoring(
        last,
        entry,
        undoing,
        [title(name) for name in undoing.back] if undoing else [],
        [title(name) for name in undoing.kept] if undoing else [],
        effect(impact_of_bundles(bundles)),
    )


def _survivor_would_be(undoing: Undoing, facts: Facts) -> Bundle:
    merged, live = undoing.merged, undoing.survivor.versions.live().get()
    assert merged is not None
    pks = [live.pk, merged.pk, merged.based_on_id]
    by_id = {bundle.version["id"]: bundle for bundle in load([pk for pk in pks if pk])}
    return would_be(facts, [by_id[pk] for pk in pks if pk])


def _frame(deal: Deal, version: DealVersion, reason: str, faults: list[Fault]) -> dict[str, object]:
    facts = actions.facts_of(version)
    names = [name for group in GROUPS.values() for name in group]
    shown: list[tuple[str, list[Line]]] = said(facts, names)
    return {
        "section": "desk",
        "desk_section": "duplicates",
        "deal": deal,
        "version": version,
        "facts": shown,
        "reason": reason,
        "faults": faults,
        "wrong": {fault.field: fault.message for fault in faults},
    }


def _deal(public_id: str) -> Deal:
    # PostgreSQL refuses texts with a NUL, also to compare them.
    spelled = public_id.replace("\0", " ")
    return get_object_or_404(Deal.objects.select_related("merged_into"), public_id=spelled)


def _unfit(reason: str) -> list[Fault]:
    if not reason:
        return [Fault("reason", _(NEEDS_REASON))]
    if len(reason) > LONGEST_REASON:
        said_so = _("A reason has at most %(limit)s characters.")
        return [Fault("reason", said_so % {"limit": number(LONGEST_REASON)})]
    return []


def _of(deal: Deal) -> dict[str, str]:
    return {"deal": deal.public_id}
