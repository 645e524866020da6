"""`/desk/conflicts/`: where a file and the register disagree, and deals that were held back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from deals.desk import fact_words, staged
from deals.desk.access import needs, person
from deals.feeds.cases import candidates, undecided
from deals.models import FeedRecord, ImportRun, StagedDeal
from deals.rules.roles import BRING, DECIDE

PAGE = 20
Outcome = StagedDeal.Outcome
KINDS = {"conflict": gettext_noop("In conflict"), "held": gettext_noop("Held")}
TAKE_OR_KEEP = (
    ("take", gettext_noop("Take the file’s values")),
    ("keep", gettext_noop("Keep the register’s")),
)
NEW = ("new_deal", gettext_noop("It is a new deal"))
SAME_OR_NEW = (("same_deal", gettext_noop("It is the same deal")), NEW)
LEAVE_OUT = (("keep", gettext_noop("Leave it out")),)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A deal of the register that the feed left out, under the key it had."""

    key: str
    deal: str
    said: str


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to decide, with the buttons for it; `own` ones are for somebody else."""

    item: staged.Item
    run: ImportRun
    candidates: Sequence[Candidate]
    buttons: tuple[tuple[str, str], ...]
    own: bool


@require_safe
@needs(BRING)
def conflicts(request: HttpRequest) -> HttpResponse:
    """Undecided deals of published imports, newest first; `kind` and `before` choose."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    before = request.GET.get("before", "")
    found = undecided().order_by("-pk")
    if kind:
        found = found.filter(outcome=kind)
    if before.isascii() and before.isdigit() and len(before) < 18:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: PAGE + 1])
    shown = rows[:PAGE]
    context = {
        "section": "desk",
        "desk_section": "conflicts",
        "kind": kind,
        "kinds": KINDS.items(),
        "cases": _cases(shown, None if settings.SELF_APPROVAL else person(request).pk),
        "next": f"?kind={kind}&before={shown[-1].pk}" if len(rows) > PAGE else "",
        "first": f"?kind={kind}" if before else "",
        "may_decide": person(request).has_perm(DECIDE),
    }
    return render(request, "desk/conflicts.html", context)


def _cases(rows: list[StagedDeal], barred: int | None) -> list[Case]:
    """`barred` is the person who must not decide on what they brought in themselves."""
    return [
        Case(
            item=item,
            run=row.import_run,
            candidates=[_candidate(record) for record in candidates(row)],
            buttons=_buttons(row.outcome, row.fields),
            own=barred is not None and row.import_run.created_by_id == barred,
        )
        for item, row in zip(staged.items(rows), rows, strict=True)
    ]


def _buttons(outcome: str, fields: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """What a person can decide here."""
    if outcome == Outcome.CONFLICT:
        return TAKE_OR_KEEP
    if "newer" in fields:
        return LEAVE_OUT
    return SAME_OR_NEW if "key" in fields else (NEW,)


def _candidate(record: FeedRecord) -> Candidate:
    line = fact_words.line(record.facts)
    said = f"{line.target}, {line.date}, {line.amount}"
    return Candidate(record.key, record.deal.public_id, said)
