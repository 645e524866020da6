"""Imports in any state, with their errors and staged deals, and people who look at them."""

from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from deals.models import Feed, ImportRun, RowError, StagedDeal
from deals.rules.roles import ROLES
from tests.feeds.supplier import PROFILE

_numbers = count(1)
FACTS: dict[str, Any] = {
    "target_name": "智行者", "target_country": "CN", "target_country_basis": "stated",
    "kind": "funding_round", "round_type": "series_a", "status": "completed",
    "status_history": [],
    "date": {"first": "2019-05-13", "last": "2019-05-13", "precision": "day", "basis": "announced"},
    "recorded_on": None,
    "amount": {"state": "exact", "low": "12340000.00", "high": "12340000.00", "currency": "USD"},
    "amount_text": "12.34m", "investor_list": "complete", "ai": "yes", "ai_basis": "tag",
    "sectors": ["lidar"], "part_of": "", "population": "", "external_id": "", "notes": "",
    "investors": [["Bosch", "DE", "stated", True, None, None]],
    "ids": {"target": "", "investors": [""]}, "sources": [],
}  # fmt: skip


def make_person(name: str, role: str = "editor") -> Any:
    """Somebody with one of the desk's roles."""
    user = get_user_model().objects.create_user(name, is_staff=role == "administrator")
    user.groups.add(Group.objects.get(name=ROLES[role].group))
    return user


def make_run(state: str = "review", **facts: Any) -> ImportRun:
    """An import of a feed of its own; the rows and deals that it counts balance by themselves."""
    number = next(_numbers)
    feed = facts.pop("feed", None) or Feed.objects.create(
        code=f"supplier-{number}", name=f"Supplier {number}", profile=PROFILE
    )
    rows = ("used", "skipped", "duplicate", "rejected")
    deals = ("created", "updated", "unchanged", "conflict", "held")
    facts["rows_read"] = sum(facts.get(f"rows_{name}", 0) for name in rows)
    facts["deals_in_file"] = sum(facts.get(f"deals_{name}", 0) for name in deals)
    defaults = {
        "phase": "weighing" if state == "review" else "reading",
        "channel": "desk",
        "file_name": f"rounds-{number}.csv",
        "file_sha256": f"{number:064x}",
        "profile": PROFILE,
        "created_at": timezone.now(),
        "encoding": "utf-8",
        "delimiter": ";",
    }
    if state in ("published", "rejected", "undone"):
        defaults["decided_at"] = timezone.now()
    if state == "undone":
        defaults["undone_at"] = timezone.now()
    return ImportRun.objects.create(feed=feed, state=state, **(defaults | facts))


def stage(run: ImportRun, outcome: str, key: str = "", **facts: Any) -> StagedDeal:
    """One staged deal; `fields`, `deal`, `version`, `previous` and `rows` go to the row itself."""
    own = {
        name: facts.pop(name)
        for name in ("fields", "deal", "version", "previous", "rows", "decision")
        if name in facts
    }
    said = {} if outcome == "absent" else FACTS | facts
    own.setdefault("rows", [2, 3])
    return StagedDeal.objects.create(
        import_run=run, key=key or f"key {next(_numbers):05}", outcome=outcome, facts=said, **own
    )


def row_error(run: ImportRun, row: int, value: str = "x", **facts: Any) -> RowError:
    defaults = {
        "column": "raised_usd",
        "code": "bad_amount",
        "message": "This is not an amount; write it like 1,234.56 or €12.8m.",
    }
    return RowError.objects.create(import_run=run, row=row, value=value, **(defaults | facts))
