"""What the last backup and the last drill came to, kept where pages and metrics can read it.

Beside the backups, for whoever has their folder, and in VAR_DIR, which web has: with containers it
does not see the other one. The newer of the two holds.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from investtrack.backup.shelf import write_whole

BACKUP, DRILL = "backup", "drill"


@dataclass(frozen=True, slots=True)
class Told:
    """The last attempt, and when the last good one was; `said` is empty of a good one."""

    at: datetime
    ok: bool
    said: str
    good_at: datetime | None


def folders() -> list[Path]:
    """Where it is looked for."""
    return [settings.VAR_DIR, settings.BACKUP_DIR]


def tell(kind: str, said: str, into: Sequence[Path], **more: Any) -> None:
    """Note an attempt that ended now; it was good when there is nothing to say."""
    now = datetime.now(UTC)
    before = last(kind)
    good = now if not said else before.good_at if before else None
    content = {**more, "at": now.isoformat(timespec="seconds"), "ok": not said, "said": said}
    content["good_at"] = good.isoformat(timespec="seconds") if good else None
    for folder in into:
        with suppress(OSError):
            write_whole(folder / f"last-{kind}.json", content)


def last(kind: str) -> Told | None:
    """The last attempt of which anything is known here."""
    found = [told for folder in folders() if (told := _read(folder / f"last-{kind}.json"))]
    return max(found, key=lambda told: told.at, default=None)


def age(kind: str) -> float:
    """Seconds since the last good one; infinite where there was none."""
    told = last(kind)
    if told is None or told.good_at is None:
        return float("inf")
    return max((datetime.now(UTC) - told.good_at).total_seconds(), 0)


def _read(path: Path) -> Told | None:
    try:
        said = json.loads(path.read_text())
        good = said["good_at"]
        return Told(
            datetime.fromisoformat(said["at"]), bool(said["ok"]), str(said["said"]),
            datetime.fromisoformat(good) if good else None,
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return None
