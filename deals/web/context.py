"""What every page shows besides its own content: how current the data are."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from deals.models import Change, Release


def site(request: HttpRequest) -> dict[str, Any]:
    """`as_of` is the ledger's last entry, looked up only by a page that prints it.

    On a page that is asked for with `release` it is that release, with the way to today's state. A
    page about another point of the ledger passes its own `as_of`.
    """
    return {"as_of": SimpleLazyObject(lambda: _released(request) or _last_change())}


def _released(request: HttpRequest) -> dict[str, Any] | None:
    name = request.GET.get("release", "")
    found = Release.objects.filter(name=name).first() if name and "\0" not in name else None
    if found is None:
        return None
    params = request.GET.copy()
    del params["release"]
    now = f"{request.path}?{params.urlencode(safe=',:')}" if params else request.path
    return {"seq": found.seq, "at": found.at, "release": found.name, "now": now}


def _last_change() -> Change:
    # An unsaved entry stands for an empty ledger: number 0, without a date.
    return Change.objects.order_by("-seq").only("seq", "at").first() or Change(seq=0)
