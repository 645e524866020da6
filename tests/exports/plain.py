"""One ordinary document, of which a test changes what it is about."""

from typing import Any

PLAIN: dict[str, Any] = {
    "id": "D-1",
    "version": 1,
    "target": {"id": "O-1", "name": "Horizon", "country": "CN", "country_basis": "stated"},
    "kind": "funding_round",
    "round_type": "seed",
    "status": "completed",
    "status_history": [],
    "date": {"first": "2019-05-13", "last": "2019-05-13", "precision": "day", "basis": "announced"},
    "recorded_on": None,
    "amount": {
        "state": "undisclosed", "low": None, "high": None, "currency": None, "text": "",
        "eur": None, "usd": None, "cny": None, "rate": None,
    },
    "investor_list": "none",
    "investors": [],
    "ai": "yes",
    "ai_basis": None,
    "sectors": [],
    "part_of": None,
    "population": None,
    "generated": False,
    "external_id": None,
    "notes": None,
    "choices": {},
    "sources": [],
    "published_at": "2026-11-22T08:00:00Z",
    "reason": None,
    "import_id": None,
}  # fmt: skip


def document(**facts: Any) -> dict[str, Any]:
    """The document with these facts."""
    return PLAIN | facts
