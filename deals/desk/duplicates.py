"""`/desk/duplicates/`: pairs of deals that may be one, for people to decide on."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from deals.actions import NotAllowed
from deals.actions import duplicates as acts
from deals.desk.access import needs, person
from deals.desk.duplicates_filter import Asked, asked
from deals.desk.duplicates_page import page
from deals.desk.fact_lines import Line, lines, title
from deals.desk.paging import whole
from deals.entry.facts import Facts, same
from deals.entry.likely_open import OpenPair, behind, open_pairs, read
from deals.models import Change, DealSuggestion, DealVersion
from deals.rules.roles import EVIDENCE, REVIEW

PAGE = 10
LATELY = 10
# What a person looks at first.
SHOWN = ("target", "date", "kind", "round_type", "amount", "investors", "sources")


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of both deals in lines; `differs` also where only one of them states it."""

    title: str
    sides: tuple[list[Line], list[Line]]
    differs: bool


@dataclass(frozen=True, slots=True)
class Shown:
    pair: OpenPair
    rows: list[Row]


@require_safe
@needs(EVIDENCE)
def duplicates(request: HttpRequest) -> HttpResponse:
    """A page of open pairs, the likest first; `after` is the last pair of the page before."""
    filters = asked(request.GET)
    found = open_pairs(score=filters.score, feed=filters.feed, country=filters.country)
    after = whole(request.GET.get("after", ""))
    rows = list(behind(found, after)[: PAGE + 1])
    context = {
        "section": "desk",
        "desk_section": "duplicates",
        "pairs": [_shown(pair) for pair in read(rows[:PAGE])],
        "total": found.count(),
        "filters": filters,
        "next": _next(filters, rows[PAGE - 1].pk) if len(rows) > PAGE else "",
        "later": after is not None,
        "gone": lately_gone(),
        "may_merge": person(request).has_perm(REVIEW),
        "back": request.get_full_path(),
    }
    return render(request, "desk/duplicates.html", context)


@require_safe
@needs(EVIDENCE)
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """One pair side by side; whoever may decides from here."""
    question = get_object_or_404(DealSuggestion.objects.select_related("one", "other"), pk=pk)
    try:
        return page(request, question.one, question.other, question)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("desk-duplicates"))


@require_POST
@needs(EVIDENCE)
def keep_apart(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the two are two deals; they are not suggested again."""
    question = get_object_or_404(DealSuggestion.objects.select_related("one", "other"), pk=pk)
    then = open_pairs().filter(pk=whole(request.POST.get("then", "")) or 0).first()
    try:
        acts.keep_apart(suggestion=question, by=person(request))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("%(one)s and %(other)s stay two deals, and are not suggested again.")
        ids = {"one": question.one.public_id, "other": question.other.public_id}
        messages.success(request, said % ids)
    if then is not None:
        return HttpResponseRedirect(reverse("desk-duplicate", args=[then.pk]))
    return HttpResponseRedirect(reverse("desk-duplicates"))


def lately_gone() -> list[Change]:
    """The latest merges and retractions of deals that still stand, newest first."""
    live = DealVersion.objects.live().filter(deal=OuterRef("deal"))
    found = Change.objects.filter(
        ~Exists(live), kind__in=(Change.Kind.MERGED, Change.Kind.RETRACTED), import_run=None
    )
    rows = found.select_related("deal", "merged_into", "version").order_by("-seq")
    newest: dict[int | None, Change] = {}
    # A deal may have gone, come back and gone again: twice as many are enough.
    for entry in rows[: 2 * LATELY]:
        newest.setdefault(entry.deal_id, entry)
    return list(newest.values())[:LATELY]


def _next(filters: Asked, last: int) -> str:
    return f"?{urlencode(filters.params() | {'after': last})}"


def _shown(pair: OpenPair) -> Shown:
    one, other = pair.facts
    return Shown(pair, [_row(name, one, other) for name in SHOWN if _says(name, one, other)])


def _says(name: str, one: Facts, other: Facts) -> bool:
    return bool(lines(name, one) or lines(name, other))


def _row(name: str, one: Facts, other: Facts) -> Row:
    return Row(
        title(name), (lines(name, one), lines(name, other)), not same(name, one[name], other[name])
    )
