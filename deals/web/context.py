"""What every page shows besides its own content: how current the data are."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from deals.models import Change


def site(request: HttpRequest) -> dict[str, Any]:
    """`as_of` is the ledger's last entry, looked up only by a page that prints it.

    A page about an earlier point of the ledger passes its own `as_of`.
    """
    return {"as_of": SimpleLazyObject(_last_change)}


def _last_change() -> Change:
    # An unsaved entry stands for an empty ledger: number 0, without a date.
    return Change.objects.order_by("-seq").only("seq", "at").first() or Change(seq=0)
