"""`/desk/organizations/groups/`: organizations of nearly the same name, merged several at once."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_POST, require_safe

from deals import organizations as acts
from deals.desk.access import needs, person
from deals.desk.decisions import LONGEST_REASON, reason_given
from deals.feeds.namesakes import Namesakes, namesakes
from deals.models import Organization
from deals.rules.roles import BRING, DECIDE
from deals.templatetags.formats import number

MOST = 40
NEEDS_SURVIVOR = gettext_noop("Choose which of them stays.")
NEEDS_OTHERS = gettext_noop("Tick those that are the same as the one that stays.")
NEEDS_REASON = gettext_noop("Say why they are the same; the reason stays in the ledger.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A group with its form as it was sent."""

    group: Namesakes
    keep: str
    ticked: frozenset[str]
    reason: str = ""
    fault: str = ""


@require_safe
@needs(BRING)
def groups(request: HttpRequest) -> HttpResponse:
    """Those with most deals first, since they disturb most."""
    return _page(request, [_untouched(group) for group in namesakes()])


@require_POST
@needs(DECIDE)
def merge_group(request: HttpRequest) -> HttpResponse:
    """Merge the ticked ones into the one that stays: all or none."""
    keep, reason = request.POST.get("keep", ""), reason_given(request)
    ticked = frozenset(request.POST.getlist("same")[:MOST]) - {keep}
    found = {
        o.public_id: o for o in Organization.objects.filter(public_id__in=_clean(ticked, keep))
    }
    others = [found[public_id] for public_id in sorted(ticked) if public_id in found]
    fault = _fault(keep in found, bool(others) and len(others) == len(ticked), reason)
    if not fault:
        try:
            acts.merge_all(ones=others, into=found[keep], by=person(request), reason=reason)
        except acts.NotAllowed as refusal:
            fault = str(refusal)
        else:
            said = ngettext(
                "%(count)s organization is “%(name)s” now.",
                "%(count)s organizations are “%(name)s” now.",
                len(others),
            )
            messages.success(request, said % {"count": len(others), "name": found[keep].name})
            return HttpResponseRedirect(reverse("desk-organization-groups"))
    sent = [
        Shown(group, keep, ticked, reason, fault) if _is_meant(group, keep, ticked) else shown
        for group in namesakes()
        for shown in [_untouched(group)]
    ]
    return _page(request, sent, fault)


def _clean(ticked: frozenset[str], keep: str) -> list[str]:
    # PostgreSQL refuses texts with a NUL, also to compare them.
    return [public_id for public_id in {*ticked, keep} if "\0" not in public_id]


def _fault(has_survivor: bool, has_others: bool, reason: str) -> str:
    if not has_survivor:
        return _(NEEDS_SURVIVOR)
    if not has_others:
        return _(NEEDS_OTHERS)
    if not reason:
        return _(NEEDS_REASON)
    if len(reason) > LONGEST_REASON:
        said = _("A reason has at most %(limit)s characters.")
        return said % {"limit": number(LONGEST_REASON)}
    return ""


def _is_meant(group: Namesakes, keep: str, ticked: frozenset[str]) -> bool:
    return not ticked.isdisjoint(ids := {side.public_id for side in group.sides}) or keep in ids


def _untouched(group: Namesakes) -> Shown:
    return Shown(group, group.sides[0].public_id, frozenset())


def _page(request: HttpRequest, shown: list[Shown], fault: str = "") -> HttpResponse:
    context = {
        "section": "desk",
        "desk_section": "organizations",
        "groups": shown,
        "fault": fault,
        "may_decide": person(request).has_perm(DECIDE),
    }
    return render(request, "desk/organizations_groups.html", context, status=400 if fault else 200)
