"""Policy events of the years and places that a chart shows."""

from collections.abc import Collection
from typing import Any

from deals.models import PolicyEvent


def policy_events(first: int, last: int, places: Collection[str]) -> list[dict[str, Any]]:
    """Numbered in the order of their days; `places` are ISO codes and "EU".

    Each has number, date (ISO text), jurisdiction and title.
    """
    found = PolicyEvent.objects.filter(
        date__year__gte=first, date__year__lte=last, jurisdiction__in=places
    )
    return [
        {
            "number": number,
            "date": event.date.isoformat(),
            "jurisdiction": event.jurisdiction,
            "title": event.title,
        }
        for number, event in enumerate(found, start=1)
    ]
