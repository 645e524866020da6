"""`/desk/review/<number>/`: one thing that waits, with all that a decision needs."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deals import journal
from deals.actions.notices import reviewers
from deals.actions.proposals import sent_by
from deals.actions.reviews import is_own, seen_mark, subject_of, writer_of
from deals.desk import differences, edit_review, fact_lines
from deals.desk.access import needs, person
from deals.desk.faults import Fault, by_field
from deals.desk.reviewed import Reviewed, reviewed
from deals.desk.reviewed_impact import effect
from deals.desk.reviews_wanted import Wanted, decidable, own, wanted
from deals.desk.uncounted import why_uncounted
from deals.entry.likely import Likely, likely
from deals.flows.whatif_reviews import weigh
from deals.models import Activity, DealVersion, Review
from deals.rules.roles import PROPOSE, REVIEW

LIKELY = 3
HISTORY = 20
NAMES = (
    "version__created_by", "version__decided_by", "version__deal", "version__based_on",
    "edit__created_by", "edit__decided_by", "edit__organization", "assigned_to",
)  # fmt: skip


@require_safe
@needs(PROPOSE)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """What would change and what it would move; whoever reviews decides here."""
    return page(request, find(pk, person(request)), wanted(request.GET))


def find(pk: int, user: User) -> Review:
    """A review that this person may see: any, for people who review, else their own; or a 404."""
    found = Review.objects.filter(pk=pk).select_related(*NAMES)
    if not user.has_perm(REVIEW):
        found = found.filter(own(user))
    one = found.first()
    if one is None:
        raise Http404
    return one


def page(
    request: HttpRequest,
    one: Review,
    asked: Wanted,
    *,
    faults: list[Fault] | None = None,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; after a form that does not do, with its faults and what was `typed`."""
    user = person(request)
    weigh(one)
    context = _frame(one, user) | {
        "asked": asked,
        "left": decidable(asked, user).exclude(pk=one.pk).count(),
        "faults": faults or [],
        "fault": by_field(faults or []),
        "typed": typed or {},
        "effect": effect(one.impact),
        "thread": list(one.comments.select_related("by")),
        "history": _history(one),
    }
    if one.version is not None:
        context |= _deal(one.version, reviewed(one.version))
        if context["own"]:
            context["draft"] = one.version.drafts.filter(owner=user).first()
    else:
        context |= _organization(one)
    return render(request, "desk/review.html", context, status=status)


def _frame(one: Review, user: User) -> dict[str, Any]:
    """Who wrote it, who decides, and what this person may do."""
    thing = one.version or one.edit
    assert thing is not None, "The database holds that a review is of one of the two."
    is_open, reviews = one.closed_at is None, user.has_perm(REVIEW)
    wrote, barred = writer_of(one) == user.pk, is_own(one, user)
    others = User.objects.filter(pk__in=reviewers()).order_by("username")
    return {
        "section": "desk",
        "desk_section": "review",
        "review": one,
        "subject": subject_of(one),
        "writer": thing.created_by.get_username() if thing.created_by else _("system"),
        "reason": thing.reason,
        "state": thing.state,
        "decided_by": thing.decided_by.get_username() if thing.decided_by else _("system"),
        "decided_at": thing.decided_at,
        "seen": seen_mark(one),
        "is_open": is_open,
        "own": wrote,
        "barred": barred,
        "self_approval": wrote and settings.SELF_APPROVAL,
        "may_decide": is_open and reviews and not barred,
        "may_ask": is_open and reviews and not wrote and writer_of(one) is not None,
        "may_assign": is_open and reviews,
        "may_answer": is_open and wrote and one.waiting_for == Review.Waiting.ANSWER,
        "people": [other for other in others if not is_own(one, other)] if reviews else [],
    }


def _deal(version: DealVersion, sides: Reviewed) -> dict[str, Any]:
    """What a version would change."""
    is_edit = sides.before is not None
    return {
        "version": version,
        "key": sent_by(version),
        "deal": sides.after,
        "standing": sides.standing,
        "is_new": not is_edit,
        "kept": fact_lines.titles(sides.kept),
        "groups": differences.changed(sides.before, sides.after)
        if sides.before is not None
        else differences.everything(sides.after),
        "same": differences.unchanged(sides.before, sides.after)
        if sides.before is not None
        else [],
        "clashes": differences.clashing(sides.compared) if sides.compared else [],
        "likely": _likely(version, sides),
        "uncounted": why_uncounted(sides.after),
        "general": [
            differences.shown_line(fact_lines.source_line(source))
            for source in sides.after["sources"]
            if not source["field"]
        ],
        "all_sources": len({(one["url"], one["title"]) for one in sides.after["sources"]}),
    }


def _likely(version: DealVersion, sides: Reviewed) -> list[Likely]:
    """Deals that may be this one, while that can still be prevented."""
    if sides.standing != "new":
        return []
    return likely(sides.after, exclude=version.deal.public_id, limit=LIKELY)


def _organization(one: Review) -> dict[str, Any]:
    return {"edit": one.edit} | edit_review.context(one)


def _history(one: Review) -> list[dict[str, Any]]:
    """What people did with it, the newest first."""
    found = Activity.objects.select_related("by")
    if one.version is not None:
        found = found.filter(deal=one.version.deal_id, version=one.version_id)
    elif one.edit is not None:
        found = found.filter(organization=one.edit.organization_id, edit=one.edit_id)
    return [
        {
            "who": act.by.get_username() if act.by else _("system"),
            "did": _(journal.VERBS.get(act.verb, act.verb)),
            "at": act.at,
            "text": act.text,
        }
        for act in found[:HISTORY]
    ]
