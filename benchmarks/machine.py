"""What a run was measured on: nothing that names the machine or a place on it."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection

# Beyond this load for each core at the start, others were at work.
QUIET = 0.35


def facts(deals: int) -> dict[str, Any]:
    """For the head of a report. `load` is the mean number of runnable processes of a minute."""
    now, load = datetime.now(UTC), load_now()
    cores = os.cpu_count() or 1
    return {
        "deals": deals,
        "date": f"{now:%Y-%m-%d}",
        "time": f"{now:%H:%M} UTC",
        "cores": cores,
        "processor": _named("/proc/cpuinfo", "model name") or platform.machine(),
        "memory": _memory(),
        "postgresql": _asked("server_version"),
        "shared_buffers": _asked("shared_buffers"),
        "fsync": _asked("fsync"),
        "python": platform.python_version(),
        "load": round(load, 2),
        "load_after": round(load, 2),
        "quiet": load <= QUIET * cores,
    }


def load_now() -> float:
    return os.getloadavg()[0]


def _named(path: str, name: str) -> str:
    file = Path(path)
    lines = file.read_text().splitlines() if file.exists() else []
    return next((ln.partition(":")[2].strip() for ln in lines if ln.startswith(name)), "")


def _memory() -> str:
    kilobytes = _named("/proc/meminfo", "MemTotal").removesuffix(" kB")
    return f"{int(kilobytes) / 1024**2:.0f} GB" if kilobytes else "unknown"


def _asked(setting: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [setting])
        return str(cursor.fetchone()[0])
