"""Import one file in a process of its own, so that its memory is nobody else's.

`python -m benchmarks.import_child FILE NAME` prints one object of JSON: deals, seconds, seconds of
CPU here and in the database's process, and the most memory that this process ever held, in MB.
"""

import json
import os
import sys
from pathlib import Path
from time import perf_counter, process_time

import django

HERTZ = os.sysconf("SC_CLK_TCK")


def main(path: str, name: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
    django.setup()

    from benchmarks.supplier import PROFILE
    from deals.feeds.profile_toml import load_profile
    from deals.feeds.receive import receive_path
    from deals.feeds.run import import_file

    profile = load_profile(PROFILE.format(name=name))
    wall, cpu, server = perf_counter(), process_time(), server_seconds()
    run = import_file(receive_path(Path(path)), profile, publish=True)
    print(
        json.dumps(
            {
                "deals": run.deals_created,
                "unchanged": run.deals_unchanged,
                "rows": run.rows_read,
                "seconds": perf_counter() - wall,
                "cpu": process_time() - cpu,
                "server": server_seconds() - server,
                "mb": peak_mb(),
            }
        )
    )


def peak_mb() -> float:
    """The most memory that this process ever held. Linux only; 0 elsewhere.

    Not of getrusage, which begins with that of the process that started this one.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def server_seconds() -> float:
    """CPU seconds that this session's process of the database has used; 0 where it is elsewhere."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if connection.settings_dict["HOST"] not in ("", "localhost", "127.0.0.1") or not stat.exists():
        return 0.0
    user, system = stat.read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / HERTZ


if __name__ == "__main__":
    main(*sys.argv[1:])
