"""What an import would do to the headline shares (`ImportRun.impact`), as a table for people."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from deals.models import ledger


@dataclass(frozen=True, slots=True)
class Moved:
    """One headline question before and after. A side that has no share says so by None."""

    title: str
    page: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    difference: Decimal | None
    changed: bool


@dataclass(frozen=True, slots=True)
class Impact:
    """`seq` is the point of the ledger it was computed at, `later` how far it has gone since."""

    seq: int
    later: int
    moved: list[Moved]
    enter: int | None
    leave: int | None

    @property
    def changes(self) -> bool:
        return any(one.changed for one in self.moved)


def impact(stored: dict[str, Any] | None) -> Impact | None:
    """The stored preview, or None when there is none; whatever it lacks is left out."""
    if not stored or "questions" not in stored:
        return None
    seq = int(stored.get("seq") or 0)
    deals = stored.get("deals") or {}
    return Impact(
        seq=seq,
        later=max(0, ledger.head() - seq),
        moved=[_moved(question) for question in stored["questions"]],
        enter=deals.get("enter_flow"),
        leave=deals.get("leave_flow"),
    )


def _moved(question: dict[str, Any]) -> Moved:
    before, after = question.get("before"), question.get("after")
    shares = [side["share"] for side in (before, after) if side and side.get("share")]
    difference = Decimal(shares[1]) - Decimal(shares[0]) if len(shares) == 2 else None
    return Moved(
        title=str(question.get("title", "")),
        # Only an address of this server is followed.
        page=page if (page := str(question.get("page") or "")).startswith("/flows/") else "",
        before=before,
        after=after,
        difference=difference,
        changed=before != after,
    )
