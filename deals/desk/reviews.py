"""`/desk/review/`: what waits for a decision, the oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from deals.actions.reviews import is_own
from deals.desk import fact_lines
from deals.desk.access import needs, person
from deals.desk.differences import spoken_of
from deals.desk.reviewed_impact import in_words
from deals.desk.reviews_wanted import AGES, Wanted, open_reviews, wanted
from deals.entry.facts import Facts, of_bundle
from deals.models import DealVersion, ImportRun, Review
from deals.models.bundles import load
from deals.rules.roles import DECIDE, PROPOSE, REVIEW

PAGE = 25
HEAVY = ("profile", "impact", "undo_report", "checkpoint", "feed__profile")
# Parts of what is known about an organization (deals.entry.evidence), as an edit names them.
EVIDENCE = {
    "organization": gettext_noop("Name, kind or country"),
    "name": gettext_noop("Other names"),
    "identifier": gettext_noop("Identifiers"),
    "domicile": gettext_noop("Domiciles"),
    "owner": gettext_noop("Owners"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that waits. `deal` are its facts, None for an organization.

    `facts` names what would change, `effect` says which headline number moves; it was `weighed`
    when that is known. `stale`: somebody else has published a version meanwhile.
    """

    review: Review
    name: str
    deal: Facts | None
    is_new: bool
    facts: list[str]
    effect: str
    weighed: bool
    sources: int | None
    stale: bool
    own: bool
    writer: str
    link: str


@require_safe
@needs(PROPOSE)
def reviews(request: HttpRequest) -> HttpResponse:
    """A page of the queue by keyset; people who do not review see what they handed in."""
    user = person(request)
    asked = wanted(request.GET)
    imports = asked.kind == "imports"
    found = [] if imports else list(_page(asked, user)[: PAGE + 1])
    waiting = _imports(user)
    context = {
        "section": "desk",
        "desk_section": "review",
        "asked": asked,
        "ages": [(code, _(words)) for code, (words, _days) in AGES.items()],
        "counts": _counts(user),
        "rows": rows(found[:PAGE], user, asked),
        "next": asked.address(after=str(found[PAGE - 1].pk)) if len(found) > PAGE else "",
        "first": asked.address() if asked.after else "",
        "writers": _writers(user),
        "imports": list(waiting[:PAGE]) if imports else [],
        "imports_waiting": waiting.count(),
        "may_review": user.has_perm(REVIEW),
    }
    return render(request, "desk/reviews.html", context)


def _page(asked: Wanted, user: User) -> Any:
    found = asked.chosen(open_reviews(user), user)
    last = Review.objects.filter(pk=asked.after).first() if asked.after else None
    if last is not None:
        later = Q(submitted_at=last.submitted_at, pk__gt=last.pk)
        found = found.filter(Q(submitted_at__gt=last.submitted_at) | later)
    return found.order_by("submitted_at", "pk")


def rows(found: Sequence[Review], user: User, asked: Wanted) -> list[Row]:
    """Reviews as a list shows them, in a handful of queries however many there are."""
    versions = [one.version for one in found if one.version is not None]
    ids = [pk for version in versions for pk in (version.pk, version.based_on_id) if pk]
    facts = {bundle.version["id"]: of_bundle(bundle) for bundle in load(ids)} if ids else {}
    live = dict(
        DealVersion.objects.live()
        .filter(deal__in=[version.deal_id for version in versions])
        .values_list("deal_id", "pk")
    )
    return [_row(one, facts, live, user, asked) for one in found]


def _row(
    review: Review, facts: dict[int, Facts], live: dict[int, int], user: User, asked: Wanted
) -> Row:
    version, edit = review.version, review.edit
    if version is not None:
        deal = facts[version.pk]
        base = facts.get(version.based_on_id or 0)
        name, writer = version.target_name, version.created_by
        names = fact_lines.titles(spoken_of(base, deal)) if base else []
        sources = len({(one["url"], one["title"]) for one in deal["sources"]})
        stale = base is not None and live.get(version.deal_id) != version.based_on_id
    else:
        assert edit is not None, "The database holds that a review is of one of the two."
        deal, base, sources, stale = None, None, None, False
        name, writer = edit.organization.name, edit.created_by
        parts = dict.fromkeys(change["what"] for change in edit.changes)
        names = [_(EVIDENCE.get(what, what)) for what in parts]
    return Row(
        review=review,
        name=name,
        deal=deal,
        is_new=version is not None and version.based_on_id is None,
        facts=names,
        effect=in_words(review.impact),
        weighed=review.impact is not None and not review.impact.get("problem"),
        sources=sources,
        stale=stale,
        own=is_own(review, user),
        writer=writer.get_username() if writer else _("system"),
        link=reverse("desk-review", args=[review.pk]) + asked.address(),
    )


def _counts(user: User) -> dict[str, int]:
    """How many there are of each, whatever is chosen."""
    return open_reviews(user).aggregate(
        all=Count("pk"),
        deals=Count("pk", filter=Q(version__isnull=False)),
        organizations=Count("pk", filter=Q(edit__isnull=False)),
        me=Count("pk", filter=Q(assigned_to=user)),
        nobody=Count("pk", filter=Q(assigned_to=None)),
        answer=Count("pk", filter=Q(waiting_for=Review.Waiting.ANSWER)),
        moves=Count("pk", filter=Q(impact__moves=True)),
    )


def _writers(user: User) -> list[str]:
    """Names of those whose work waits, for the filter; only for people who review."""
    if not user.has_perm(REVIEW):
        return []
    waiting = open_reviews(user).values_list("version__created_by", "edit__created_by")
    ids = {pk for pair in waiting.distinct() for pk in pair if pk}
    people = User.objects.filter(pk__in=ids).order_by("username")
    return list(people.values_list("username", flat=True))


def _imports(user: User) -> Any:
    waiting = ImportRun.objects.filter(state=ImportRun.State.REVIEW)
    if not user.has_perm(DECIDE):
        return waiting.none()
    return waiting.select_related("feed", "created_by").defer(*HEAVY).order_by("created_at", "pk")
