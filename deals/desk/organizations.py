"""`/desk/organizations/`: pairs that may be one organization, for a person to decide on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from deals import organizations as acts
from deals.desk.access import needs, person
from deals.desk.decisions import reason_given, unfit
from deals.desk.faults import Fault, by_field
from deals.desk.merged import lately_merged
from deals.desk.organizations_choice import Choice, choices, taken
from deals.feeds.questions import Question, Side, count_open, open_question, open_suggestions
from deals.models import Organization, Population, Suggestion
from deals.rules.roles import BRING, DECIDE

PAGE = 10
NEEDS_REASON = "Say why they are the same; the reason stays in the ledger."
NEEDS_SURVIVOR = "Choose which of the two stays."
DECIDED = "Somebody has decided on this pair already; nothing was changed."


@dataclass(frozen=True, slots=True)
class Column:
    """One side of a pair as it is shown; if `side` stays, `other` goes into it."""

    side: Side
    other: Side
    # Where its deals are listed, "" when there is no such list.
    deals: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with its form as it is shown; `keep` is the public id of the one that stays.

    Whoever is proposed to stay stands first. `then` is the pair below on the page.
    """

    question: Question
    columns: tuple[Column, Column]
    keep: str
    reason: str
    then: int | None = None
    keep_fault: str = ""
    reason_fault: str = ""
    choices: Sequence[Choice] = ()


@require_safe
@needs(BRING)
def organizations(request: HttpRequest) -> HttpResponse:
    """A page of pairs by keyset, the likest first; `after` is the last of the page before."""
    sent = request.GET.get("after", "")
    after = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 18 else None
    found = open_suggestions(after, PAGE + 1)
    shown = found[:PAGE]
    context = _frame(request) | {
        "pairs": _pairs(shown),
        "total": count_open(),
        "next": f"?{urlencode({'after': shown[-1].pk})}" if len(found) > PAGE else "",
        "later": after is not None,
        "merged": lately_merged(),
        "back": request.get_full_path(),
    }
    return render(request, "desk/organizations.html", context)


@require_safe
@needs(BRING)
def suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    """One pair alone, while the question is open."""
    question = open_question(pk)
    if question is None:
        return _back(request, error=DECIDED)
    (pair,) = _pairs([question])
    context = _frame(request) | {"pair": pair, "back": reverse("desk-organizations")}
    return render(request, "desk/organizations_pair.html", context)


@require_POST
@needs(DECIDE)
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the two are one; what is wrong with the form is shown with the pair alone."""
    question = open_question(pk)
    if question is None:
        return _back(request, error=DECIDED)
    keep, reason = request.POST.get("keep", ""), reason_given(request)
    sides = {side.public_id: side for side in (question.one, question.other)}
    faults = [] if keep in sides else [Fault(f"keep-{pk}", NEEDS_SURVIVOR)]
    if unfitting := unfit(reason, NEEDS_REASON):
        faults.append(Fault(f"reason-{pk}", unfitting))
    if not faults:
        into = sides.pop(keep)
        (one,) = sides.values()
        try:
            _merge(one, into, request, reason)
        except (acts.NotAllowed, ValueError) as refusal:
            faults = [Fault("", str(refusal))]
        else:
            return _back(request, done=f"“{one.name}” is now “{into.name}”.")
    (pair,) = _pairs([question])
    wrong = by_field(faults)
    pair = replace(
        pair,
        keep=keep,
        reason=reason,
        keep_fault=wrong.get(f"keep-{pk}", ""),
        reason_fault=wrong.get(f"reason-{pk}", ""),
        choices=choices(pair.columns[0].side, pair.columns[1].side, request.POST),
    )
    back = _address(request)
    context = _frame(request) | {"pair": pair, "faults": faults, "back": back}
    return render(request, "desk/organizations_pair.html", context, status=400)


@require_POST
@needs(DECIDE)
def keep_apart(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the two are two; they are not suggested again."""
    suggestion = Suggestion.objects.select_related("one", "other").filter(pk=pk).first()
    if suggestion is None:
        return _back(request, error=DECIDED)
    try:
        acts.keep_apart(suggestion=suggestion, by=person(request))
    except acts.NotAllowed:
        return _back(request, error=DECIDED)
    names = f"“{suggestion.one}” and “{suggestion.other}”"
    return _back(request, done=f"{names} stay two, and are not suggested again.")


def _merge(one: Side, into: Side, request: HttpRequest, reason: str) -> None:
    take = taken(one, into, request.POST)
    rows = Organization.objects.in_bulk([one.pk, into.pk])
    acts.merge(one=rows[one.pk], into=rows[into.pk], by=person(request), reason=reason, take=take)


def _frame(request: HttpRequest) -> dict[str, object]:
    return {
        "section": "desk",
        "desk_section": "organizations",
        "may_decide": person(request).has_perm(DECIDE),
    }


def _pairs(questions: list[Question]) -> list[Pair]:
    sides = [side for question in questions for side in (question.one, question.other)]
    deals = _deals_of(sides)
    below = [question.pk for question in questions[1:]]
    pairs = []
    for question, then in zip_longest(questions, below):
        stays, goes = question.survivor, question.other
        if stays is goes:
            goes = question.one
        columns = (
            Column(stays, goes, deals.get(stays.pk, "")),
            Column(goes, stays, deals.get(goes.pk, "")),
        )
        reason = " ".join(question.reasons)
        chosen = choices(stays, goes, {})
        pairs.append(Pair(question, columns, stays.public_id, reason, then, choices=chosen))
    return pairs


def _deals_of(sides: list[Side]) -> dict[int, str]:
    """Invented deals are listed by asking for their population, where there is but one."""
    populations = Population.objects.filter(generated=True).values_list("code", flat=True)
    codes = list(populations[:2]) if any(side.generated for side in sides) else []
    found = {}
    for side in sides:
        if not side.deals or (side.generated and len(codes) != 1):
            continue
        query = {"organization": side.public_id, "ai": "all", "kind": "all", "status": "all"}
        if side.generated:
            query["population"] = codes[0]
        found[side.pk] = f"{reverse('deals')}?{urlencode(query)}"
    return found


def _back(request: HttpRequest, *, done: str = "", error: str = "") -> HttpResponse:
    """To the page with the pair's neighbours, at the one that followed it."""
    if error:
        messages.error(request, error)
    else:
        messages.success(request, done)
    then = request.POST.get("then", "")
    place = f"#pair-{then}" if then.isascii() and then.isdigit() and done else ""
    return HttpResponseRedirect(_address(request) + place)


def _address(request: HttpRequest) -> str:
    """Where the form was sent from, if that is a page of this server."""
    address = request.POST.get("next", "").partition("#")[0]
    own = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()})
    return address if own else reverse("desk-organizations")
