"""What the person behind a key has handed in, here or at the desk, and what became of it.

Nothing here may be kept by a cache, and another person's answers as one that is not there.
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.views.decorators.cache import cache_control
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request

from deals.api import paging, submission_json
from deals.api.access import WriteAccess
from deals.api.conditional import JSON
from deals.api.parameters import one_of, refuse_any
from deals.models import DealVersion
from deals.models.documents import dumps

STATES = dict(zip(submission_json.STATES, DealVersion.State, strict=True))


@cache_control(no_store=True)
@api_view(["GET"])
@permission_classes([WriteAccess])
def submissions(request: Request) -> HttpResponse:
    """Newest first, in pages; `state` and `deal` choose."""
    asked = paging.read(request, "state", "deal")
    found = visible(request.user)
    if state := asked.given.get("state"):
        found = found.filter(state=STATES[one_of("state", state, STATES)])
    if deal := asked.given.get("deal"):
        found = found.filter(deal__public_id=deal.upper())
    page = paging.cut(request, found, asked)
    return paging.respond(request, page, [submission_json.brief(one, request) for one in page.rows])


@cache_control(no_store=True)
@api_view(["GET"])
@permission_classes([WriteAccess])
def submission(request: Request, pk: int) -> HttpResponse:
    """One of them, with deals that may be the same and what was said about it."""
    refuse_any(request)
    # PostgreSQL has no number as large as an address can have.
    found = visible(request.user).filter(pk=pk).first() if pk < 1 << 63 else None
    if found is None:
        raise Http404(f"There is no submission {str(pk)[:20]}.")
    return HttpResponse(dumps(submission_json.whole(found, request)), content_type=JSON)


def visible(user: AbstractBaseUser | AnonymousUser) -> "QuerySet[DealVersion]":
    """What this person has handed in, with all that `submission_json.brief` shows."""
    mine = DealVersion.objects.filter(created_by_id=user.pk, review__isnull=False)
    near = ("deal", "based_on", "decided_by", "review")
    return mine.select_related(*near).prefetch_related("drafts", "review__comments")
