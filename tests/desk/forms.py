"""What a browser sends for the form of a deal."""

from itertools import count
from typing import Any

_forms = count(1)


def sent(**changes: Any) -> dict[str, Any]:
    """A whole new deal, with a form of its own; names with "__" for "-": target__name="Horizon"."""
    fields = {
        "form": f"{next(_forms):032x}",
        "revision": "",
        "target-name": "Nordlicht Robotik GmbH",
        "target-country": "DE",
        "kind": "funding_round",
        "round_type": "series_a",
        "status": "completed",
        "date": "2024-03-05",
        "date_basis": "announced",
        "amount": "€12.5m",
        "investors-0-name": "Yangtze Future Fund",
        "investors-0-country": "CN",
        "investors-0-lead": "yes",
        "investor_list": "partial",
        "ai": "yes",
        "ai_basis": "robots that learn",
        "sectors": ["robotics"],
        "sources-0-kind": "page",
        "sources-0-url": "https://news.example/nordlicht",
        "sources-0-title": "Nordlicht raises €12.5m",
        "sources-0-quote": "The round was led by Yangtze Future Fund.",
    }
    return fields | {name.replace("__", "-"): value for name, value in changes.items()}
