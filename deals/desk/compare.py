"""`/desk/drafts/<number>/compare/`: my changes beside what somebody else has published meanwhile.

Both intentions are kept where they go together; of a fact that both changed a person chooses.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from deals import actions
from deals.desk.access import needs, person
from deals.desk.differences import Sides, clashing
from deals.desk.fact_lines import title
from deals.desk.faults import Fault, by_field
from deals.entry.reading import read
from deals.entry.three_way import ThreeWay, three_way
from deals.entry.typed import typed_of
from deals.models import Change, DealVersion, Draft
from deals.rules.roles import PROPOSE


@dataclass(frozen=True, slots=True)
class Choice:
    """A fact that both changed; `chosen` is "mine", "theirs", or "" so far."""

    name: str
    sides: Sides
    chosen: str
    fault: str


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PROPOSE)
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose fact by fact; then the draft goes on from the version that is live now."""
    user = person(request)
    draft = get_object_or_404(Draft.objects.select_related("deal", "based_on"), pk=pk, owner=user)
    live = draft.deal.versions.live().first() if draft.deal else None
    compared = _compared(draft, live)
    if live is None or compared is None:
        return HttpResponseRedirect(reverse("desk-draft", args=[draft.pk]))
    if request.method != "POST":
        return _page(request, draft, live, compared, {}, [])
    if request.POST.get("live") != str(live.pk):
        told = _("Yet another version was published while this page was open. Look once more.")
        return _page(request, draft, live, compared, _chosen(request, compared), [Fault("", told)])
    chosen = _chosen(request, compared)
    missing = [name for name in compared.clashes if name not in chosen]
    if missing:
        faults = [Fault(f"choose-{name}", _which(name)) for name in missing]
        return _page(request, draft, live, compared, chosen, faults)
    return _go_on(request, draft, live, compared, chosen, user)


def _compared(draft: Draft, live: DealVersion | None) -> ThreeWay | None:
    """None where there is nothing to choose, or the draft cannot be read yet."""
    base = draft.based_on
    if draft.state != Draft.State.OPEN or not base or not live or base.pk == live.pk:
        return None
    before = actions.facts_of(base)
    mine = read(draft.typed, before, deal=live.deal.public_id).facts
    if mine is None:
        return None
    compared = three_way(before, actions.facts_of(live), mine)
    return compared if compared.clashes else None


def _chosen(request: HttpRequest, compared: ThreeWay) -> dict[str, str]:
    sent = {name: request.POST.get(f"choose-{name}", "") for name in compared.clashes}
    return {name: side for name, side in sent.items() if side in ("mine", "theirs")}


def _which(name: str) -> str:
    return _("Choose which %(fact)s is right.") % {"fact": title(name)}


def _go_on(
    request: HttpRequest,
    draft: Draft,
    live: DealVersion,
    compared: ThreeWay,
    chosen: dict[str, str],
    user: User,
) -> HttpResponse:
    facts = compared.merged | {
        name: compared.mine[name] for name, side in chosen.items() if side == "mine"
    }
    typed = typed_of(facts) | {"reason": draft.typed.get("reason", "")}
    try:
        actions.rebase_draft(draft=draft, typed=typed, live=live, by=user)
    except actions.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Both are put together as you chose. Look it over, then submit it.")
        )
    return HttpResponseRedirect(reverse("desk-draft", args=[draft.pk]))


def _page(
    request: HttpRequest,
    draft: Draft,
    live: DealVersion,
    compared: ThreeWay,
    chosen: dict[str, str],
    faults: list[Fault],
) -> HttpResponse:
    wrong = by_field(faults)
    sides = zip(compared.clashes, clashing(compared), strict=True)
    context = {
        "section": "desk",
        "desk_section": "queue",
        "draft": draft,
        "live": live,
        "entry": Change.objects.filter(version=live).first(),
        "choices": [
            Choice(name, side, chosen.get(name, ""), wrong.get(f"choose-{name}", ""))
            for name, side in sides
        ],
        "by_them": [title(name) for name in (*compared.by_them, *compared.by_both)],
        "by_me": [title(name) for name in compared.by_me],
        "faults": faults,
    }
    return render(request, "desk/compare.html", context, status=400 if faults else 200)
