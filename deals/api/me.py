"""Who is asking, as the server sees it: which key, what it may do, and what is left of the hour."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from rest_framework.decorators import api_view
from rest_framework.request import Request

from deals.accounts.factors import asks_for_second_factor
from deals.api.access import BRINGS, WRITES, made_by_its_user
from deals.api.conditional import JSON
from deals.api.limits import standing_of
from deals.api.parameters import refuse_any
from deals.models import ApiKey
from deals.models.documents import dumps
from deals.rules.roles import BRING, PROPOSE


@cache_control(no_store=True)
@api_view(["GET"])
def me(request: Request) -> HttpResponse:
    """The key or the person behind this request; `by` "address" is a stranger, and then both are
    null. `limit`, `left` and `resets_at` are null where nothing limits them."""
    refuse_any(request)
    key = request.auth if isinstance(request.auth, ApiKey) else None
    known = request.user is not None and request.user.is_authenticated
    body = {
        "by": "key" if key else "session" if known else "address",
        "user": request.user.get_username() if known else None,
        "key": _key(key) if key else None,
        "may": _may(key) if key else ["read"],
        **_limit(request._request),
    }
    return HttpResponse(dumps(body), content_type=JSON)


def _key(key: ApiKey) -> dict[str, Any]:
    return {
        "name": key.name,
        "beginning": key.prefix,
        "power": key.power,
        "created_at": _time(key.created_at),
        "expires_at": _time(key.expires_at),
    }


def _may(key: ApiKey) -> list[str]:
    """What the key can do at this moment, which of its power its user may have left."""
    free = not made_by_its_user(key)
    held = {
        "import": key.power in BRINGS and (free or key.user.has_perm(BRING)),
        "write": key.power in WRITES and (free or key.user.has_perm(PROPOSE)),
    }
    if not free and asks_for_second_factor(key.user):
        held = {}
    return ["read", *(name for name, holds in held.items() if holds)]


def _limit(request: HttpRequest) -> dict[str, Any]:
    standing = standing_of(request)
    if standing is None:
        return {"limit": None, "left": None, "resets_at": None}
    resets = timezone.now() + timedelta(seconds=standing.seconds)
    return {"limit": standing.limit, "left": standing.left, "resets_at": _time(resets)}


def _time(value: datetime | None) -> str | None:
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
