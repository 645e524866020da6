"""`/desk/`: what waits for me, what became of what I did, and what is oldest."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from deals.desk import home_imports, home_lists, log_lines
from deals.desk.access import needs, person
from deals.models import Activity
from deals.rules.roles import ANSWER, BRING, PEOPLE, PROPOSE, REVIEW
from investtrack.backup.told import BACKUP, DRILL, last

DONE = 10


@require_safe
@needs()
def home(request: HttpRequest) -> HttpResponse:
    """My desk, the most urgent first; what a person may not open is neither asked nor shown."""
    user = person(request)
    context = _waiting(user) | _mine(user)
    context |= {
        "section": "desk",
        "desk_section": "queue",
        "nothing": not any(context.values()),
        "may_bring": user.has_perm(BRING),
        # For who answers for the installation; two small files are read.
        "copies": {"backup": last(BACKUP), "drill": last(DRILL)} if user.has_perm(PEOPLE) else {},
        "may_propose": user.has_perm(PROPOSE),
        "done": log_lines.done(log_lines.whole(Activity.objects.filter(by=user))[:DONE]),
    }
    return render(request, "desk/home.html", context)


def _waiting(user: User) -> dict[str, Any]:
    """What waits for this person, or for anybody who may do what they may."""
    found: dict[str, Any] = {"decide": home_imports.to_decide_queue(user)}
    if user.has_perm(REVIEW):
        found["reviews"] = home_lists.to_review(user)
    if user.has_perm(ANSWER):
        found["reports"] = home_lists.to_answer()
    if user.has_perm(BRING):
        found |= {"held": home_imports.held_feeds(), "judge": home_lists.to_judge()}
    return found


def _mine(user: User) -> dict[str, Any]:
    """What is this person's own."""
    found = home_imports.own_imports(user)
    if user.has_perm(PROPOSE):
        found |= {
            "questions": home_lists.questions(user),
            "assigned": home_lists.assigned(user),
            "drafts": home_lists.drafts(user),
            "submitted": home_lists.submitted(user),
        }
    return found
