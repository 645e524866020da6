"""`/desk/conflicts/`: where a file and the register disagree, and deals that were held back."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from deals.desk import staged
from deals.desk.access import needs, person
from deals.models import DealVersion, ImportRun, StagedDeal
from deals.rules.names import normalise
from deals.rules.roles import BRING, DECIDE

PAGE = 20
Outcome = StagedDeal.Outcome
TAKE_OR_KEEP = (("take", "Take the file’s values"), ("keep", "Keep the register’s"))
NEW = ("new_deal", "It is a new deal")
SAME_OR_NEW = (("same_deal", "It is the same deal"), NEW)
KINDS = {"conflict": "In conflict", "held": "Held"}
MOST_CANDIDATES = 200


class Candidate(NamedTuple):
    """A deal that the feed left out, under the key it had."""

    key: str
    version: DealVersion


@require_safe
@needs(BRING)
def conflicts(request: HttpRequest) -> HttpResponse:
    """Undecided deals of published imports, newest import first; `kind` and `before` choose."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    found = undecided(kind)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 18:
        found = found.filter(pk__lt=int(before))
    rows = list(found.order_by("-pk")[: PAGE + 1])
    shown = rows[:PAGE]
    more = f"?kind={kind}&before={shown[-1].pk}" if len(rows) > PAGE else ""
    context = {
        "section": "desk",
        "desk_section": "conflicts",
        "kind": kind,
        "kinds": KINDS.items(),
        "cases": _cases(shown),
        "next": more,
        "first": f"?kind={kind}" if before else "",
        "may_decide": person(request).has_perm(DECIDE),
    }
    return render(request, "desk/conflicts.html", context)


def undecided(kind: str = "") -> "QuerySet[StagedDeal]":
    """What waits for a person; of one deal of a feed only what was delivered last."""
    later = StagedDeal.objects.filter(
        import_run__feed=OuterRef("import_run__feed"),
        import_run__state=ImportRun.State.PUBLISHED,
        import_run__gt=OuterRef("import_run"),
        key=OuterRef("key"),
    )
    return (
        StagedDeal.objects.filter(
            ~Exists(later),
            import_run__in=_imports_with_cases(),
            outcome__in=[kind] if kind else [Outcome.CONFLICT, Outcome.HELD],
            decision="",
        )
        .select_related("import_run__feed", "deal")
        .defer("import_run__profile", "import_run__impact", "import_run__feed__profile")
    )


def _imports_with_cases() -> list[int]:
    """Found first, so that the deals of all other imports need not be looked through."""
    published = ImportRun.objects.filter(state=ImportRun.State.PUBLISHED)
    found = published.exclude(deals_conflict=0, deals_held=0)
    return list(found.order_by().values_list("pk", flat=True))


def _cases(rows: list[StagedDeal]) -> list[dict[str, object]]:
    items = staged.items(rows)
    candidates = _candidates(rows)
    return [
        {
            "item": item,
            "run": row.import_run,
            "candidates": candidates.get(row.pk, []),
            "buttons": _buttons(row),
        }
        for item, row in zip(items, rows, strict=True)
    ]


def _buttons(row: StagedDeal) -> tuple[tuple[str, str], ...]:
    """What a person can decide here."""
    if row.outcome == Outcome.CONFLICT:
        return TAKE_OR_KEEP
    if "newer" in row.fields:
        return (("keep", "Leave it out"),)
    return SAME_OR_NEW if "key" in row.fields else (NEW,)


def _candidates(rows: list[StagedDeal]) -> dict[int, list[Candidate]]:
    """For what is held as perhaps re-keyed: live deals of its target that its feed left out."""
    held = {
        row.pk: (row.import_run_id, normalise(row.facts.get("target_name") or ""))
        for row in rows
        if row.outcome == Outcome.HELD and "key" in row.fields
    }
    if not held:
        return {}
    absent = StagedDeal.objects.filter(
        import_run__in={run for run, _ in held.values()}, outcome=Outcome.ABSENT
    )
    names = {name for _, name in held.values()}
    live = DealVersion.objects.live().filter(target__key__in=names, deal__in=absent.values("deal"))
    versions = live.select_related("deal", "target").order_by("pk")[:MOST_CANDIDATES]
    by_deal = {version.deal_id: version for version in versions}
    found: dict[tuple[int, str], list[Candidate]] = {}
    for row in absent.filter(deal__in=list(by_deal)).order_by("key"):
        version = by_deal[row.deal_id or 0]
        where = (row.import_run_id, version.target.key)
        found.setdefault(where, []).append(Candidate(row.key, version))
    return {pk: found.get(where, []) for pk, where in held.items()}
